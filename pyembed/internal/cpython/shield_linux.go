//go:build amd64 || arm64

package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import (
	"os"
	"strconv"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// shieldHandler returns the address of a signal handler in C's way. It adds shieldMask to the signals that the thread it
// interrupts has blocked, and counts.
func shieldHandler() uintptr

var (
	shieldMask  uint64 // bit n-1 stands for signal n, as in the kernel's sigset_t
	shieldCount uint32
)

// Flags of a sigAction (asm-generic/signal-defs.h).
const (
	saSigInfo = 0x4
	saOnStack = 0x0800_0000
	saRestart = 0x1000_0000
)

// A sigAction is glibc's struct sigaction.
type sigAction struct {
	handler  uintptr
	mask     [16]uint64
	flags    int32
	restorer uintptr
}

// ShieldThreads blocks the signals that Python programs use in all threads but the calling one, the main thread. A signal
// that a program blocks, to wait for it say, would otherwise go to a thread of the Go runtime, and end the process. A
// thread that the Go runtime makes later is not shielded: it makes none while it has nothing to do.
//
// The threads do it in their own time. The function that is returned waits for the last of them, and for those that the Go runtime has made
// meanwhile, which it does when the machine is so busy that its first threads get to run late. It is called before Python starts, which
// looks at which signals have handlers, and once more when it has started. If a thread still does not get to run the handler stays in
// place: without it, the signal ends the process when it is delivered at last. ResetSignals comes first: Go has a handler for the signal
// that is used.
func (a *API) ShieldThreads() (settle func()) {
	for _, s := range programSignals {
		shieldMask |= 1 << (s - 1)
	}
	s := &shield{told: map[int]bool{os.Getpid(): true}}
	s.action = sigAction{handler: shieldHandler(), flags: saSigInfo | saOnStack | saRestart}
	s.raise(a)
	return func() { s.settle(a) }
}

// A shield is the handler for the messenger, and who was sent it.
type shield struct {
	action, before sigAction
	up             bool         // the handler is in place
	told           map[int]bool // the IDs of the main thread and of those that were sent the signal
}

// raise puts the handler into its place.
func (s *shield) raise(a *API) {
	shields = s
	if int32(a.libc("sigaction", messenger, uintptr(unsafe.Pointer(&s.action)), uintptr(unsafe.Pointer(&s.before)))) == 0 { // a C int
		s.up = true
		s.tell()
	}
}

// settle waits until all threads there are have run the handler, and takes it away.
func (s *shield) settle(a *API) {
	if !s.up {
		if len(s.untold()) == 0 {
			return
		}
		s.raise(a)
	}
	for s.up && s.await() {
		if !s.tell() {
			a.libc("sigaction", messenger, uintptr(unsafe.Pointer(&s.before)), 0)
			s.up = false
		}
	}
}

// tell sends the signal to all threads that have not got it, and tells whether there were any.
func (s *shield) tell() bool {
	pid := os.Getpid()
	more := false
	for _, tid := range s.untold() {
		if unix.Tgkill(pid, tid, messenger) == nil { // else it has ended
			s.told[tid], more = true, true
		}
	}
	return more
}

// untold returns the IDs of the threads that have not got the signal, none where there is no /proc.
func (s *shield) untold() []int {
	var ids []int
	threads, _ := os.ReadDir("/proc/self/task")
	for _, thread := range threads {
		if id, err := strconv.Atoi(thread.Name()); err == nil && !s.told[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// await waits until all threads but the main one have run the handler, 10 ms at most, and tells whether they have: one may have
// ended on the way. It does not ask Go's scheduler to wait, which takes many times as long.
func (s *shield) await() bool {
	sent := uint32(len(s.told) - 1)
	nap := unix.Timespec{Nsec: 10_000}
	for range 200 {
		if atomic.LoadUint32(&shieldCount) >= sent {
			return true
		}
		_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&nap)), 0, 0)
	}
	return false
}

// messenger is the last real-time signal: neither Go nor glibc uses it.
const messenger = 64

// shields keeps what C is given in the heap.
var shields *shield
