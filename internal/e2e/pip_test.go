//go:build linux

package e2e

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPip lets pip, all of it inside of an executable, install a wheel into a directory and list it.
func TestPip(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	checkPip(t, pip(t))
}

// checkPip runs pip in a program whose command line, behind the given arguments, is pip's.
func checkPip(t *testing.T, p *program, first ...string) {
	t.Helper()
	dir := t.TempDir()
	wheel := filepath.Join(dir, "tiny_dist-1.2-py3-none-any.whl")
	zipUp(t, wheel, "testdata/probe/site")
	site := filepath.Join(dir, "site")
	run := func(args ...string) result {
		c := p.call(slices.Concat(first, args)...)
		c.env, c.dir = cleanEnviron(t), dir
		return c.run(t)
	}
	install := run("install", "--no-index", "--disable-pip-version-check", "--no-compile", "--root-user-action", "ignore", "--target", site, wheel)
	install.wantOutput(t, "Successfully installed tiny-dist-1.2")
	if !holds(t, filepath.Join(site, "tinydist", "page.html"), "template") {
		t.Error("the data file was not installed")
	}
	run("list", "--path", site).wantOutput(t, "Tiny.Dist")
	if r := run("debug", "--verbose"); r.status != 0 || !strings.Contains(r.stdout, "py3-none-any") { // it warns that it is debug
		t.Errorf("debug: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := run("install", "--no-index", "nothing-of-that-name"); r.status != 1 {
		t.Errorf("status %d, want 1", r.status)
	}
}

// zipUp makes a zip archive of a directory.
func zipUp(t *testing.T, name, dir string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	wheel, err := w.Create("tiny_dist-1.2.dist-info/WHEEL")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wheel.Write([]byte("Wheel-Version: 1.0\nGenerator: oxgen\nRoot-Is-Purelib: true\nTag: py3-none-any\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
