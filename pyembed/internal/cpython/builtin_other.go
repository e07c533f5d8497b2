//go:build !((linux || darwin) && (amd64 || arm64))

package cpython

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// builtinFunctions returns the addresses of the module's two functions, for C. They are Go.
func builtinFunctions() (initialise, execute uintptr) {
	initialise = purego.NewCallback(func() uintptr {
		r, _, _ := purego.SyscallN(cDefInit, uintptr(unsafe.Pointer(&builtinDef)))
		return r
	})
	return initialise, purego.NewCallback(executeBuiltin)
}

// executeBuiltin gives a module its attributes; it is what the assembly does elsewhere.
func executeBuiltin(module uintptr) uintptr {
	const failed = ^uintptr(0)
	for _, v := range builtinValues {
		if v.name == 0 {
			break
		}
		object, _, _ := purego.SyscallN(v.function, v.data, v.size, v.last)
		if object == 0 {
			return failed
		}
		status, _, _ := purego.SyscallN(cSetAttribute, module, v.name, object)
		purego.SyscallN(cDecRef, object)
		if int32(status) != 0 { // a C int
			return failed
		}
	}
	return 0
}
