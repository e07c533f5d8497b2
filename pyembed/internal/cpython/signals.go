//go:build !windows

package cpython

import (
	"slices"
	"unsafe"
)

// Handlers of signals that stand for no function.
const (
	sigDfl = 0
	sigIgn = 1
)

// ResetSignals gives the signals that Python wants back to the system, so that CPython installs its own handlers: it
// leaves a signal alone that somebody handles (Modules/signalmodule.c, signal_install_handlers). With faults, a crash in C
// ends the process by its signal, as that of any Python does, instead of with a dump of goroutines; Go code can then no
// longer recover from a nil pointer, nor start a CPU profile.
//
// A signal that the process was started to ignore (nohup, or & in a script) stays ignored. Go tells only of SIGHUP and
// SIGINT: other ignored signals have Go's handler by now.
func (a *API) ResetSignals(faults bool) {
	signals := programSignals
	if faults {
		signals = append(slices.Clone(signals), faultSignals...)
		if !a.profiles() {
			signals = append(signals, sigPROF)
		}
	}
	// Go has one handler for all signals, and SIGURG surely is one of them. A handler of someone else stays.
	ofGo := a.handler(sigURG)
	for _, s := range signals {
		if h := a.handler(s); h == ofGo && h != sigDfl && h != sigIgn {
			a.libc("signal", s, sigDfl)
		}
	}
}

// profiles tells whether the Go runtime makes a CPU profile: a timer sends it SIGPROF.
func (a *API) profiles() bool {
	const itimerProf = 2
	timer = [4]uintptr{}
	a.libc("getitimer", itimerProf, uintptr(unsafe.Pointer(&timer)))
	return timer != [4]uintptr{}
}

// timer is where C writes a struct itimerval to.
var timer [4]uintptr

// action is where C writes a struct sigaction to. Its first word is the handler; glibc's has 152 bytes.
var action [32]uintptr

// handler returns the address of a signal's handler, sigDfl or sigIgn.
func (a *API) handler(signal uintptr) uintptr {
	action[0] = sigDfl
	a.libc("sigaction", signal, 0, uintptr(unsafe.Pointer(&action)))
	return action[0]
}

// Interrupt ends the process by SIGINT, so that the shell that waits for it knows (CPython, Modules/main.c, exit_sigint).
func (a *API) Interrupt() {
	a.libc("signal", sigINT, sigDfl)
	a.libc("raise", sigINT)
}

// Setenv sets an environment variable for C and for the children of the process. Go's copy of the environment is not
// the one that Python sees.
func (a *API) Setenv(name, value string) {
	var s Strings
	a.libc("setenv", s.C(name), s.C(value), 1)
	keep(&s)
}
