package pyembed

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// multiprocessing starts its resource tracker with SIGINT and SIGTERM blocked, so that a Ctrl-C does not end it before it has
// come to ignore them. The Go runtime unblocks signals that end a process, and what was blocked can't be found out afterwards. So
// the tracker ignores them from the first moment at which Go lets us, a millisecond after its start and not when Python code
// runs. The process that has started it waits for that (templates/process.py).

// trackerCode is how the tracker's code begins, the same in all versions (Lib/multiprocessing/resource_tracker.py).
const trackerCode = "from multiprocessing.resource_tracker import main;main("

func init() {
	if isTracker(os.Args) {
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	}
}

// isTracker tells whether arguments are those of a resource tracker: options, and its code as the last one.
func isTracker(args []string) bool {
	n := len(args)
	return n > 2 && args[n-2] == "-c" && strings.HasPrefix(args[n-1], trackerCode)
}
