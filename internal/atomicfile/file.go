package atomicfile

import (
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
	if err := create(temp, data, mode); err != nil {
		return explain(path, err)
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return explain(path, err)
	}
	return explain(path, syncDir(filepath.Dir(path)))
}

// create writes a new file and syncs it. There is no file when it returns an error.
func create(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(data)
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

// same reports whether the file at path is a regular one with the given content and executable bit. A file that can't
// be read is not the same.
func same(path string, data []byte, mode fs.FileMode) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	if runtime.GOOS != "windows" && (info.Mode()^mode)&0o100 != 0 {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return equalContent(f, data)
}

// equalContent reports whether r holds exactly data. It reads piecewise, so that a large file is not held twice.
func equalContent(r io.Reader, data []byte) bool {
	piece := make([]byte, 256<<10)
	for {
		n, err := r.Read(piece)
		if n > len(data) || !bytes.Equal(piece[:n], data[:n]) {
			return false
		}
		data = data[n:]
		if err != nil {
			return errors.Is(err, io.EOF) && len(data) == 0
		}
	}
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
