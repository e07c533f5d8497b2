package loader

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Keep returns the path of a file with the given contents and name in the user's cache directory, below LocalAppData, and makes
// it where it is missing or not what it should be. The directory of the file is named by the digest of the contents in hexadecimal
// digits, and the file keeps its own name, by which Windows knows a DLL.
//
// The file is held against the contents themselves, which are at hand, and then stays open: until the process ends, nobody can
// write to it or replace it.
func Keep(name, digest, contents string) (path string, err error) {
	if len(digest) < 32 || filepath.Base(name) != name {
		return "", fmt.Errorf("no file name: %q", name)
	}
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "lib", digest[:32])
	path = filepath.Join(dir, name)
	for range 2 {
		file, err := openShared(path)
		if err == nil {
			if holds(file, contents) {
				kept = append(kept, file)
				return path, nil
			}
			file.Close()
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("cache file: %w", err)
		}
		if err := write(dir, path, contents); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("cache file %s: somebody changes it", path)
}

// Cache returns the directory of the user that all programs have for what has to be on disk. It need not exist.
func Cache() (string, error) {
	local, err := windows.KnownFolderPath(windows.FOLDERID_LocalAppData, 0)
	if err != nil {
		return "", fmt.Errorf("no LocalAppData: %w", err)
	}
	return filepath.Join(local, "oxgen"), nil
}

// kept are the files that stay open.
var kept []*os.File

// openShared opens a file so that others can read it at the same time, and do nothing else.
func openShared(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// holds tells whether a file has the contents.
func holds(file io.Reader, contents string) bool {
	buf := make([]byte, 1<<18)
	for {
		n, err := file.Read(buf)
		if n > len(contents) || string(buf[:n]) != contents[:n] {
			return false
		}
		contents = contents[n:]
		switch {
		case errors.Is(err, io.EOF):
			return contents == ""
		case err != nil:
			return false
		}
	}
}

// write writes beside path and renames, so that a file under the final name is always whole. One that another process has
// loaded meanwhile stays, and is right.
func write(dir, path, contents string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing once it is renamed
	_, err = f.WriteString(contents)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("cache file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		if _, there := os.Stat(path); there == nil {
			return nil
		}
		return fmt.Errorf("cache file: %w", err)
	}
	return nil
}
