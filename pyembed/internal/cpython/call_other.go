//go:build !linux || (!amd64 && !arm64)

package cpython

const sysMemfdCreate = 0

func callFunctions() (call, syscall uintptr) { return 0, 0 }
