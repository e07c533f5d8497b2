//go:build (linux || darwin) && (amd64 || arm64)

package cpython

// builtinFunctions returns the addresses of the module's two functions, for C.
func builtinFunctions() (initialise, execute uintptr)
