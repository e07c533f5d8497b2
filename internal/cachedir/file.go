package cachedir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts a file into the cache, and makes its directory if it must. The file appears whole or not at all, so that processes may
// share a cache; unlike what is the user's, it is not synced to the disk.
func Write(path string, data []byte) error {
	f, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what matters went wrong before
	}
	return err
}

// createTemp creates a file in dir, and dir if it must.
func createTemp(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "tmp-*")
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, "tmp-*")
}
