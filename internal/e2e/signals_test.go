//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSignalCases holds what signals do to a program to what they do to python: the same script in both, in python's
// role, where the handlers are the same as in the program's.
func TestSignalCases(t *testing.T) {
	t.Parallel()
	plain := plainPython(t, used.python)
	link := filepath.Join(t.TempDir(), filepath.Base(plain))
	if err := os.Symlink(hello(t).exe, link); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/python/signals.py")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Fields((&call{path: plain, args: []string{"-B", script}}).run(t).stdout)
	if len(cases) < 20 {
		t.Fatalf("cases: %q", cases)
	}
	for _, name := range []string{"SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGPIPE", "SIGXFSZ", "SIGPROF", "SIGURG", "SIGWINCH", "SIGCHLD", "SIGSEGV", "SIGFPE", "SIGRTMIN"} {
		cases = append(cases, "default "+name)
	}
	// Addresses, numbers of threads and processes, and the libraries of the crash.
	varying := regexp.MustCompile(`0x[0-9a-f]+|(?m)^Extension modules:.*\n|(?m)^Current thread's C stack trace.*(\n  .*)*\n?|File ".*/(lib/python3.14|hello)/`)
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := func(python string) ending {
				c := &call{path: python, args: append([]string{"-B", script}, strings.Fields(name)...)}
				r := c.run(t)
				return ending{Status: r.status, Signal: r.signal, Stdout: r.stdout, Stderr: varying.ReplaceAllString(r.stderr, "")}
			}
			if diff := cmp.Diff(run(plain), run(link)); diff != "" {
				t.Errorf("(-python +program):\n%s", diff)
			}
		})
	}
}
