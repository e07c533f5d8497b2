//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTouchesNoFile lets strace record every path that the examples hand to the system: none is a Python file, and none is
// written, made or removed.
func TestTouchesNoFile(t *testing.T) {
	t.Parallel()
	for _, p := range basics {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.short(t)
			exe := p.program(t).exe
			for _, b := range p.commands {
				c := &call{path: exe, args: b.args, env: cleanEnviron(t)}
				r, log := c.trace(t, "%file,ftruncate,fallocate")
				r.wantOutput(t, b.want)
				touched := checkTrace(t, log, exe)
				if touched < 5 { // the dynamic linker alone opens more: then the log was not understood
					t.Errorf("the log has only %d system calls:\n%s", touched, log)
				}
			}
		})
	}
}

// trace runs the call under strace and returns what that recorded of the system calls, separated by commas.
func (c *call) trace(t *testing.T, calls string) (r result, log string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	file := filepath.Join(t.TempDir(), "strace.log")
	traced := *c
	traced.path = strace
	traced.args = append([]string{"-f", "-qq", "-s", "4096", "-e", "trace=" + calls, "-e", "signal=none", "-o", file, c.path}, c.args...)
	r = traced.run(t)
	if strings.Contains(r.stderr, "ptrace") {
		t.Skip("strace may not trace:", r.stderr)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(text)
}

// cleanEnviron is an environment with a home of its own, so that nobody's pip.conf has a say.
func cleanEnviron(t *testing.T) []string {
	t.Helper()
	return []string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LANG=C.UTF-8"}
}

var (
	systemCall = regexp.MustCompile(`^\d+ +(\w+)\((.*)$`)
	quoted     = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	writing    = regexp.MustCompile(`O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE`)
)

// changers are the system calls that change the file system, whatever their arguments.
var changers = []string{
	"creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "link", "linkat",
	"symlink", "symlinkat", "truncate", "chmod", "fchmodat", "chown", "lchown", "fchownat", "utime", "utimes", "utimensat",
	"futimesat", "mknod", "mknodat", "setxattr", "lsetxattr", "removexattr", "lremovexattr", "mount", "umount2",
}

// checkTrace judges each line of a log of strace and returns how many system calls it has.
func checkTrace(t *testing.T, log, exe string) int {
	t.Helper()
	calls := 0
	for line := range strings.Lines(log) {
		m := systemCall.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue // the end of an interrupted call, or of a process
		}
		calls++
		if slices.Contains(changers, m[1]) || writing.MatchString(m[2]) && !strings.Contains(m[2], `"/dev/null"`) {
			t.Errorf("changes the file system: %s", line)
		}
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			if isPython(q[1], exe) {
				t.Errorf("touches a file of Python's: %s", line)
			}
		}
	}
	return calls
}

// isPython tells whether a path is one that a Python on disk would have: a module, bytecode, an extension module, a
// zipped library, or a pyvenv.cfg that somebody could have made.
func isPython(path, exe string) bool {
	base := filepath.Base(path)
	switch {
	case base == "pyvenv.cfg" || strings.HasSuffix(base, "._pth"):
		return !strings.HasPrefix(path, "/proc/")
	case strings.HasSuffix(base, ".py"), strings.HasSuffix(base, ".pyc"), strings.HasSuffix(base, ".pth"):
		return true
	case strings.HasPrefix(path, exe+"/"):
		return false // a directory below the virtual root, where the system finds nothing: the executable is no directory
	case strings.Contains(path, "/lib-dynload"), strings.Contains(path, "/site-packages"), strings.Contains(path, "__pycache__"):
		return true
	}
	return strings.HasPrefix(base, "python3") || strings.Contains(path, "/lib/python3")
}
