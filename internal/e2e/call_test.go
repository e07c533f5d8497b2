//go:build linux

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A call is one run of a program.
type call struct {
	path  string
	args  []string
	env   []string // nil is that of the tests
	dir   string
	stdin io.Reader
	jail  *jail // nil for none

	leaves   bool          // it may leave processes behind that have its output open, for a while
	patience time.Duration // how long it may take; 0 is patience
}

// A result is how a call ended.
type result struct {
	stdout, stderr string
	status         int            // -1 when a signal ended it
	signal         syscall.Signal // that ended it
	usage          *syscall.Rusage
	err            error // it could not be run
}

// patience is more than any call needs.
const patience = 5 * time.Minute

// start runs the call to its end.
func (c *call) start(ctx context.Context) result {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.patience, patience))
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.env, c.dir, c.stdin, &stdout, &stderr
	cmd.WaitDelay = 5 * time.Second
	if c.jail != nil {
		if err := c.jail.prepare(cmd); err != nil {
			return result{err: err}
		}
	}
	err := cmd.Run()
	if c.leaves && errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	r := result{stdout: stdout.String(), stderr: stderr.String()}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.err = err
		return r
	}
	r.status = cmd.ProcessState.ExitCode()
	r.usage, _ = cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		r.signal = w.Signal()
	}
	return r
}

// run runs the call to its end. The test is skipped when the system does not allow the jail.
func (c *call) run(t *testing.T) result {
	t.Helper()
	r := c.start(t.Context())
	if errors.Is(r.err, syscall.EPERM) && c.jail != nil {
		t.Skip("needs the right to make namespaces:", r.err)
	}
	if r.err != nil {
		t.Fatal(r.err)
	}
	if trouble, ok := strings.CutPrefix(r.stderr, jailTrouble); ok && r.status == jailStatus {
		t.Skip("needs the right to mount:", trouble)
	}
	return r
}

// call returns a call of the program in the environment of the tests.
func (p *program) call(args ...string) *call { return &call{path: p.exe, args: args} }

// with returns the call with variables added to its environment.
func (c *call) with(env ...string) *call {
	if c.env == nil {
		c.env = os.Environ()
	}
	c.env = append(c.env, env...)
	return c
}

// wantOutput checks that the program ended with status 0, said nothing on standard error, and printed what contains text.
func (r result) wantOutput(t *testing.T, text string) {
	t.Helper()
	if r.status != 0 || r.stderr != "" || !strings.Contains(r.stdout, text) {
		t.Errorf("status %d, signal %d, want 0 and output with %q\nstdout: %s\nstderr: %s", r.status, r.signal, text, r.stdout, r.stderr)
	}
}

// wantFailure checks that the program ended with status 1 and one line on standard error that has all the parts.
func (r result) wantFailure(t *testing.T, parts ...string) {
	t.Helper()
	if r.status != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.HasSuffix(r.stderr, "\n") {
		t.Errorf("status %d, signal %d, want 1 and one line of error\nstdout: %s\nstderr: %s", r.status, r.signal, r.stdout, r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("error lacks %q:\n%s", part, r.stderr)
		}
	}
}
