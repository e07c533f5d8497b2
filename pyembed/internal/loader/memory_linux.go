package loader

import (
	"bytes"
	"fmt"
	"io"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/oxgen/oxgen/pyembed/internal/hugepage"
)

// fits tells whether the data that stays writable can be on one huge page: whether the library is loaded where it is linked, and linked
// so. Nearly all of that data is used in a start of Python; there it comes with one fault.
func (l *Library) fits(bias uintptr) bool {
	return bias == 0 && l.Memory.Size > 0 && l.Memory.Address%hugepage.Size == 0 && l.Memory.Size+l.Zeros <= hugepage.Size
}

// enlarge replaces the memory of the data by a huge page, or by as many small ones as are needed if the system has no huge ones to
// give. What the dynamic linker has written there stays; the parts in Mapped are yet to be read. It tells whether it did that: the
// addresses behind the data may be taken.
func (l *Library) enlarge() (bool, error) {
	start, size := uintptr(l.Memory.Address), uintptr(l.pageUp(l.Memory.Size+l.Zeros))
	if rest := hugepage.Size - size; rest > 0 && !reserve(start+size, rest) {
		return false, nil
	}
	written := l.written()
	const flags = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_FIXED
	at, err := unix.MmapPtr(-1, 0, pointer(start), hugepage.Size, unix.PROT_READ|unix.PROT_WRITE, flags)
	if err != nil {
		return false, fmt.Errorf("memory of %d bytes: %w", hugepage.Size, err)
	}
	page := unsafe.Slice((*byte)(at), hugepage.Size)
	hugepage.Populate(page, int(size)) // within it
	for offset, data := range written {
		copy(page[offset:], data)
	}
	return true, nil
}

// reserve takes addresses that nobody has, without memory, and tells whether they were free.
func reserve(start, size uintptr) bool {
	const flags = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_FIXED_NOREPLACE
	at, err := unix.MmapPtr(-1, 0, pointer(start), size, unix.PROT_NONE, flags)
	if err != nil {
		return false
	}
	if uintptr(at) != start { // before Linux 4.17
		_ = unix.MunmapPtr(at, size)
		return false
	}
	return true
}

// written returns copies of what is not in Mapped of the data in the library's file, by the distance from its start.
func (l *Library) written() map[int64][]byte {
	parts := map[int64][]byte{}
	page := unsafe.Slice((*byte)(pointer(uintptr(l.Memory.Address))), l.Memory.Size)
	next := int64(0)
	for _, e := range append(l.Mapped[:len(l.Mapped):len(l.Mapped)], Extent{Address: l.Memory.Address + uint64(l.Memory.Size)}) {
		if at := int64(e.Address - l.Memory.Address); at >= next && e.Address >= l.Memory.Address {
			parts[next] = bytes.Clone(page[next:at])
			next = at + e.Size
		}
	}
	return parts
}

// readInto reads a part of the executable's file into memory.
func readInto(memory []byte, exe int, offset int64) error {
	for len(memory) > 0 {
		n, err := unix.Pread(exe, memory, offset)
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("reading %d bytes of the executable: %w", len(memory), err)
		}
		memory, offset = memory[n:], offset+int64(n)
	}
	return nil
}
