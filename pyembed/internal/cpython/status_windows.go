package cpython

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// returned is where C writes to: a global, because Go may move a local.
var returned cStatus

// statusOf calls a function that returns a PyStatus. The address to return a struct to is the first argument (Microsoft, x64
// calling convention, "Return values").
func statusOf(function uintptr, args [4]uintptr) cStatus {
	returned = cStatus{}
	purego.SyscallN(function, uintptr(unsafe.Pointer(&returned)), args[0], args[1], args[2], args[3])
	return returned
}
