//go:build linux

package e2e

import (
	"context"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// staticPython is a Python that is linked statically: that of Debian 12.
const staticPython = "/usr/bin/python3.11"

// needStatic skips the test where there is no static libpython, or nothing to link it with.
func needStatic(t *testing.T) {
	t.Helper()
	if reason := noStatic(t.Context()); reason != "" {
		t.Skip(reason)
	}
}

// noStatic returns why nothing can be linked statically here, "" if it can.
func noStatic(ctx context.Context) string {
	if _, err := os.Stat(staticPython); err != nil {
		return "no " + staticPython
	}
	out, err := oxgen(ctx, "python", "info", "--json", staticPython)
	var info struct {
		Static string `json:"static_libpython"`
	}
	if err != nil || json.Unmarshal([]byte(out), &info) != nil || info.Static == "" {
		return staticPython + " has no static library (Debian: apt-get install libpython3.11-dev)"
	}
	if _, err := exec.LookPath("cc"); err != nil {
		return "no C compiler"
	}
	return ""
}

// staticProgram copies a program and configures it to be linked statically.
func staticProgram(t *testing.T, source string) *program {
	t.Helper()
	needStatic(t)
	p, err := newProgram(t.TempDir(), source)
	if err != nil {
		t.Fatal(err)
	}
	if used.link != "static" { // else it is there
		if err := p.configure(`link = "static"`); err != nil {
			t.Fatal(err)
		}
	}
	p.exe = filepath.Join(p.module, "bin", filepath.Base(source))
	return p
}

// TestStatic builds a program into which libpython is linked, and runs it where there is nothing but glibc.
func TestStatic(t *testing.T) {
	t.Parallel()
	p := staticProgram(t, "../../example/hello")
	if out, err := oxgen(t.Context(), "--quiet", "build", "--python", staticPython, p.dir, "-o", p.exe); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	p.call().run(t).wantOutput(t, "Hello from Python 3.11")
	(&call{path: "/app", env: []string{}, jail: &jail{Root: chroot(t, p.exe, "proc"), ReadOnly: true, NoMemfd: true}}).
		run(t).wantOutput(t, "Hello from Python 3.11")

	f, err := elf.Open(p.exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	wantNeeds(t, f, 38)
	exported := exports(t, f)
	for name, want := range map[string]bool{
		"PyObject_Call": true, "PyExc_OSError": true, "_PyObject_New": true,
		"inflate": false, "XML_Parse": false, // another library of the process may bring its own
	} {
		if slices.Contains(exported, name) != want {
			t.Errorf("%s is exported: %v, want %v", name, !want, want)
		}
	}

	// Without cgo, and without oxgen.
	files := contents(t, filepath.Join(p.dir, "pyapp"))
	goBuild := &call{path: "go", args: []string{"build", "-o", p.exe, "."}, dir: p.dir}
	r := goBuild.with("GOWORK=off", "CGO_ENABLED=0").run(t)
	if r.status == 0 || strings.Count(r.stderr, "\n") != 2 ||
		!strings.Contains(r.stderr, "undefined: this_program_links_libpython_statically_build_it_with_CGO_ENABLED_1_and_a_C_compiler") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	goBuild.with("GOWORK=off", "CGO_ENABLED=1").run(t).wantOutput(t, "")
	p.call().run(t).wantOutput(t, "Hello from Python 3.11")

	// The same again gives the same, and no path of this machine.
	for name := range files {
		if err := os.Remove(filepath.Join(p.dir, "pyapp", name)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := oxgen(t.Context(), "--quiet", "generate", "--python", staticPython, p.dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantSame(t, contents(t, filepath.Join(p.dir, "pyapp")), files)
	for name, text := range files {
		if strings.Contains(text, p.module) {
			t.Errorf("%s holds a path of this machine", name)
		}
	}
}

// exports returns the names that an ELF file gives to the dynamic linker.
func exports(t *testing.T, f *elf.File) []string {
	t.Helper()
	symbols, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF {
			names = append(names, s.Name)
		}
	}
	return names
}

// TestShared takes the system's libpython.
func TestShared(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	const name = "libpython3.11.so.1.0"
	p, err := newProgram(t.TempDir(), "../../example/hello")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.configure(`link = "shared"`); err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "bin", "hello")
	out, err := oxgen(t.Context(), "--quiet", "build", "--python", staticPython, p.dir, "-o", p.exe)
	if err != nil && strings.Contains(out, "has no shared library") || strings.Contains(out, "does not exist") {
		t.Skip(out)
	}
	if err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	p.call().with("OXGEN_LOADER=memfd").run(t).wantOutput(t, "Hello from Python 3.11") // of which there is none for libpython
	for name := range contents(t, filepath.Join(p.dir, "pyapp")) {
		if ext := filepath.Ext(name); ext != ".go" && ext != ".oxtable" {
			t.Errorf("there is the file %s", name)
		}
	}
	(&call{path: "/app", env: []string{}, jail: &jail{Root: chroot(t, p.exe, "proc"), Proc: true}}).
		run(t).wantFailure(t, "hello: loading the system's "+name+", which the program is linked against: ")
}
