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
// commandLine). Who the parent is, the system says: on Linux /proc/PID/exe. Where it does not say, or says too little, an
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

// runsOneCommand tells whether a command line is that of a cmd.exe of Windows that ends after a command: switches come first, /c is the last
// of them, and any text may follow it without a space.
func runsOneCommand(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		_, line, _ = strings.Cut(quoted, `"`)
	} else if i := strings.IndexAny(line, " \t"); i >= 0 {
		line = line[i:]
	} else {
		return false
	}
	for _, word := range strings.Fields(line) {
		if len(word) < 2 || word[0] != '/' {
			return false
		}
		switch word[1] | 0x20 {
		case 'c', 'r':
			return true
		case 'k':
			return false
		}
	}
	return false
}

// What executableOf finds.
type kinship int

const (
	unknown kinship = iota
	itself
	another
)

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
