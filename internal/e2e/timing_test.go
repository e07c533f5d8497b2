//go:build linux

package e2e

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTiming has programs say how long their stages take.
func TestTiming(t *testing.T) {
	t.Parallel()
	p := hello(t)
	const start = "hello: until main (CPU time)\nhello: table opened\nhello: libpython loaded\nhello: Python configured\nhello: Python started\n"
	for name, test := range map[string]struct {
		c    *call
		want string
	}{
		"program":   {p.call().with("OXGEN_TIMING=1"), start + "hello: program run\nhello: Python ended\nhello: together\n"},
		"as python": {p.call("-c", "pass").with("OXGEN_TIMING=1", "OXGEN_PYTHON=1"), start + "hello: program run, Python ended\nhello: together\n"},
		"not asked": {p.call().with("OXGEN_TIMING=0"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := regexp.MustCompile(` +\d+\.\d{3} ms  `).ReplaceAllString(test.c.run(t).stderr, " ")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("standard error (-want +got):\n%s", diff)
			}
		})
	}
}
