//go:build linux

package e2e

import (
	"os"
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

// TestLinkedExtensions links extension modules from sources into the executable.
func TestLinkedExtensions(t *testing.T) {
	t.Parallel()
	p := staticProgram(t, "testdata/extension")
	if out, err := oxgen(t.Context(), "--quiet", "build", "--python", staticPython, p.dir, "-o", p.exe); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	want := strings.NewReplacer("ORIGINS", "['built-in', 'built-in', 'built-in']", "FILES", "['none', 'none', 'none']").Replace(extensionOutput)
	if r := p.call().run(t); r.stdout != want || r.status != 0 {
		t.Errorf("status %d, want\n%sgot\n%s%s", r.status, want, r.stdout, r.stderr)
	}
	// Nothing of the sources' directory is in it.
	first, err := os.ReadFile(p.exe)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(first), p.module) {
		t.Errorf("the executable holds the path %s", p.module)
	}
}
