package cc

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
)

// compiler returns the machine's compiler; without one the test is skipped.
func compiler(t *testing.T) *Compiler {
	t.Helper()
	c, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	return c
}

// write writes files into a new directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// archive makes lib<name>.a in dir out of C.
func archive(t *testing.T, c *Compiler, dir, name, text string) string {
	t.Helper()
	source := filepath.Join(dir, name+".c")
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	object, file := filepath.Join(dir, name+".o"), filepath.Join(dir, "lib"+name+".a")
	if _, err := c.compile(t.Context(), dir, "-c", source, "-o", object); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ar", "rcsD", file, object).CombinedOutput(); err != nil {
		t.Skipf("ar: %v %s", err, out)
	}
	return file
}

// wantDiag checks that err is a *diag.Error with the parts in its text or its hint.
func wantDiag(t *testing.T, err error, parts ...string) {
	t.Helper()
	var e *diag.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *diag.Error", err)
	}
	for _, part := range parts {
		if !strings.Contains(e.Error()+"\n"+e.Hint, part) {
			t.Errorf("no %q in %q, hint %q", part, e.Error(), e.Hint)
		}
	}
}

// TestLibpython links a libpython of two functions, one of which nobody refers to, with a library of which one is used.
func TestLibpython(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	dir := t.TempDir()
	s := &dist.Static{Name: "libpython3.11.a", Minor: "3.11", Libraries: []string{"helper", "m", "dl"}, Dirs: []string{dir}}
	s.Archive = archive(t, c, dir, "python", "int helped(void);\nint PyNobody(void) { return helped(); }\nint _PyOther;\nint internal;\n")
	archive(t, c, dir, "helper", "int helped(void) { return 1; }\n")
	o, err := c.Libpython(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]elf.SymBind{}
	f, err := elf.NewFile(bytes.NewReader(o.Data))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF && (elf.ST_TYPE(s.Info) == elf.STT_FUNC || elf.ST_TYPE(s.Info) == elf.STT_OBJECT) {
			got[s.Name] = elf.ST_BIND(s.Info)
		}
	}
	want := map[string]elf.SymBind{
		"PyNobody": elf.STB_GLOBAL, "_PyOther": elf.STB_GLOBAL, "helped": elf.STB_LOCAL, "internal": elf.STB_LOCAL,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("symbols (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m", "dl"}, o.Libraries); diff != "" || o.Missing != nil {
		t.Errorf("libraries (-want +got):\n%s\nmissing %q", diff, o.Missing)
	}
	again, err := c.Libpython(t.Context(), s)
	if err != nil || !bytes.Equal(again.Data, o.Data) {
		t.Errorf("a second time the bytes differ, %v", err)
	}
}

