package cpython

import (
	"github.com/ebitengine/purego"
)

// The signals that Python programs expect to be as the system set them: those that Python itself handles, and those
// whose default action ends or stops the process. The Go runtime has taken them before any code of ours ran.
// Numbers are Linux's, equal on all its 64-bit platforms.
var pythonSignals = []uintptr{1, 2, 3, 10, 12, 13, 14, 15, 17, 18, 20, 21, 22, 28}

const (
	sigInt = 2
	sigDfl = 0
)

// ResetSignals gives the signals that Python wants back to the system, so that CPython installs its own handlers: it
// leaves a signal alone that somebody handles (Modules/signalmodule.c, signal_install_handlers).
func (a *API) ResetSignals() {
	for _, s := range pythonSignals {
		a.libc("signal", s, sigDfl)
	}
}

// Exit ends the process the way C's main does: functions registered with atexit run, destructors of libraries too. Go's
// os.Exit would skip them.
func (a *API) Exit(status int) {
	a.libc("exit", uintptr(status)) //nolint:gosec // the lower 8 bits count
}

// Interrupt ends the process by SIGINT, so that the shell that waits for it knows (CPython, Modules/main.c, exit_sigint).
func (a *API) Interrupt() {
	a.libc("signal", sigInt, sigDfl)
	a.libc("raise", sigInt)
}

// Setenv sets an environment variable for C and for the children of the process. Go's copy of the environment is not
// the one that Python sees.
func (a *API) Setenv(name, value string) {
	var s Strings
	a.libc("setenv", s.C(name), s.C(value), 1)
	keep(&s)
}

// libc calls a function of the C library, which libpython has loaded.
func (a *API) libc(name string, args ...uintptr) uintptr {
	f, err := purego.Dlsym(purego.RTLD_DEFAULT, name)
	if err != nil {
		return 0
	}
	r, _, _ := purego.SyscallN(f, args...)
	return r
}
