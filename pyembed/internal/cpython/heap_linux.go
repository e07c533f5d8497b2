package cpython

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page in bytes, where pages have 4 KiB. Where they are larger, so are huge ones, and this is a piece
// of memory like any other.
const hugePage = 2 << 20

// GrowHeap has glibc's heap go on with a huge page, or, where the system has none to give, with as many small ones as a start of
// Python takes. By itself it grows by 132 KiB at a time, and each page comes with a fault: 300 of them. It does nothing when malloc is
// another one's. Python's threads have heaps of their own.
func (a *API) GrowHeap() {
	const (
		header = 8                // of a block of glibc's
		needed = hugePage * 5 / 8 // by a start of Python
	)
	// Freeing a block that was mapped by itself makes glibc take smaller ones than it from the heap (mallopt(3), M_MMAP_THRESHOLD).
	// The heap grows in one step then, and nothing of it is touched but the block's ends.
	a.libc("free", a.libc("malloc", 3*hugePage))
	block := a.libc("malloc", 2*hugePage)
	page := (block + hugePage - 1) &^ (hugePage - 1)
	if end := a.libc("sbrk", 0); block == 0 || block+2*hugePage > end || end-block > 3*hugePage {
		a.libc("free", block)
		return
	}
	memory := unsafe.Slice((*byte)(pointer(page)), hugePage)
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(memory[:needed], unix.MADV_POPULATE_WRITE) // Linux 5.14
	// The block keeps what lies before the page, which is never touched. The rest is the end of the heap, from which memory is taken.
	a.libc("realloc", block, page-block+header)
}
