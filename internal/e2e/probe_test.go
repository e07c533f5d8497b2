//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChecks runs the checks that the probe makes from the inside, each in a process of its own.
func TestChecks(t *testing.T) {
	t.Parallel()
	p := probe(t)
	plugins := filepath.Join(filepath.Dir(p.exe), "plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(plugins, "plugged.py"), []byte("HERE = 'plugins'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{"attributes", "imports", "resources", "sources", "library", "garbage", "files"} {
		list := p.call(group).run(t)
		list.wantOutput(t, group+".")
		for name := range strings.FieldsSeq(list.stdout) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p.call(name).run(t).wantOutput(t, "")
			})
		}
	}
}
