//go:build linux

package e2e

import (
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestStartCounts counts what the start of a program takes: time can't be asserted, but what takes it. The limits are a fifth or more above
// what there was when they were written; what goes beyond has to be argued for.
func TestStartCounts(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p := hello(t)
	c := &call{path: p.exe, env: cleanEnviron(t)}
	r, log := c.trace(t, "all")
	r.wantOutput(t, greeting)
	counts := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\d+ +(\w+)\(`).FindAllStringSubmatch(log, -1) {
		counts[m[1]]++
		counts["all"]++
	}
	for _, busy := range []string{"nanosleep", "futex", "sched_yield", "tgkill", "rt_sigreturn", "epoll_pwait"} { // Go's scheduler, by the clock
		counts["all"] -= counts[busy]
	}
	for name, most := range map[string]int{
		"all":          700,
		"brk":          4, // glibc's heap grows once
		"clone3":       6,
		"openat":       31, // the dynamic linker's, /proc's, and none for Python
		"mmap":         82,
		"rt_sigaction": 360,
	} {
		if n := counts[name]; n > most || n == 0 {
			t.Errorf("%s: %d system calls, at most %d are expected", name, n, most)
		}
	}
	if n, most := pageFaults(t, p.exe), mostFaults(); n > most {
		t.Errorf("%d page faults, at most %d are expected", n, most)
	}
}

// pageFaults returns how many page faults a program takes, the fewest of some runs: where memory is in pieces, the system has huge pages to give
// to one and not to the next.
func pageFaults(t *testing.T, exe string) int64 {
	t.Helper()
	fewest := int64(math.MaxInt64)
	for range 5 {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = cleanEnviron(t)
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		fewest = min(fewest, cmd.ProcessState.SysUsage().(*syscall.Rusage).Minflt)
	}
	return fewest
}

// mostFaults is what a start may take, where the system has huge pages for those that ask and where it has none.
func mostFaults() int64 {
	if enabled, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err != nil || strings.Contains(string(enabled), "[never]") {
		return 2000
	}
	return 800
}
