//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// cffiParts are the distributions and modules of Debian's python3-cffi.
var cffiParts = []string{"cffi*", "_cffi_backend.cpython-311-*.so", "pycparser*", "ply*"}

// TestCFFI has cffi open a library of the program.
func TestCFFI(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	needCompiler(t)
	if _, err := os.Stat(staticPython); err != nil {
		t.Skip("no " + staticPython)
	}
	p, err := newProgram(t.TempDir(), "testdata/cffi")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range cffiParts {
		found, err := filepath.Glob(filepath.Join(machinePackages, part))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 && part != "ply*" {
			t.Skip("no " + part + " (Debian: apt-get install python3-cffi)")
		}
		for _, from := range found {
			if err := copyTree(filepath.Join(p.dir, "site", filepath.Base(from)), from); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := compile(p.dir, []compiled{{"libs/libextra.so.1", "chain.c", "-DNAME=extra -DVALUE=6 -Wl,-soname,libextra.so.1"}}); err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "bin", "cffi")
	if out, err := oxgen(t.Context(), "--quiet", "build", "--python", staticPython, p.dir, "-o", p.exe); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	p.call().run(t).wantOutput(t, "loads extra\n6 1\n1 4\nTrue\n")
}