// TestLibraries looks for libraries that come as archives, as shared objects, and not at all.
func TestLibraries(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	dir := write(t, map[string]string{"libboth.a": "", "libboth.so": "", "libshared.so": ""})
	o := &Object{}
	archives, err := c.archives(t.Context(), o, "x", []string{"both", "m", "shared"}, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "libboth.a")}, archives); diff != "" {
		t.Errorf("archives (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&Object{Libraries: []string{"m", "shared"}, Missing: []string{"shared"}}, o); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = c.archives(t.Context(), o, "libpython3.11.a", []string{"nowhere"}, nil)
	wantDiag(t, err, "libpython3.11.a: needs the library nowhere", "neither libnowhere.a nor libnowhere.so", "install the package that has it")
	wantDiag(t, DynamicLibrary("libpython3.11.a", "z"), "no archive libz.a", "apt-get install zlib1g-dev", "dnf install zlib-static", "brew install zlib")
	wantDiag(t, MissingLibpython(&dist.Static{Name: "libpython3.11.a", Minor: "3.11"}, "cpython-3.11.2"),
		"cpython-3.11.2 has no static library: there is no libpython3.11.a", "apt-get install libpython3.11-dev", "Fedora and Homebrew have no package with it")
}

func TestBrokenArchive(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	dir := write(t, map[string]string{"libpython3.11.a": "no archive"})
	_, err := c.Libpython(t.Context(), &dist.Static{Archive: filepath.Join(dir, "libpython3.11.a"), Name: "libpython3.11.a"})
	wantDiag(t, err, "libpython3.11.a: can't be linked: ", "not recognized")
}

func TestNoCompiler(t *testing.T) {
	t.Setenv("CC", "no-such-compiler -m64")
	_, err := Find(t.Context())
	wantDiag(t, err, "no-such-compiler is not in PATH", "apt-get install gcc libc6-dev", "dnf install gcc", "xcode-select --install", "$CC")
}

// TestCompilerArguments takes a compiler with arguments, as go build does.
func TestCompilerArguments(t *testing.T) {
	compiler(t)
	t.Setenv("CC", "cc -DARGUMENT=7")
	c, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	dir := write(t, map[string]string{"a.c": "int value[ARGUMENT == 7 ? 1 : -1];\n"})
	if _, err := c.compile(t.Context(), dir, "-c", "a.c"); err != nil {
		t.Error(err)
	}
}

// fakePython is enough of Python.h for the modules below.
const fakePython = "#define PyMODINIT_FUNC __attribute__((visibility(\"default\"))) void *\n"

func TestExtension(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	s := &dist.Static{Minor: "3.11", Include: []string{write(t, map[string]string{"Python.h": fakePython})}}
	const good = "#include <Python.h>\n#include \"own.h\"\nint helper(void) { return OWN + SET; }\nPyMODINIT_FUNC PyInit_mod(void) { return (void *)__FILE__; }\n"
	dir := write(t, map[string]string{
		"mod.c":    good,
		"own.h":    "#define OWN 1\n",
		"bad.c":    "#include <Python.h>\nint x = ;\n",
		"lost.c":   "#include <lost.h>\n",
		"other.c":  "int other;\n",
		"more.cpp": "#include <string>\nstd::string text;\n",
	})
	extension := func(sources ...string) *Extension {
		return &Extension{Name: "pkg.mod", Dir: dir, Sources: sources, IncludeDirs: []string{"."}, Defines: []string{"SET=2"}, CFlags: []string{"-Wno-unused"}}
	}
	o, err := c.Extension(t.Context(), s, extension("mod.c", "other.c"), "first")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"first": true, "PyInit_mod": false, "helper": false, "other": false} {
		if got, err := defines(o.Data, name); got != want || err != nil {
			t.Errorf("%s is global: %v, %v", name, got, err)
		}
	}
	shared, err := c.SharedExtension(t.Context(), s, extension("mod.c"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"PyInit_mod": true, "helper": false} {
		if got, err := exports(shared.Data, name); got != want || err != nil {
			t.Errorf("%s is exported: %v, %v", name, got, err)
		}
	}
	for kind, data := range map[string][]byte{"object": o.Data, "shared object": shared.Data} {
		if bytes.Contains(data, []byte(dir)) {
			t.Errorf("the path of the sources is in the %s", kind)
		}
	}

	for _, test := range []struct {
		sources []string
		parts   []string
	}{
		{[]string{"bad.c"}, []string{"bad.c:2:", "expected expression"}},
		{[]string{"lost.c"}, []string{"lost.c:1:", "lost.h"}},
		{[]string{"other.c"}, []string{"pkg.mod: none of its sources defines PyInit_mod"}},
		{[]string{"mod.c", "mod.c"}, []string{"pkg.mod: can't be linked: ", "multiple definition"}},
	} {
		for kind, compile := range map[string]func() (*Object, error){
			"linked": func() (*Object, error) { return c.Extension(t.Context(), s, extension(test.sources...), "first") },
			"shared": func() (*Object, error) { return c.SharedExtension(t.Context(), s, extension(test.sources...)) },
		} {
			t.Run(kind+" "+strings.Join(test.sources, " "), func(t *testing.T) {
				_, err := compile()
				wantDiag(t, err, test.parts...)
			})
		}
	}
	_, err = c.Extension(t.Context(), &dist.Static{Minor: "3.11"}, extension("mod.c"), "first")
	wantDiag(t, err, "no Python.h", "pkg.mod", "apt-get install libpython3.11-dev", "dnf install python3.11-devel", "brew install python@3.11")

	// C++ works where its compiler is, and says so where it is not.
	e := extension("mod.c", "more.cpp")
	if _, err = c.Extension(t.Context(), s, e, "first"); err != nil {
		wantDiag(t, err, "more.cpp: is C++", "apt-get install g++")
	}
	if !slices.Contains(e.libraries(), "stdc++") {
		t.Errorf("C++ is linked with %q", e.libraries())
	}
}

// TestCancelled ends with the context.
func TestCancelled(t *testing.T) {
	t.Parallel()
	c := compiler(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Libpython(ctx, &dist.Static{Archive: "x.a", Libraries: []string{"z"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
