//go:build !windows

package pyembed

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// isGone tells whether there is no process of that number.
func isGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// behindShell returns the parent of a shell that runs one command, as os.system has it do: the command is the program's and
// not a person's. It returns 0 for any other process.
func behindShell(pid int) int {
	proc := "/proc/" + strconv.Itoa(pid)
	line, err := os.ReadFile(proc + "/cmdline")
	if err != nil {
		return 0
	}
	args := strings.Split(string(line), "\x00")
	if len(args) < 3 || !strings.HasSuffix(args[0], "sh") || args[1] != "-c" {
		return 0
	}
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])) // the name may have any characters
	if len(fields) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return parent
}

// isOrphan tells whether the process that started this one has ended before we could look. Its children are init's then,
// or those of the user's service manager. A person's shell that it has left behind is neither.
func isOrphan(starter, parent int) bool {
	if starter <= 1 || starter == parent || !isGone(starter) {
		return false
	}
	name, err := os.ReadFile("/proc/" + strconv.Itoa(parent) + "/comm")
	return parent == 1 || err == nil && string(name) == "systemd\n"
}

// executableOf compares what a process runs with this process, whose executable is exe.
func executableOf(pid int, exe string) kinship {
	link := "/proc/" + strconv.Itoa(pid) + "/exe"
	theirs, err := os.Stat(link)
	if err != nil {
		return unknown // no /proc, or a process of another user
	}
	// The task's link is the kernel's, even where an emulator feigns /proc/self/exe.
	ours, err := os.Stat("/proc/self/task/" + strconv.Itoa(os.Getpid()) + "/exe")
	if err != nil {
		return unknown
	}
	if file, err := os.Stat(exe); err != nil || !os.SameFile(ours, file) {
		return unknown
	}
	if os.SameFile(ours, theirs) {
		return itself
	}
	if path, err := os.Readlink(link); err != nil || strings.TrimSuffix(path, " (deleted)") == exe {
		return unknown // replaced by a newer one since it was started
	}
	return another
}
