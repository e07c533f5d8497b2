//go:build !windows

package loader

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// loadCache keeps the library as a file in the user's cache directory, under the name of its digest, and makes it when it
// is missing or not what it should be. It needs a writable cache directory that is not mounted noexec, but no /proc.
func loadCache(lib *Library) (uintptr, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return 0, fmt.Errorf("no cache directory: %w", err)
	}
	dir := filepath.Join(cache, "oxgen", "lib")
	path := filepath.Join(dir, lib.key()+"-"+lib.Name)
	if !holds(path, lib) {
		if err := writeCache(dir, path, lib); err != nil {
			return 0, err
		}
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return 0, fmt.Errorf("dlopen: %w", err)
	}
	return handle, nil
}

// holds tells whether the file at path is the library's.
func holds(path string, lib *Library) bool {
	got, err := os.ReadFile(path)
	if err != nil || int64(len(got)) != lib.Size {
		return false
	}
	want := make([]byte, lib.Size)
	err = lib.write(func(data string, offset int64) error {
		copy(want[offset:], data)
		return nil
	})
	return err == nil && bytes.Equal(got, want)
}

// writeCache writes beside path and renames, so that a file under the final name is always whole.
func writeCache(dir, path string, lib *Library) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing once it is renamed
	defer f.Close()
	if err := writeWhole(int(f.Fd()), lib); err != nil {
		return fmt.Errorf("cache file %s: %w", path, err)
	}
	if err := f.Chmod(0o500); err != nil {
		return fmt.Errorf("cache file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("cache file: %w", err)
	}
	return nil
}

// A sink takes a part of a file, which starts at an offset. What it does not get is 0.
type sink func(data string, offset int64) error

// fileOf makes fd an empty file of the given size, and returns the sink for it.
func fileOf(fd int, size int64) (sink, error) {
	if err := unix.Ftruncate(fd, size); err != nil {
		return nil, fmt.Errorf("sizing a file of %d bytes: %w", size, err)
	}
	return func(data string, offset int64) error { return pwrite(fd, data, offset) }, nil
}

// writeWhole makes fd the library's file.
func writeWhole(fd int, lib *Library) error {
	to, err := fileOf(fd, lib.Size)
	if err != nil {
		return err
	}
	return lib.write(to)
}

// write writes the library's file.
func (l *Library) write(to sink) error {
	if l.Packed {
		return l.unpack(to)
	}
	if err := l.writeSkeleton(to); err != nil {
		return err
	}
	if err := l.writeOriginal(to); err != nil || l.Payload == nil {
		return err
	}
	at := l.Payload()
	for _, e := range l.Mapped {
		if err := to(unsafe.String((*byte)(pointer(at)), e.Size), e.Offset); err != nil {
			return err
		}
		at += uintptr(l.pageUp(e.Size))
	}
	return nil
}

// writeSkeleton writes what the dynamic linker sees when the payload is mapped.
func (l *Library) writeSkeleton(to sink) error {
	data := l.Data
	for _, e := range l.Skeleton {
		if err := to(data[:e.Size], e.Offset); err != nil {
			return err
		}
		data = data[e.Size:]
	}
	return nil
}

// writeOriginal writes what the file has in place of parts of the skeleton.
func (l *Library) writeOriginal(to sink) error {
	if len(l.Original) == 0 {
		return nil
	}
	stream := l.Data
	for _, e := range l.Skeleton {
		stream = stream[e.Size:]
	}
	r, err := zlib.NewReader(strings.NewReader(stream))
	if err != nil {
		return fmt.Errorf("unpacking parts of %s: %w", l.Name, err)
	}
	for _, e := range l.Original {
		piece := make([]byte, e.Size)
		if _, err := io.ReadFull(r, piece); err != nil {
			return fmt.Errorf("unpacking parts of %s: %w", l.Name, err)
		}
		if err := to(unsafe.String(&piece[0], len(piece)), e.Offset); err != nil {
			return err
		}
	}
	switch n, err := io.Copy(io.Discard, r); { // the end has the sum of all
	case err != nil:
		return fmt.Errorf("unpacking parts of %s: %w", l.Name, err)
	case n > 0:
		return fmt.Errorf("unpacking parts of %s: %d bytes too many", l.Name, n)
	}
	return nil
}

func pwrite(fd int, data string, offset int64) error {
	for len(data) > 0 {
		n, err := unix.Pwrite(fd, unsafe.Slice(unsafe.StringData(data), len(data)), offset)
		if err != nil {
			return fmt.Errorf("writing %d bytes: %w", len(data), err)
		}
		data, offset = data[n:], offset+int64(n)
	}
	return nil
}

// pointer turns an address that C gave into a pointer; the memory is not Go's.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
