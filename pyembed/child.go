package pyembed

import (
	"os"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
)

// A program's sys.executable is the executable itself, and much Python code starts it as if it were the python command:
// multiprocessing with -c, subprocess with -m. What a person types has to reach the program all the same. So a process
// that the program's own process started is spoken to as an interpreter, as far as its arguments are python's (see
// commandLine). Who the parent is, the kernel says: /proc/PID/exe. Where it does not say, or says too little, an
// environment variable does, which every process of a program sets for its children.

// envParent names the environment variable. Package templates renews it after a fork (process.py, _announce).
const envParent = "OXGEN_PARENT"

// An identity is what a process writes there.
type identity struct {
	pid         int
	fingerprint string // the first 16 digits of the program's
	path        string // of the executable
}

func (id identity) String() string { return strconv.Itoa(id.pid) + ":" + id.lasting() }

// lasting returns what stays the same in a forked child.
func (id identity) lasting() string { return id.fingerprint + ":" + id.path }

// parseIdentity reads what String writes; anything else is the zero value.
func parseIdentity(text string) identity {
	number, rest, _ := strings.Cut(text, ":")
	fingerprint, path, ok := strings.Cut(rest, ":")
	pid, err := strconv.Atoi(number)
	if !ok || err != nil {
		return identity{}
	}
	return identity{pid, fingerprint, path}
}

// identity returns that of this process, whose executable is exe.
func (p *Program) identity(exe string) identity {
	return identity{os.Getpid(), p.Fingerprint[:16], exe}
}

// announce lets the children of this process know their parent.
func (p *Program) announce(api *cpython.API, exe string) {
	api.Setenv(envParent, p.identity(exe).String())
}

// isChild tells whether another process of the program started this one. whole tells that the process runs nothing but the
// program: without it, Go code may start the executable too, with arguments of its own, and the environment decides.
func (p *Program) isChild(exe string, whole bool) bool {
	parent := os.Getppid()
	told, self := parseIdentity(os.Getenv(envParent)), p.identity(exe)
	// After an upgrade the file at the same path is another program, which its running predecessor starts.
	related := told.fingerprint == self.fingerprint || told.path == self.path
	if related && isOrphan(told.pid, parent) {
		return true
	}
	kin := executableOf(parent, exe)
	if kin == another {
		if behind := behindShell(parent); behind > 0 {
			parent, kin = behind, executableOf(behind, exe)
		}
	}
	named := related && told.pid == parent
	switch kin {
	case itself:
		return whole || named
	case another: // or the parent has become another program since, a shell say
		return false
	}
	return named
}

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

// What executableOf finds.
type kinship int

const (
	unknown kinship = iota
	itself
	another
)

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

// forkingOption is the first argument of a process that multiprocessing starts where sys.frozen is set
// (Lib/multiprocessing/spawn.py, get_command_line); the others are what the process needs to know.
const forkingOption = "--multiprocessing-fork"

// spawned returns the arguments of a child as the python command takes them. It is not left to the program to call
// multiprocessing.freeze_support.
func spawned(args []string) []string {
	if len(args) < 2 || args[1] != forkingOption {
		return args
	}
	const code = "from multiprocessing.spawn import freeze_support; freeze_support()"
	return append([]string{args[0], "-c", code}, args[1:]...)
}
