//go:build !windows

package cpython

import "github.com/ebitengine/purego"

// statusOf calls a function that returns a PyStatus.
func statusOf(function uintptr, args [4]uintptr) cStatus {
	var f func(uintptr, uintptr, uintptr, uintptr) cStatus
	purego.RegisterFunc(&f, function)
	return f(args[0], args[1], args[2], args[3])
}
