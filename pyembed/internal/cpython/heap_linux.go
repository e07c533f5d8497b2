package cpython

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page in bytes, where pages have 4 KiB. Where they are larger, so are huge ones, and this is a piece
// of memory like any other.
const hugePage = 2 << 20

// GrowHeap has glibc's heap go on with huge pages, of which the first is there at once and the others come when they are touched; where
// the system has none to give, as many small ones are there as a start of Python takes. By itself the heap grows by 132 KiB at a time,
// and each page comes with a fault: 300 in a start, 1,700 while 200 modules are imported. It does nothing when malloc is another one's.
// Python's threads have heaps of their own.
func (a *API) GrowHeap() {
	const (
		header = 8                // of a block of glibc's
		needed = hugePage * 5 / 8 // by a start of Python
		room   = 4 * hugePage
		size   = room + hugePage // wherever the first one starts
	)
	// Freeing a block that was mapped by itself makes glibc take smaller ones than it from the heap (mallopt(3), M_MMAP_THRESHOLD).
	// The heap grows in one step then, and nothing of it is touched but the block's ends.
	a.libc("free", a.libc("malloc", size+4096))
	block := a.libc("malloc", size)
	first := (block + hugePage - 1) &^ (hugePage - 1)
	if end := a.libc("sbrk", 0); block == 0 || block+size > end || end-block > size+hugePage {
		a.libc("free", block)
		return
	}
	memory := unsafe.Slice((*byte)(pointer(first)), room)
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(memory[:needed], unix.MADV_POPULATE_WRITE) // Linux 5.14
	// The block keeps what lies before the first page, which is never touched. The rest is the end of the heap, from which memory is taken.
	a.libc("realloc", block, first-block+header)
}
