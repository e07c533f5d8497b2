//go:build unix

package inputs

import (
	"errors"
	"io/fs"
	"syscall"
	"time"
)

// inode returns the number of a file in its file system.
func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino)
	}
	return 0
}

// changed returns the time at which anything of a file changed last, which no program can set.
func changed(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return changeTime(s)
	}
	return info.ModTime()
}

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
