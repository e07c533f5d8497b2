//go:build linux

package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var lazy = builder("testdata/lazy")

// TestLazy imports modules that are loaded when they are used, by several threads at once, once each.
func TestLazy(t *testing.T) {
	t.Parallel()
	r := lazy(t).call().run(t)
	r.wantOutput(t, "")
	want := []string{
		"True False _LazyModule",
		"heavy is loaded", // for its __path__
		"True",
		"heavy.sub is loaded",
		"{2} <class 'module'> (1,)",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(r.stdout), "\n")); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
