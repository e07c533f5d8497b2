//go:build amd64 || arm64

package cpython

import "unsafe"

// arenaFunctions returns the addresses of two functions for C. They are assembly, because Go code can't run in a child
// after a fork.
func arenaFunctions() (alloc, free uintptr)

// arenaAllocator is a PyObjectArenaAllocator (Include/cpython/objimpl.h).
var arenaAllocator struct{ ctx, alloc, free uintptr }

// PopulateArenas has Python's small objects live in memory that the kernel hands over whole: two arenas (1 MiB each) are a huge page
// where the system has them to give (Documentation/admin-guide/mm/transhuge.rst), else one is populated at a time. CPython's own
// arenas come page by page, each with a fault: 4,700 of them while 430 modules are imported. It is called before initialisation.
func (a *API) PopulateArenas() {
	arenaAllocator.alloc, arenaAllocator.free = arenaFunctions()
	a.call("PyObject_SetArenaAllocator", uintptr(unsafe.Pointer(&arenaAllocator)))
}
