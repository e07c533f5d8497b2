//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// extensionOutput is what the program extension prints; SUFFIX is that of the files of extension modules.
const extensionOutput = `['native._counter', 'native.inner._counter', '_plain'] ['native._counter', 'native.inner._counter', '_plain']
[True, True, True] False
ORIGINS
FILES
['native._counter', 'native.inner._counter', '_plain']
['native', 'native.inner', ''] ['native', 'native.inner', '']
4 7 3 src/native/_counter.c
True
<class '_plain.Thing'> True A plain module.
True
True 10
4
0
`

// TestLinkedExtensions links extension modules from sources into the executable, with the static libraries of all versions that
// are installed here.
func TestLinkedExtensions(t *testing.T) {
	t.Parallel()
	want := strings.NewReplacer("ORIGINS", "['built-in', 'built-in', 'built-in']", "FILES", "['none', 'none', 'none']").Replace(extensionOutput)
	for i, python := range staticPythons(t) {
		t.Run(python, func(t *testing.T) {
			t.Parallel()
			if i > 0 && testing.Short() {
				t.Skip("left out by -short")
			}
			p := staticProgram(t, "testdata/extension")
			if out, err := oxgen(t.Context(), "--quiet", "build", "--python", python, p.dir, "-o", p.exe); err != nil || out != "" {
				t.Fatalf("%v\n%s", err, out)
			}
			if r := p.call().run(t); r.stdout != want || r.status != 0 {
				t.Errorf("status %d, want\n%sgot\n%s%s", r.status, want, r.stdout, r.stderr)
			}
			wantWithoutPaths(t, p)
			out, err := oxgen(t.Context(), "sbom", p.exe)
			for _, part := range []string{`"name": "_plain"`, `"name": "native.inner._counter"`} {
				if err != nil || !strings.Contains(out, part) {
					t.Errorf("the bill of materials lacks %s: %v", part, err)
				}
			}
		})
	}
}

// staticPythons returns the interpreters with a static library, Debian's first.
func staticPythons(t *testing.T) []string {
	t.Helper()
	needStatic(t)
	list := []string{staticPython}
	home, err := os.UserHomeDir()
	if err != nil {
		return list
	}
	for _, minor := range []string{"10", "12", "13"} {
		found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", "python3."+minor))
		for _, python := range found {
			archives, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(python)), "lib", "*", "config-*", "libpython3."+minor+".a"))
			if len(archives) > 0 {
				list = append(list, python)
				break
			}
		}
	}
	return list
}

// TestSharedExtensions has the same modules loaded from memory.
func TestSharedExtensions(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	needStatic(t) // the headers come with the archive
	p, err := newProgram(t.TempDir(), "testdata/extension")
	if err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "bin", "extension")
	if out, err := oxgen(t.Context(), "--quiet", "build", "--python", staticPython, p.dir, "-o", p.exe); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	files := make([]string, 3)
	for i, stem := range []string{"native/_counter", "native/inner/_counter", "_plain"} {
		files[i] = "'ROOT/" + stem + ".cpython-311-" + runtimeArch[runtime.GOARCH] + "-linux-gnu.so'"
	}
	list := "[" + strings.Join(files, ", ") + "]"
	want := strings.NewReplacer("ORIGINS", list, "FILES", list).Replace(extensionOutput)
	if r := p.call().run(t); r.stdout != want || r.status != 0 {
		t.Errorf("status %d, want\n%sgot\n%s%s", r.status, want, r.stdout, r.stderr)
	}
	wantWithoutPaths(t, p)
}

var runtimeArch = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// wantWithoutPaths checks that nothing of the sources' directory is in the executable.
func wantWithoutPaths(t *testing.T, p *program) {
	t.Helper()
	if holds(t, p.exe, p.module) {
		t.Errorf("the executable holds the path %s", p.module)
	}
}
