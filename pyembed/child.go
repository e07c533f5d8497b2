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
