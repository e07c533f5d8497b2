//go:build !windows

package pyembed

import (
	"errors"
	"syscall"
)

// isGone tells whether there is no process of that number.
func isGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
