//go:build !windows

package pyembed

import (
	"time"

	"golang.org/x/sys/unix"
)

// processTime returns how much CPU time the process has used, 0 when that can't be told.
func processTime() time.Duration {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
