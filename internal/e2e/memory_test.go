//go:build linux

package e2e

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// A copyOf is a running copy of a program, which waits for a line.
type copyOf struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startCopy starts a program as a python and returns when its interpreter runs.
func startCopy(t *testing.T, p *program) *copyOf {
	t.Helper()
	const code = "import sys; print('ready', flush=True); sys.stdin.readline(); print(open('/proc/self/smaps_rollup').read())"
	c := &copyOf{cmd: exec.CommandContext(t.Context(), p.exe, "-I", "-c", code)}
	c.cmd.Env = append(cleanEnviron(t), "OXGEN_PYTHON=1")
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := c.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the copy says %q, %v", line, err)
	}
	return c
}

// end has the copy go on to its end, and returns what it says.
func (c *copyOf) end(t *testing.T) string {
	t.Helper()
	c.in.Close()
	text, err := io.ReadAll(c.out)
	if err == nil {
		err = c.cmd.Wait()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSharedMemory runs a program twice at once: code and constant data are in memory once.
func TestSharedMemory(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p := hello(t)
	one, other := startCopy(t, p), startCopy(t, p)
	text := one.end(t)
	other.end(t)
	kilobytes := func(name string) int {
		m := regexp.MustCompile(`(?m)^` + name + `: +(\d+) kB$`).FindStringSubmatch(text)
		if m == nil {
			t.Skipf("the kernel does not say %s:\n%s", name, text)
		}
		n, _ := strconv.Atoi(m[1]) // digits
		return n
	}
	// The executable may have been written so lately that the system still has to put it on the disk.
	if n := kilobytes("Shared_Clean") + kilobytes("Shared_Dirty"); n < 8<<10 {
		t.Errorf("%d kB are shared, at least 8 MiB are expected", n)
	}
	if n := kilobytes("Private_Dirty"); n > 12<<10 {
		t.Errorf("%d kB are the copy's own, at most 12 MiB are expected", n)
	}
	if n := kilobytes("Private_Clean"); n > 1<<10 {
		t.Errorf("%d kB of files are nobody else's, at most 1 MiB is expected", n)
	}
}
