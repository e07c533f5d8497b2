//go:build linux

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTrimmed lets pip do in a trimmed program what it does in a whole one, and looks at what is left in it.
func TestTrimmed(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	p := trimmed(t)
	c := p.call("check")
	c.env = cleanEnviron(t)
	r := c.run(t)
	want := `plugin runs
data value
used True
unused False
plugin True
json True
tkinter False
idlelib False
used 1.0
unused is not installed
plugin 1.0
`
	if diff := cmp.Diff(want, r.stdout); r.status != 0 || diff != "" {
		t.Errorf("status %d (-want +got):\n%s\n%s", r.status, diff, r.stderr)
	}
	if !strings.Contains(r.stderr, "raise ValueError(\"printed\")") {
		t.Errorf("the traceback has no line of the source:\n%s", r.stderr)
	}
	checkPip(t, p, "pip")
	whole, part := sizeOf(t, pip(t)), sizeOf(t, p)
	t.Logf("%d bytes trimmed, %d whole", part, whole)
	if part >= whole {
		t.Errorf("the trimmed program has %d bytes, the whole one %d", part, whole)
	}
}

func sizeOf(t *testing.T, p *program) int64 {
	t.Helper()
	info, err := os.Stat(p.exe)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
