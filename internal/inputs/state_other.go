//go:build !unix

package inputs

import (
	"io/fs"
	"time"
)

func inode(fs.FileInfo) uint64 { return 0 }

// changed returns the time of the last change of contents: there is no other.
func changed(info fs.FileInfo) time.Time { return info.ModTime() }

func isNotDir(error) bool { return false }
