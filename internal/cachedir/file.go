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
func Write(path string, data []byte) error {
	f, err := create(path, func() (*os.File, error) { return os.CreateTemp(filepath.Dir(path), "tmp-*") })
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

// WriteSealed writes parts one behind the other, with the SHA-256 of all of them before them. A file that was not written to its end,
// or by two processes at once, is none for ReadSealed, so there is no need for another name as long as it is not whole.
func WriteSealed(path string, parts ...[]byte) error {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part) // a hash takes everything
	}
	f, err := create(path, func() (*os.File, error) { return os.Create(path) })
	if err != nil {
		return err
	}
	_, err = f.Write(slices.Concat(slices.Insert(parts, 0, h.Sum(nil))...)) // most files are small, and a call costs more than a copy
	return errors.Join(err, f.Close())
}

// Keep returns what is kept, sealed, at path; where nothing is, it returns what make does, and keeps that if it can: otherwise it is made again
// the next time.
func Keep(path string, make func() ([]byte, error)) ([]byte, error) {
	if data, ok := ReadSealed(path); ok && len(data) > 0 {
		return data, nil
	}
	data, err := make()
	if err == nil {
		_ = WriteSealed(path, data)
	}
	return data, err
}

// ReadSealed returns what WriteSealed wrote, and touches the file; ok is false when there is no such file, or it was cut off or damaged.
func ReadSealed(path string) (data []byte, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size {
		return nil, false
	}
	Touch(path)
	seal, data := data[:sha256.Size], data[sha256.Size:]
	sum := sha256.Sum256(data)
	return data, bytes.Equal(sum[:], seal)
}

// create creates a file by a function, and the directory of path if it must.
func create(path string, by func() (*os.File, error)) (*os.File, error) {
	f, err := by()
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	return by()
}
