//go:build amd64 || arm64

package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import (
	"os"
	"strconv"
	"sync/atomic"
	"time"
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
func (a *API) ShieldThreads() {
	for _, s := range programSignals {
		shieldMask |= 1 << (s - 1)
	}
	pid := os.Getpid()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	// The last real-time signal: neither Go nor glibc uses it.
	const messenger = 64
	action := sigAction{handler: shieldHandler(), flags: saSigInfo | saOnStack | saRestart}
	var before sigAction
	shieldActions = [2]*sigAction{&action, &before}
	if int32(a.libc("sigaction", messenger, uintptr(unsafe.Pointer(&action)), uintptr(unsafe.Pointer(&before)))) != 0 { // a C int
		return
	}
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil || tid == pid {
			continue
		}
		a.shield(pid, tid, messenger)
	}
	a.libc("sigaction", messenger, uintptr(unsafe.Pointer(&before)), 0)
}

// shieldActions keeps what C is given in the heap.
var shieldActions [2]*sigAction

// shield has one thread run the handler, and waits for that.
func (a *API) shield(pid, tid int, signal unix.Signal) {
	count := atomic.LoadUint32(&shieldCount)
	if unix.Tgkill(pid, tid, signal) != nil {
		return // it has ended
	}
	for range 1000 {
		if atomic.LoadUint32(&shieldCount) != count {
			return
		}
		time.Sleep(10 * time.Microsecond)
	}
}
