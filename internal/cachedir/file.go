package cachedir

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Write puts a file into the cache, and makes its directory if it must. The file appears whole or not at all, so that processes may
// share a cache; unlike what is the user's, it is not synced to the disk.
func Write(path string, data []byte) error { return writeParts(path, data) }

// WriteSealed writes parts one behind the other as Write does, with the SHA-256 of all of them before them.
func WriteSealed(path string, parts ...[]byte) error {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part) // a hash takes everything
	}
	return writeParts(path, slices.Insert(parts, 0, h.Sum(nil))...)
}

// ReadSealed returns what WriteSealed wrote; ok is false when there is no such file, or it was cut off or damaged.
func ReadSealed(path string) (data []byte, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size {
		return nil, false
	}
	seal, data := data[:sha256.Size], data[sha256.Size:]
	sum := sha256.Sum256(data)
	return data, bytes.Equal(sum[:], seal)
}

func writeParts(path string, parts ...[]byte) error {
	f, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err == nil {
			_, err = f.Write(part)
		}
	}
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
