package cpython

import "github.com/ebitengine/purego"

// Exit ends the process the way C's main does: functions registered with atexit run, destructors of libraries too. Go's
// os.Exit would skip them.
func (a *API) Exit(status int) {
	a.libc("exit", uintptr(status)) // the lower 8 bits count
}

// libc calls a function of the C library, which libpython has loaded. When it is missing, the result is 0.
func (a *API) libc(name string, args ...uintptr) uintptr {
	f, ok := a.functions[name]
	if !ok {
		f, _ = lookUpC(name)
		a.functions[name] = f
	}
	if f == 0 {
		return 0
	}
	r, _, _ := purego.SyscallN(f, args...)
	return r
}
