//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
)

// packageList is the file of a program's directory that lists the Debian packages which the program is made of, one a line;
// lines that begin with # are comments. test.sh installs what the lists name.
const packageList = "packages.txt"

// debianPackages returns the names in the list of the program in testdata/NAME, in their order.
func debianPackages(name string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join("testdata", name, packageList))
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			names = append(names, line)
		}
	}
	return names, nil
}

// packageFiles returns the files below machinePackages that Debian packages have put there, relative to it, in the order of
// dpkg. The error wraps errNotHere when a package is not installed.
func packageFiles(packages []string) ([]string, error) {
	var files []string
	for _, pkg := range packages {
		r := (&call{path: "dpkg", args: []string{"-L", pkg}}).start(context.Background())
		if r.err != nil || r.status != 0 {
			return nil, fmt.Errorf("%w: no Debian package %s (apt-get install --no-install-recommends %s)", errNotHere, pkg, strings.Join(packages, " "))
		}
		for file := range strings.Lines(r.stdout) {
			rel, ok := strings.CutPrefix(strings.TrimSpace(file), machinePackages+"/")
			if !ok {
				continue
			}
			if info, err := os.Stat(filepath.Join(machinePackages, rel)); err == nil && info.Mode().IsRegular() {
				files = append(files, rel)
			}
		}
	}
	return files, nil
}

// legacyProvider is a library that libcrypto loads by itself, and nothing is linked with.
const legacyProvider = "/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so"

// errNotHere is why the program can't be built on this machine.
var errNotHere = errors.New("not on this machine")

