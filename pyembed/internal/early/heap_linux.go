//go:build amd64 || arm64

package early

import "unsafe"

// heapNeeded is what a start takes of Go's heap from here on, in bytes. It comes as pages of 4 KiB, each with a fault.
const heapNeeded = 256 << 10

// populateHeap touches what Go's heap hands out next: the memory behind a new piece of it. That may end before heapNeeded does, or
// be in use already; both do no harm.
func populateHeap() {
	frontier = new([8 << 10]byte)
	populate(unsafe.Pointer(frontier), heapNeeded)
	frontier = nil
}

// frontier is a variable of the package so that what it points to is in the heap.
var frontier *[8 << 10]byte

// populate touches memory as far as there is any (MADV_POPULATE_WRITE, from Linux 5.14 on).
//
//go:noescape
func populate(start unsafe.Pointer, size uintptr)
