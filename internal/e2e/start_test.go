//go:build linux

package e2e

import (
	"os/exec"
	"regexp"
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
		"all":          750,
		"brk":          4, // glibc's heap grows once
		"clone3":       6,
		"openat":       33, // the dynamic linker's, /proc's, and none for Python
		"mmap":         105,
		"rt_sigaction": 360,
	} {
		if n := counts[name]; n > most || n == 0 {
			t.Errorf("%s: %d system calls, at most %d are expected", name, n, most)
		}
	}
	cmd := exec.CommandContext(t.Context(), p.exe)
	cmd.Env = cleanEnviron(t)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if usage := cmd.ProcessState.SysUsage().(*syscall.Rusage); usage.Minflt > 2000 {
		t.Errorf("%d page faults, at most 2000 are expected", usage.Minflt)
	}
}
