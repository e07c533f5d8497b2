package pyc

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// python returns the interpreter that tests run: $OXGEN_TEST_PYTHON, or else the python3 in PATH. Without any of a known
// version the test is skipped.
func python(t testing.TB) *Interpreter {
	t.Helper()
	path, named := os.LookupEnv("OXGEN_TEST_PYTHON")
	if !named {
		path = "python3"
	}
	interp, err := probePython(path)
	if err != nil {
		if named {
			t.Fatal(err)
		}
		t.Skipf("no interpreter for this test: %v", err)
	}
	return interp
}

var probed sync.Map // of interpreters, by path

func probePython(path string) (*Interpreter, error) {
	if interp, ok := probed.Load(path); ok {
		return interp.(*Interpreter), nil
	}
	interp, err := Probe(context.Background(), path)
	if err == nil {
		probed.Store(path, interp)
	}
	return interp, err
}

// stdlib calls f with every nth file of the interpreter's standard library: its name, the code object as the interpreter
// marshals it, and what testdata/render.py says about it.
func stdlib(t testing.TB, interp *Interpreter, nth string, f func(name string, code []byte, text string)) {
	t.Helper()
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: interp.Path,
		Args: []string{"-I", "-S", "-B", filepath.Join("testdata", "render.py"), nth},
		Env:  environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	next := func() []byte {
		size := binary.LittleEndian.Uint32(out)
		frame := out[4 : 4+size]
		out = out[4+size:]
		return frame
	}
	for len(out) > 0 {
		name, code, text := string(next()), next(), string(next())
		f(name, code, text)
	}
}

// sampling takes a third of the standard library, or with -short a tenth.
func sampling() string {
	if testing.Short() {
		return "10"
	}
	return "3"
}

func TestReadCodeAgainstInterpreter(t *testing.T) {
	t.Parallel()
	interp := python(t)
	files := 0
	stdlib(t, interp, sampling(), func(name string, data []byte, want string) {
		files++
		code, err := ReadCode(data, interp.Version)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if got := render(code); got != want {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
		imports := code.Imports("linux")
		for i := range imports.List {
			imports.List[i].In = nil
		}
		read, err := ReadImports(data, interp.Version, "linux", nil)
		if diff := cmp.Diff(imports, read); diff != "" || err != nil {
			t.Errorf("%s: ReadImports: %v (-want +got):\n%s", name, err, diff)
		}
		out, err := Canonical(data, interp.Version)
		if err != nil {
			t.Errorf("%s: Canonical: %v", name, err)
			return
		}
		if code, err = ReadCode(out, interp.Version); err != nil {
			t.Errorf("%s: canonical: %v", name, err)
		} else if got := render(code); got != want {
			t.Errorf("%s: canonical (-want +got):\n%s", name, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	})
	if files < 10 {
		t.Errorf("%d files compared", files)
	}
}

// libraryOf returns the directory of the interpreter's standard library.
func libraryOf(t *testing.T, interp *Interpreter) string {
	t.Helper()
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: interp.Path,
		Args: []string{"-I", "-S", "-B", "-c", "import os; print(os.path.dirname(os.__file__), end='')"},
		Env:  environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
