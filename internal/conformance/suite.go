package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/internal/pyexec"
)

//go:embed modules.txt
var modulesText string

// ownModules returns the names of the modules that are run without -only.
func ownModules() []string { return strings.Fields(modulesText) }

// A suite is a directory like CPython's lib/python3.X with the package test and what else belongs to the tests.
type suite struct {
	dir  string
	name string // for the page
}

// elsewhere says where the tests of modules lie that are only started from the package test, before Python 3.12.
var elsewhere = map[string]string{
	"test_unittest": "unittest/test",
	"test_ctypes":   "ctypes/test",
}

// debianPackages are those that together hold the tests of Python 3.11: the package test is divided among them.
var debianPackages = []string{"libpython3.11-testsuite", "libpython3.11-stdlib", "libpython3.11-minimal"}

// openSuite returns the suite in dir, Debian's when dir is "".
func (w *workshop) openSuite(ctx context.Context, dir string) (*suite, error) {
	if dir == "" {
		return w.debianSuite(ctx)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &suite{dir: abs, name: "a directory given by `-suite`"}
	if version, ok := strings.CutPrefix(filepath.Base(abs), "python3."); ok { // as installations call it
		s.name = "Python 3." + version + ", " + s.name
	}
	return s, s.check()
}

func (s *suite) check() error {
	for _, name := range []string{"test/__init__.py", "test/support/__init__.py", "test/test_builtin.py"} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); err != nil {
			return fmt.Errorf("no tests of CPython: %w", err)
		}
	}
	return nil
}

// debianSuite downloads and unpacks Debian's packages into the scratch directory, if they are not there yet.
func (w *workshop) debianSuite(ctx context.Context) (*suite, error) {
	debs := w.path("debian")
	s := &suite{dir: filepath.Join(debs, "tree", "usr", "lib", "python3.11")}
	if err := os.MkdirAll(debs, 0o755); err != nil {
		return nil, err
	}
	if s.check() != nil {
		w.tell("downloading %s", strings.Join(debianPackages, ", "))
		if err := w.unpackDebian(ctx, debs); err != nil {
			return nil, err
		}
	}
	found, err := filepath.Glob(filepath.Join(debs, debianPackages[0]+"_*.deb"))
	if err != nil || len(found) == 0 {
		return nil, errors.Join(errors.New("apt-get has brought no "+debianPackages[0]), err)
	}
	version := strings.Split(filepath.Base(found[0]), "_")[1]
	s.name = fmt.Sprintf("Debian's package %s %s", debianPackages[0], version)
	return s, s.check()
}

func (w *workshop) unpackDebian(ctx context.Context, debs string) error {
	env := pyexec.Environ()
	get := pyexec.Command{Path: "apt-get", Args: append([]string{"-q", "download"}, debianPackages...), Dir: debs, Env: env}
	if _, err := w.run(ctx, get); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(debs, "*.deb"))
	if err != nil {
		return err
	}
	for _, deb := range found {
		_, err := w.run(ctx, pyexec.Command{Path: "dpkg", Args: []string{"-x", deb, "tree"}, Dir: debs, Env: env})
		if err != nil {
			return err
		}
	}
	return nil
}

// parts returns the names that the modules of a test have for import, sorted: one for a file, all that are called test*
// for a directory, none if the suite doesn't have the test.
func (s *suite) parts(name string) ([]string, error) {
	top, file := "test/"+name, ""
	if len(strings.Split(name, ".")) > 1 || !strings.HasPrefix(name, "test_") {
		return nil, fmt.Errorf("%q is no name of a test module such as test_json", name)
	}
	switch other := elsewhere[name]; {
	case s.isDir(top):
	case other != "" && s.isDir(other):
		top = other
	default:
		file = top + ".py"
	}
	if file != "" {
		if _, err := os.Stat(filepath.Join(s.dir, file)); err != nil {
			return nil, nil
		}
		return []string{strings.ReplaceAll(top, "/", ".")}, nil
	}
	var found []string
	err := fs.WalkDir(os.DirFS(s.dir), top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		module, isPython := strings.CutSuffix(name, ".py")
		if isPython && strings.HasPrefix(path.Base(name), "test") {
			found = append(found, strings.ReplaceAll(module, "/", "."))
		}
		return nil
	})
	if len(found) == 0 { // the package itself is the module
		found = []string{strings.ReplaceAll(top, "/", ".")}
	}
	return found, err
}

func (s *suite) isDir(name string) bool {
	info, err := os.Stat(filepath.Join(s.dir, name))
	return err == nil && info.IsDir()
}
