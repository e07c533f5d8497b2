//go:build amd64 || arm64

package cpython

import "golang.org/x/sys/unix"

const sysMemfdCreate = unix.SYS_MEMFD_CREATE

// callFunctions returns the addresses of the functions of CallValues.
func callFunctions() (call, syscall uintptr)
