//go:build linux

package e2e

import (
	"path/filepath"
	"testing"
)

// TestChecks runs the checks that the probe makes from the inside, each in a process of its own.
func TestChecks(t *testing.T) {
	t.Parallel()
	p := probe(t)
	if err := plug(filepath.Dir(p.exe)); err != nil {
		t.Fatal(err)
	}
	runChecks(t, p, used.minor, nil)
}
