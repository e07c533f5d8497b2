//go:build !windows

package loader

import (
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
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
	path := filepath.Join(dir, lib.Digest[:32]+"-"+lib.Name)
	if !holds(path, lib.Digest) {
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

func holds(path, digest string) bool {
	contents, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(contents)
	return hex.EncodeToString(sum[:]) == digest
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

// writeWhole makes fd the library's file.
func writeWhole(fd int, lib *Library) error {
	if lib.Packed {
		return unpack(fd, lib)
	}
	if err := writeExtents(fd, lib.Size, lib.Skeleton, lib.Data); err != nil {
		return err
	}
	if err := writeOriginal(fd, lib); err != nil || lib.Payload == nil {
		return err
	}
	at := lib.Payload()
	for _, e := range lib.Mapped {
		if err := pwrite(fd, unsafe.String((*byte)(pointer(at)), e.Size), e.Offset); err != nil {
			return err
		}
		at += uintptr(lib.pageUp(e.Size))
	}
	return nil
}

// writeOriginal writes what the file has in place of parts of the skeleton.
func writeOriginal(fd int, lib *Library) error {
	if len(lib.Original) == 0 {
		return nil
	}
	stream := lib.Data
	for _, e := range lib.Skeleton {
		stream = stream[e.Size:]
	}
	r, err := zlib.NewReader(strings.NewReader(stream))
	if err != nil {
		return fmt.Errorf("unpacking parts of %s: %w", lib.Name, err)
	}
	for _, e := range lib.Original {
		piece := make([]byte, e.Size)
		if _, err := io.ReadFull(r, piece); err != nil {
			return fmt.Errorf("unpacking parts of %s: %w", lib.Name, err)
		}
		if err := pwrite(fd, unsafe.String(&piece[0], len(piece)), e.Offset); err != nil {
			return err
		}
	}
	switch n, err := io.Copy(io.Discard, r); { // the end has the sum of all
	case err != nil:
		return fmt.Errorf("unpacking parts of %s: %w", lib.Name, err)
	case n > 0:
		return fmt.Errorf("unpacking parts of %s: %d bytes too many", lib.Name, n)
	}
	return nil
}

// writeExtents makes fd a file of the given size and writes the extents, whose bytes are at the start of data.
func writeExtents(fd int, size int64, extents []Extent, data string) error {
	if err := unix.Ftruncate(fd, size); err != nil {
		return fmt.Errorf("sizing a file of %d bytes: %w", size, err)
	}
	for _, e := range extents {
		if err := pwrite(fd, data[:e.Size], e.Offset); err != nil {
			return err
		}
		data = data[e.Size:]
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