// debianProgram builds the program of testdata/debian; link is the line of its configuration that says how, "" for the default.
func debianProgram(name, link string) func(t *testing.T) *program {
	build := sync.OnceValues(func() (*program, error) {
		p, err := newProgram(filepath.Join(workspace, name), "testdata/debian")
		if err != nil {
			return nil, err
		}
		if err := p.addDebian(); err != nil {
			return nil, err
		}
		if link != "" {
			if err := p.configure(link); err != nil {
				return nil, err
			}
		}
		p.exe = filepath.Join(p.module, "bin", "debian")
		if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
		return p, nil
	})
	return func(t *testing.T) *program {
		t.Helper()
		p, err := build()
		if errors.Is(err, errNotHere) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

var (
	debian       = debianProgram("debian", "")
	debianStatic = debianProgram("debian-static", `link = "static"`)
)

// addDebian puts the packages' files into site, as dpkg lists them, and makes the library and the extension module of native.
func (p *program) addDebian() error {
	site, lib := filepath.Join(p.dir, "site"), filepath.Join(p.dir, "lib")
	packages, err := debianPackages("debian")
	if err != nil {
		return err
	}
	files, err := packageFiles(packages)
	if err != nil {
		return err
	}
	for _, rel := range files {
		if strings.Contains(rel, "/tests/data/") || strings.Contains(rel, "/tests/src/") {
			continue
		}
		if err := copyInto(site, rel, machinePackages); err != nil {
			return err
		}
	}
	if err := copyInto(lib, filepath.Base(legacyProvider), filepath.Dir(legacyProvider)); err != nil {
		return fmt.Errorf("%w: %w", errNotHere, err)
	}
	native := filepath.Join(p.dir, "native")
	shape, source := filepath.Join(lib, "libshape.so.2"), filepath.Join(p.module, "_shape.c")
	for _, c := range []*call{
		{path: "cc", args: []string{"-shared", "-fPIC", "-Wl,-soname,libshape.so.2", "-o", shape, filepath.Join(native, "shape.c")}},
		{path: staticPython, args: []string{"-S", "-s", filepath.Join(native, "shape.py"), source}, env: []string{"PYTHONPATH=" + site}},
		{path: "cc", args: []string{"-shared", "-fPIC", "-DPy_LIMITED_API", "-I/usr/include/python3.11", "-o", filepath.Join(site, "_shape.abi3.so"), source, shape}},
	} {
		r := c.start(context.Background())
		if errors.Is(r.err, exec.ErrNotFound) {
			return fmt.Errorf("%w: %w", errNotHere, r.err)
		}
		if r.err != nil || r.status != 0 {
			return fmt.Errorf("%s: %w, status %d\n%s", c.path, r.err, r.status, r.stderr)
		}
	}
	return nil
}

// copyInto copies a file from below one directory to below another.
func copyInto(to, rel, from string) error {
	file := filepath.Join(to, rel)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	err := exectest.Copy(file, filepath.Join(from, rel), 0o600)
	if errors.Is(err, os.ErrExist) { // in two packages
		return nil
	}
	return err
}

// debianGroups are the modules of testdata/debian/src/work whose functions are run.
var debianGroups = []string{"arrays", "markup", "ciphers", "images", "databases", "bindings", "others", "library", "numpy_tests"}

// TestDebian has packages of Debian with machine code do real work where there is no Python and none of their libraries, and
// compares what comes out with what plain python says.
func TestDebian(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	only(t, "mapped") // it goes through the engines itself
	p := debian(t)
	plain := debianPlain(t, p)
	for _, engine := range []struct {
		name    string
		program func(t *testing.T) *program
	}{{"mapped", debian}, {"static", debianStatic}} {
		t.Run(engine.name, func(t *testing.T) {
			if engine.name == "static" {
				needStatic(t)
			}
			exe := engine.program(t).exe
			j := jail{Root: chroot(t, exe, "proc", "tmp"), Proc: true, ReadOnly: true, NoexecTo: "tmp"}
			place(t, "/lib/x86_64-linux-gnu/libresolv.so.2", filepath.Join(j.Root, "lib/x86_64-linux-gnu/libresolv.so.2"))
			if os.Getuid() == 0 {
				j.UID = 65534
			}
			for _, group := range debianGroups {
				t.Run(group, func(t *testing.T) {
					r := (&call{path: "/app", args: []string{group}, env: []string{}, jail: &j}).run(t)
					if r.status != 0 || r.stderr != "" {
						t.Errorf("status %d, signal %d\n%s", r.status, r.signal, head(r.stderr, 60))
					}
					if diff := cmp.Diff(strings.Split(plain[group], "\n"), strings.Split(r.stdout, "\n")); diff != "" {
						t.Errorf("(-python +program):\n%s", head(diff, 60))
					}
				})
			}
		})
	}
}

// debianPlain returns what each of debianGroups prints under python.
func debianPlain(t *testing.T, p *program) map[string]string {
	t.Helper()
	said := map[string]string{}
	for _, group := range debianGroups {
		r := (&call{
			path: staticPython, args: []string{"-S", "-s", "-B", "-X", "utf8", "-m", "work", group},
			env: []string{"PYTHONPATH=" + filepath.Join(p.dir, "src") + ":" + filepath.Join(p.dir, "site"), "LD_LIBRARY_PATH=" + filepath.Join(p.dir, "lib")},
		}).run(t)
		if r.status != 0 || r.stderr != "" || strings.Count(r.stdout, "\n") == 0 {
			t.Fatalf("python itself: status %d\n%s%s", r.status, head(r.stdout, 20), r.stderr)
		}
		said[group] = r.stdout
	}
	return said
}

// TestDebianOpens looks at the files that are made in memory: each library once, and only those of what is imported.
func TestDebianOpens(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	exe := debian(t).exe
	for _, test := range []struct {
		code   string
		has    []string
		hasNot []string
	}{
		{"import json", nil, []string{"libblas.so.3", "libyaml-0.so.2", "libcrypto.so.3", "libzmq.so.5", "_yaml.cpython-311-x86_64-linux-gnu.so"}},
		{"import yaml._yaml", []string{"libyaml-0.so.2"}, []string{"libblas.so.3"}},
		{"import numpy", []string{"libblas.so.3", "liblapack.so.3", "libgfortran.so.5"}, []string{"libyaml-0.so.2", "libzmq.so.5", "libxml2.so.2"}},
		{"import zmq", []string{"libzmq.so.5"}, []string{"libblas.so.3", "libpq.so.5"}},
	} {
		t.Run(test.code, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "strace.log")
			args := []string{"-f", "-qq", "-s", "4096", "-e", "trace=memfd_create", "-e", "signal=none", "-o", log, exe, "-c", test.code}
			r := (&call{path: strace, args: args, env: append(cleanEnviron(t), "OXGEN_PYTHON=1")}).run(t)
			if strings.Contains(r.stderr, "ptrace") {
				t.Skip("strace may not trace:", r.stderr)
			}
			r.wantOutput(t, "")
			text, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			var made []string
			for line := range strings.Lines(string(text)) {
				q := quoted.FindStringSubmatch(line)
				if q == nil || !strings.Contains(line, "memfd_create(") {
					continue
				}
				if slices.Contains(made, q[1]) && strings.Contains(q[1], ".so") {
					t.Errorf("made twice: %s", q[1])
				}
				made = append(made, q[1])
			}
			for _, name := range test.has {
				if !slices.Contains(made, name) {
					t.Errorf("no %s in memory, but %v", name, made)
				}
			}
			for _, name := range test.hasNot {
				if slices.Contains(made, name) {
					t.Errorf("%s is in memory", name)
				}
			}
		})
	}
}
