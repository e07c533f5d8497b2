package loader

import (
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// What the dynamic linker makes read-only when it has relocated it, and the flag of a segment that can be written to (elf.h).
const (
	ptGNURelro = 0x6474e552
	pfWrite    = 2
)

// loadLinked returns the handle by which the symbols of the executable itself are found. It has the executable's data, most of which is
// libpython's, be in memory: nearly all of it is used in a start, and one call is cheaper than a fault for each page. Linux before 5.14
// has no such call, and goes on with the faults.
func loadLinked() uintptr {
	if exe, err := segments(); err == nil {
		if start, size := exe.data(); size > 0 {
			_ = unix.Madvise(unsafe.Slice((*byte)(pointer(start)), size), unix.MADV_POPULATE_WRITE)
		}
	}
	return purego.RTLD_DEFAULT
}

// data returns the pages of the executable's data that come from its file and stay writable.
func (i image) data() (start, size uintptr) {
	page := uint64(unix.Getpagesize())
	var begin, end uint64
	for k := range i.headers {
		switch h := &i.headers[k]; {
		case h.kind == ptLoad && h.flags&pfWrite != 0:
			begin, end = max(begin, h.vaddr), h.vaddr+h.fileSize
		case h.kind == ptGNURelro:
			begin = max(begin, h.vaddr+h.memorySize)
		}
	}
	begin, end = begin&^(page-1), (end+page-1)&^(page-1)
	if begin >= end {
		return 0, 0
	}
	return i.bias + uintptr(begin), uintptr(end - begin)
}
