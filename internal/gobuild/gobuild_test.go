package gobuild_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/gobuild"
	"github.com/oxgen/oxgen/internal/target"
)

// project is a module whose generated package needs no Python.
const project = `
-- go.mod --
module example.com/x

go 1.26
-- main.go --
package main

import "example.com/x/pyapp"

func main() { pyapp.Program.Main() }
-- pyapp/pyapp.go --
package pyapp

type program struct{}

func (program) Main() { println("ran") }

var Program program
`

// unpack writes the archives into a directory, later files over earlier ones; an empty file is removed.
func unpack(t *testing.T, archives ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, text := range archives {
		for _, f := range txtar.Parse([]byte(text)).Files {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			err := os.WriteFile(name, f.Data, 0o666)
			if len(f.Data) == 0 {
				err = os.Remove(name)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func build(ctx context.Context, dir, output string) error {
	var said bytes.Buffer
	return gobuild.Build(ctx, gobuild.Options{
		Dir:     dir,
		Package: "pyapp",
		Output:  output,
		Target:  target.Host(),
		Mend:    "MEND",
		Stderr:  &said,
	})
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"direct": "",
		"through another package": `
-- main.go --
package main

import "example.com/x/inner"

func main() { inner.Main() }
-- inner/inner.go --
package inner

import "example.com/x/pyapp"

func Main() { pyapp.Program.Main() }
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, project, change)
			output := filepath.Join(dir, "bin", "x")
			for range 2 { // the second one replaces the first
				if err := build(t.Context(), dir, output); err != nil {
					t.Fatal(err)
				}
			}
			info, err := os.Stat(output)
			if err != nil || info.Mode()&0o100 == 0 {
				t.Errorf("got %v, %v", info, err)
			}
			if list, _ := os.ReadDir(filepath.Dir(output)); len(list) != 1 {
				t.Errorf("left behind: %v", list)
			}
		})
	}
}

func TestBuildErrors(t *testing.T) {
	t.Parallel()
	const importing = `
-- pyapp/pyapp.go --
package pyapp

import "github.com/oxgen/oxgen/pyembed"

const _ = pyembed.EnforceVersion(1 - pyembed.MinVersion)

var Program pyembed.Program
`
	const local = `
-- go.mod --
module example.com/x

go 1.26

require github.com/oxgen/oxgen/pyembed v0.1.0

replace github.com/oxgen/oxgen/pyembed => ./runtime
-- runtime/go.mod --
module github.com/oxgen/oxgen/pyembed

go 1.26
`
	for _, test := range []struct {
		name, change  string
		problem, hint string
	}{
		{"generated package not imported", `
-- main.go --
package main

func main() {}
`, `does not import "example.com/x/pyapp"`, "import it in main.go"},
		{"no main package", `
-- main.go --
package x
`, `the Go package here is "x", not main`, "directory of the main package"},
		{"no Go files", "-- main.go --\n", "no Go files", "write a main.go"},
		{"no module", "-- go.mod --\n", "no go.mod here or above", "go mod init"},
		{"no pyembed", importing, "does not require github.com/oxgen/oxgen/pyembed", "MEND"},
		{"pyembed too new", importing + local + `
-- runtime/pyembed.go --
package pyembed

const MinVersion = 2

type EnforceVersion uint

type Program struct{}

func (Program) Main() {}
`, "does not fit the code", "MEND"},
		{"pyembed too old", importing + local + `
-- runtime/pyembed.go --
package pyembed

const MinVersion = 1

type EnforceVersion uint
`, "is older than this oxgen", "MEND"},
		{"somebody's mistake", `
-- main.go --
package main

import "example.com/x/pyapp"

func main() { pyapp.Nothing() }
`, "go build: exit status 1", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, project, test.change)
			wantError(t, build(t.Context(), dir, filepath.Join(dir, "x")), test.problem, test.hint)
		})
	}
}

// TestNoCompiler builds what needs cgo where the C compiler is missing.
func TestNoCompiler(t *testing.T) {
	t.Setenv("CC", "no-such-compiler")
	dir := unpack(t, project, `
-- pyapp/c.go --
package pyapp

import "C"
`)
	var said bytes.Buffer
	err := gobuild.Build(t.Context(), gobuild.Options{
		Dir: dir, Package: "pyapp", Output: filepath.Join(dir, "x"), Target: target.Host(), Cgo: true, Stderr: &said,
	})
	wantError(t, err, "links libpython statically, and there is no C compiler", "apt-get install gcc libc6-dev")
}

func wantError(t *testing.T, err error, problem, hint string) {
	t.Helper()
	var d *diag.Error
	if !errors.As(err, &d) {
		t.Fatalf("got %v, want %q", err, problem)
	}
	if !strings.Contains(d.Problem, problem) || !strings.Contains(d.Hint, hint) {
		t.Errorf("got %q, hint %q; want %q, hint %q", d.Problem, d.Hint, problem, hint)
	}
}

func TestOutputIsKept(t *testing.T) {
	t.Parallel()
	dir := unpack(t, project)
	wantError(t, build(t.Context(), dir, filepath.Join(dir, "pyapp")), "there is a directory", "-o bin/")
	wantError(t, build(t.Context(), dir, filepath.Join(dir, "main.go")), "would replace a file", "-o")
	wantError(t, build(t.Context(), dir, filepath.Join(dir, "main.go", "x")), "not a directory", "-o")
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := unpack(t, project)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := build(ctx, dir, filepath.Join(dir, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestCgoIsOff builds a program that needs cgo: a variable of the environment turns it on, and nothing else does.
func TestCgoIsOff(t *testing.T) {
	dir := unpack(t, project, `
-- main.go --
package main

import (
	"example.com/x/inner"
	"example.com/x/pyapp"
)

func main() {
	inner.Nothing()
	pyapp.Program.Main()
}
-- inner/inner.go --
package inner

import "C"

func Nothing() {}
`)
	output := filepath.Join(dir, "bin", "x")
	t.Setenv("CGO_ENABLED", "")
	var e *diag.Error
	if err := build(t.Context(), dir, output); !errors.As(err, &e) || !strings.Contains(e.Problem, "needs cgo") || !strings.Contains(e.Hint, "CGO_ENABLED=1") {
		t.Errorf("got %v, want an error that says how to turn cgo on", err)
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip(err)
	}
	t.Setenv("CGO_ENABLED", "1")
	if err := build(t.Context(), dir, output); err != nil {
		t.Error(err)
	}
}
