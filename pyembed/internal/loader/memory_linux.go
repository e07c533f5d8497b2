package loader

import (
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
// give. It is filled elsewhere and moved there: with what the dynamic linker has written, and with the parts in Mapped, which lie from
// payload on in the executable's file. It tells whether it did that: the addresses may be taken.
func (l *Library) enlarge(exe int, payload int64) (bool, error) {
	start, size := uintptr(l.Memory.Address), uintptr(l.pageUp(l.Memory.Size+l.Zeros))
	if rest := hugepage.Size - size; rest > 0 && !reserve(start+size, rest) {
		return false, nil
	}
	elsewhere := start + hugepage.Size
	if !reserve(elsewhere, hugepage.Size) {
		return false, nil
	}
	page := unsafe.Slice((*byte)(pointer(elsewhere)), hugepage.Size)
	if err := unix.Mprotect(page, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return false, fmt.Errorf("memory of %d bytes: %w", hugepage.Size, err)
	}
	hugepage.Populate(page, int(size)) // within it
	if err := l.fill(page, exe, payload); err != nil {
		return false, err
	}
	const flags = unix.MREMAP_MAYMOVE | unix.MREMAP_FIXED
	if _, err := unix.MremapPtr(pointer(elsewhere), hugepage.Size, pointer(start), hugepage.Size, flags); err != nil {
		return false, unix.MunmapPtr(pointer(elsewhere), hugepage.Size) // the data is as it was
	}
	return true, nil
}

// fill makes page what the memory of the data is to be: the parts in Mapped are read, and between them is what the library's file has, as
// the dynamic linker has changed it.
func (l *Library) fill(page []byte, exe int, payload int64) error {
	data := unsafe.Slice((*byte)(pointer(uintptr(l.Memory.Address))), l.Memory.Size)
	next := int64(0)
	for _, e := range l.Mapped {
		if e.Address >= l.Memory.Address {
			at := int64(e.Address - l.Memory.Address)
			copy(page[next:at], data[next:at])
			next = at + e.Size
			if err := readInto(page[at:next], exe, payload); err != nil {
				return err
			}
		}
		payload += l.pageUp(e.Size)
	}
	copy(page[next:], data[next:])
	return nil
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
