package cpython

import (
	"unicode/utf16"
	"unsafe"
)

// ResetSignals does nothing: Windows has no signals. The C library has its own handler for Ctrl-C, which comes before Go's, as it is
// set later.
func (a *API) ResetSignals(bool) {}

// Interrupt ends the process as Windows ends one by Ctrl-C (CPython, Modules/main.c, exit_sigint: STATUS_CONTROL_C_EXIT).
func (a *API) Interrupt() { a.Exit(0xC000013A) }

// Setenv sets an environment variable for C and for the children of the process. The C library has a copy of the environment,
// which Python reads.
func (a *API) Setenv(name, value string) {
	n, v := utf16.Encode([]rune(name+"\x00")), utf16.Encode([]rune(value+"\x00"))
	a.libc("_wputenv_s", uintptr(unsafe.Pointer(&n[0])), uintptr(unsafe.Pointer(&v[0])))
	keep(n, v)
}
