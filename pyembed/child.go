package pyembed

import (
	"os"
	"strconv"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
)

// A program's sys.executable is the executable itself, and much Python code starts it as if it were the python command:
// multiprocessing with -c, subprocess with -m. What a person types has to reach the program all the same. So a process
// says in its environment who it is, and who finds its own program and its parent there is spoken to as an interpreter.

// envParent names the environment variable. The importer renews it after a fork.
const envParent = "OXGEN_PARENT"

// identity returns what a process of the program with the given number writes there.
func (p *Program) identity(pid int) string {
	return p.Fingerprint[:16] + ":" + strconv.Itoa(pid)
}

// isChild tells whether another process of the program started this one, with arguments for an interpreter.
func (p *Program) isChild(args []string) bool {
	return len(args) > 1 && os.Getenv(envParent) == p.identity(os.Getppid())
}

// announce lets the children of this process know their parent.
func (p *Program) announce(api *cpython.API) {
	api.Setenv(envParent, p.identity(os.Getpid()))
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
