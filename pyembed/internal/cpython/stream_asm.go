//go:build (linux && (amd64 || arm64)) || (windows && amd64)

package cpython

// streamFunction returns the address of the function of streamValue, 0 on a platform without it.
func streamFunction() uintptr
