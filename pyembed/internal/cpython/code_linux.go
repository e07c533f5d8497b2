package cpython

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// PopulateCode maps the code that a start of Python runs in one go. It comes in pieces of 64 KiB otherwise, each with a fault, and of
// this part nearly all do. CPython's Makefile links the files of Objects in the order of their names, then those of Python, so that
// most of it lies between a function of bytesobject.c and one of pylifecycle.c; a compiler that moves what is seldom run elsewhere leaves
// that as it is. Where the library is made otherwise nothing is done: then the two are far from each other, or the wrong way round.
func (a *API) PopulateCode() {
	const most = 8 << 20 // bytes
	first, err := lookUp(a.handle, "PyBytes_FromStringAndSize")
	if err != nil {
		return
	}
	last, err := lookUp(a.handle, "Py_InitializeFromConfig")
	if err != nil || last < first || last-first > most {
		return
	}
	page := uintptr(unix.Getpagesize())
	first &^= page - 1
	_ = unix.Madvise(unsafe.Slice((*byte)(pointer(first)), last-first), unix.MADV_POPULATE_READ)
}
