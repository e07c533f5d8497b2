//go:build linux

package e2e

import "testing"

// TestChecks runs the checks that the probe makes from the inside, each in a process of its own.
func TestChecks(t *testing.T) {
	t.Parallel()
	p := probe(t)
	plug(t, p)
	runChecks(t, p, used.minor, nil)
}
