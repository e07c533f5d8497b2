package loader

import (
	"bytes"
	"fmt"
	"io"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of huge pages where pages have 4 KiB, in bytes.
const hugePage = 2 << 20

// fits tells whether the data that stays writable can be on one huge page: whether the library is loaded where it is linked, and linked
// so. Nearly all of that data is used in a start of Python; there it comes with one fault.
func (l *Library) fits(bias uintptr) bool {
	return bias == 0 && l.Memory.Size > 0 && l.Memory.Address%hugePage == 0 && l.Memory.Size+l.Zeros <= hugePage
}

// enlarge replaces the memory of the data by a huge page, or by as many small ones as are needed if the system has no huge ones to
// give. What the dynamic linker has written there stays; the parts in Mapped are yet to be read. It tells whether it did that: the
// addresses behind the data may be taken.
func (l *Library) enlarge() (bool, error) {
	start, size := uintptr(l.Memory.Address), uintptr(l.pageUp(l.Memory.Size+l.Zeros))
	if rest := hugePage - size; rest > 0 {
		const flags = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_FIXED_NOREPLACE
		at, err := unix.MmapPtr(-1, 0, pointer(start+size), rest, unix.PROT_NONE, flags)
		if err != nil {
			return false, nil
		}
		if uintptr(at) != start+size { // before Linux 4.17
			_ = unix.MunmapPtr(at, rest)
			return false, nil
		}
	}
	written := l.written()
	const flags = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_FIXED
	at, err := unix.MmapPtr(-1, 0, pointer(start), hugePage, unix.PROT_READ|unix.PROT_WRITE, flags)
	if err != nil {
		return false, fmt.Errorf("memory of %d bytes: %w", hugePage, err)
	}
	page := unsafe.Slice((*byte)(at), hugePage)
	_ = unix.Madvise(page, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(page[:size], unix.MADV_POPULATE_WRITE) // Linux 5.14
	for offset, data := range written {
		copy(page[offset:], data)
	}
	return true, nil
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
