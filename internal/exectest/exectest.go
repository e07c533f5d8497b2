// Package exectest writes programs for tests that run them.
package exectest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Write makes a new file of what content has left, to be run: its mode (before the umask) says by whom. A file of that name is an error.
//
// While a file is written no child is started: a child that another goroutine forks has the file open until it becomes its own program, and
// Linux runs no file that somebody could write to (ETXTBSY, https://go.dev/issue/22315).
func Write(name string, content io.Reader, mode fs.FileMode) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// Copy is Write with the content of another file.
func Copy(to, from string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return Write(to, in, mode)
}
