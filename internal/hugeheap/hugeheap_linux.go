// Package hugeheap has Go's heap use huge pages.
package hugeheap

import (
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	page = 2 << 20   // bytes of a huge page where pages have 4 KiB
	size = 256 << 20 // bytes of address space
)

var once sync.Once

// Reserve has the memory that the program is about to allocate, up to 256 MiB, come in huge pages where the system gives them to who asks
// (Documentation/admin-guide/mm/transhuge.rst). Nothing is touched, so that nothing is used that would not have been used. Only the
// first call does anything.
//
// Go asks the system for memory in one piece for a large object, and uses the memory for others when the object is garbage: the advice
// that was given for it stays.
func Reserve() { once.Do(reserve) }

func reserve() {
	// Go would give up when it got no memory, because of a limit (RLIMIT_AS) or a system that promises no more than it has.
	probe, err := unix.Mmap(-1, 0, 2*size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil || unix.Munmap(probe) != nil {
		return
	}
	object := make([]byte, size)
	start := -uintptr(unsafe.Pointer(&object[0])) % page
	_ = unix.Madvise(object[start:size-page+start], unix.MADV_HUGEPAGE)
	runtime.KeepAlive(object)
	object = nil
	runtime.GC()
}
