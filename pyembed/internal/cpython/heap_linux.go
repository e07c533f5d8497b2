package cpython

import (
	"unsafe"

	"github.com/oxgen/oxgen/pyembed/internal/hugepage"
)

// GrowHeap has glibc's heap go on with huge pages, of which the first is there at once and the others come when they are touched; where
// the system has none to give, as many small ones are there as a start of Python takes. By itself the heap grows by 132 KiB at a time,
// and each page comes with a fault: 300 in a start, 1,700 while 200 modules are imported. It does nothing when malloc is another one's.
// Python's threads have heaps of their own.
func (a *API) GrowHeap() {
	const (
		header = 8                     // of a block of glibc's
		needed = hugepage.Size * 5 / 8 // by a start of Python
		room   = 4 * hugepage.Size
		size   = room + hugepage.Size // wherever the first one starts
	)
	// Freeing a block that was mapped by itself makes glibc take smaller ones than it from the heap (mallopt(3), M_MMAP_THRESHOLD).
	// The heap grows in one step then, and nothing of it is touched but the block's ends.
	a.libc("free", a.libc("malloc", size+4096))
	block := a.libc("malloc", size)
	first := (block + hugepage.Size - 1) &^ (hugepage.Size - 1)
	if end := a.libc("sbrk", 0); block == 0 || block+size > end || end-block > size+hugepage.Size {
		a.libc("free", block)
		return
	}
	hugepage.Populate(unsafe.Slice((*byte)(pointer(first)), room), needed)
	// The block keeps what lies before the first page, which is never touched. The rest is the end of the heap, from which memory is taken.
	a.libc("realloc", block, first-block+header)
}
