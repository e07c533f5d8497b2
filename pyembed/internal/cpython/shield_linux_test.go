//go:build amd64 || arm64

package cpython

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func init() {
	shielding["a late thread"] = func() {
		for atomic.LoadUint32(&shieldCount) == 0 {
			runtime.Gosched()
		}
		time.Sleep(10 * time.Millisecond) // for those of the others; then it is as if none had run
		atomic.StoreUint32(&shieldCount, 0)
	}
	shielding["new threads"] = func() {
		var there sync.WaitGroup
		there.Add(newThreads)
		for range newThreads {
			go func() {
				runtime.LockOSThread()
				there.Done()
				select {} // keeps the thread
			}()
		}
		there.Wait()
	}
}

// newThreads is how many threads are made after the others have been told: more than the Go runtime makes by itself afterwards.
const newThreads = 8

// othersBlocking is Python that finds out which of the threads but the main one have SIGINT blocked: others has a 1 for each of them, else 0.
const othersBlocking = `
import os
def blocked(task):
    with open(f"/proc/self/task/{task}/status") as f:
        return next(int(line.split()[1], 16) for line in f if line.startswith("SigBlk"))
others = [blocked(task) >> 1 & 1 for task in os.listdir("/proc/self/task") if int(task) != os.getpid()]
`

// TestShieldOfNewThreads asserts that threads are told which the Go runtime has made while others were, or while Python started.
func TestShieldOfNewThreads(t *testing.T) {
	t.Parallel()
	const code = othersBlocking + "print(sum(others))"
	each(t, func(t *testing.T, l library) {
		p := plan{Library: l, Faults: true, Settings: base(l), Code: code}
		during, after := p, p
		during.Shield = "new threads"
		after.Shield, after.Shielded = "nothing", "new threads"
		for _, p := range []plan{during, after} {
			output, state := run(t, p)
			if n, err := strconv.Atoi(strings.TrimSpace(output)); err != nil || n < newThreads {
				t.Errorf("%q, then %q: %v, %s threads have the signal blocked, want %d", p.Shield, p.Shielded, state, output, newThreads)
			}
		}
	})
}

// TestShield asserts that threads of the Go runtime have the signals of Python programs blocked (those that there were; it may
// have made others), and that the signal which tells them to has its default action again when all have got it, and only
// then.
func TestShield(t *testing.T) {
	t.Parallel()
	const code = othersBlocking + `print(any(others), flush=True)
os.kill(os.getpid(), 64)
print("alive")`
	each(t, func(t *testing.T, l library) {
		output, state := run(t, plan{Library: l, Faults: true, Settings: base(l), Shield: "nothing", Code: code})
		if status, _ := state.Sys().(syscall.WaitStatus); output != "True\n" || status.Signal() != 64 {
			t.Errorf("%v, %s", state, output)
		}
		output, state = run(t, plan{Library: l, Faults: true, Settings: base(l), Shield: "a late thread", Code: code})
		if output != "True\nalive\n" {
			t.Errorf("a late thread: %v, %s", state, output)
		}
	})
}
