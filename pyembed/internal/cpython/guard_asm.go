//go:build (linux && (amd64 || arm64)) || (windows && amd64)

package cpython

// guardEntries returns the address of the code of guard 0. Others follow, 16 bytes each.
func guardEntries() uintptr

// guardEntry returns the address of the code of a guard, 0 on a platform without guards.
func guardEntry(number int) uintptr { return guardEntries() + 16*uintptr(number) }

// guardMaker returns the address of the function of GuardValues.
func guardMaker() uintptr

// streamFunction returns the address of the function of streamValue.
func streamFunction() uintptr
