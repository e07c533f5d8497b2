//go:build unix

package pyexec

import (
	"os"
	"runtime"
	"syscall"
)

// maxRSS returns the peak of an ended process in bytes. getrusage(2) counts in bytes on macOS, in KiB elsewhere.
func maxRSS(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin" || runtime.GOOS == "ios":
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}
