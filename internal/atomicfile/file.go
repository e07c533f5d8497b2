package atomicfile

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/oxgen/oxgen/internal/diag"
)

// Write replaces the file at path by one with the given content and mode (less the umask). The new file is on the disk
// when Write returns. What was at path is not written to: a symbolic link there is replaced, not followed.
func Write(path string, data []byte, mode fs.FileMode) error {
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:10])
	if err := create(temp, File{Data: data}, mode); err != nil {
		return explain(path, err)
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return explain(path, err)
	}
	return explain(path, syncDir(filepath.Dir(path)))
}

// create writes a new file and syncs it. There is no file when it returns an error.
func create(path string, content io.WriterTo, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm())
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 256<<10)
	if _, err = content.WriteTo(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// syncDir makes the names in a directory last. Some file systems can't, and say EINVAL or ENOTSUP: theirs is then as
// good as it gets. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// A comparer takes what a file holds, and nothing else. It reads piecewise, so that a large file is never held.
type comparer struct {
	file  io.Reader
	piece []byte
}

// errDiffers is that of a content that is not the file's.
var errDiffers = errors.New("differs")

func (c *comparer) Write(data []byte) (int, error) {
	taken := 0
	for taken < len(data) {
		piece := c.piece[:min(len(c.piece), len(data)-taken)]
		if _, err := io.ReadFull(c.file, piece); err != nil {
			return taken, err
		}
		if !bytes.Equal(piece, data[taken:taken+len(piece)]) {
			return taken, errDiffers
		}
		taken += len(piece)
	}
	return taken, nil
}

// explain gives an error of the file system its hint. name is what the user knows the file or directory by.
func explain(name string, err error) error {
	var known *diag.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, errUnfinished):
		return diag.Errorf(name, "mend that and try again: until then old and new files are mixed there", "can't be written to the end: %w", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diag.Errorf(name, "make room and try again: what was there before is unchanged", "can't be written: %w", cause(err))
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return diag.Errorf(name, "make the directory writable, or generate into another one", "can't be written: %w", cause(err))
	}
	return diag.Errorf(name, "", "can't be written: %w", cause(err))
}

// cause takes the path out of an error of the os package: it may be one of a temporary file, which tells nobody anything.
func cause(err error) error {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		return onPath.Err
	case errors.As(err, &onLink):
		return onLink.Err
	}
	return err
}
