//go:build unix

package collector

import (
	"errors"
	"syscall"
)

// isLinkLoop says whether err comes from links that lead to one another and never to a file.
func isLinkLoop(err error) bool { return errors.Is(err, syscall.ELOOP) }
