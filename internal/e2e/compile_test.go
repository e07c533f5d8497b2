//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pythonHeaders are directories with a Python.h; any version has the limited API of 3.10, for which the tests' modules are
// compiled.
const pythonHeaders = "/usr/include/python3*"

// needCompiler skips the test where extension modules can't be compiled.
func needCompiler(t *testing.T) {
	t.Helper()
	for _, name := range []string{"gcc", "g++", "patchelf"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("no " + name)
		}
	}
	if _, err := headers(); err != nil {
		t.Skip(err)
	}
}

// headers returns the directory of Python.h.
func headers() (string, error) {
	found, err := filepath.Glob(filepath.Join(pythonHeaders, "Python.h"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no Python.h in %s (Debian: apt-get install libpython3-dev)", pythonHeaders)
	}
	return filepath.Dir(found[0]), nil
}

// A compiled is a shared library, or an extension module, that a test compiles.
type compiled struct {
	file   string // of the result, relative to a directory
	source string // file in testdata/native/c; that of C++ ends in .cc
	flags  string // for the compiler, separated by spaces; what is relative is so to the directory
}

// compile makes libraries in a directory, in their order.
func compile(dir string, libraries []compiled) error {
	include, err := headers()
	if err != nil {
		return err
	}
	sources, err := filepath.Abs("testdata/native/c")
	if err != nil {
		return err
	}
	for _, l := range libraries {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(l.file)), 0o700); err != nil {
			return err
		}
		c := &call{path: "gcc", dir: dir}
		if strings.HasSuffix(l.source, ".cc") {
			c.path = "g++"
		}
		c.args = []string{"-shared", "-fPIC", "-O1", "-g1", "-I", include, "-o", l.file, filepath.Join(sources, l.source)}
		c.args = append(c.args, strings.Fields(l.flags)...)
		if r := c.start(context.Background()); r.err != nil || r.status != 0 {
			return fmt.Errorf("%s of %s: %w, status %d\n%s", c.path, l.file, r.err, r.status, r.stderr)
		}
	}
	return nil
}

// patch changes a library with patchelf, as the tools that repair wheels do.
func patch(file string, args ...string) error {
	c := &call{path: "patchelf", args: append(args, file)}
	if r := c.start(context.Background()); r.err != nil || r.status != 0 {
		return fmt.Errorf("patchelf %s: %w\n%s", file, r.err, r.stderr)
	}
	return nil
}
