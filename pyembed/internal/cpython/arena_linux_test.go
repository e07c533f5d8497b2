//go:build amd64 || arm64

package cpython

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"github.com/oxgen/oxgen/pyembed/internal/hugepage"
)

const arenaSize = 1 << 20

func TestArenas(t *testing.T) {
	alloc, free := arenaFunctions()
	for _, size := range []uintptr{arenaSize, arenaSize, 16 << 10, arenaSize} {
		address, _, _ := purego.SyscallN(alloc, 0, size)
		if address == 0 {
			t.Fatal("no arena")
		}
		if n := absent(t, address, size); n != 0 && runtime.GOARCH == "amd64" { // elsewhere the tests run in qemu, which populates nothing
			t.Errorf("%d pages are not there before they are touched", n)
		}
		memory := unsafe.Slice((*byte)(pointer(address)), size)
		memory[0], memory[size-1] = 1, 1
		purego.SyscallN(free, 0, address, size)
		if err := mincore(address, make([]byte, size/uintptr(unix.Getpagesize()))); err != unix.ENOMEM {
			t.Errorf("the arena is still mapped: %v", err)
		}
	}
}

// Two arenas are a huge page; one of them stays when the other one goes.
func TestArenaPairs(t *testing.T) {
	alloc, free := arenaFunctions()
	var arenas []uintptr
	for range 8 {
		address, _, _ := purego.SyscallN(alloc, 0, arenaSize)
		unsafe.Slice((*byte)(pointer(address)), arenaSize)[0] = 1
		arenas = append(arenas, address)
	}
	if arenas[0]%hugepage.Size != 0 { // the second half of another test's
		purego.SyscallN(free, 0, arenas[0], arenaSize)
		arenas = arenas[1:7]
	}
	for len(arenas) > 0 {
		if arenas[0]%hugepage.Size != 0 || arenas[1] != arenas[0]+arenaSize {
			t.Errorf("arenas at %#x and %#x, no halves of a huge page", arenas[0], arenas[1])
		}
		purego.SyscallN(free, 0, arenas[1], arenaSize)
		if absent(t, arenas[0], 1) != 0 {
			t.Error("an arena goes with the other half")
		}
		purego.SyscallN(free, 0, arenas[0], arenaSize)
		arenas = arenas[2:]
	}
}

// absent returns how many of an arena's pages are not in memory.
func absent(t *testing.T, address, size uintptr) (n int) {
	t.Helper()
	resident := make([]byte, (size+uintptr(unix.Getpagesize())-1)/uintptr(unix.Getpagesize()))
	if err := mincore(address, resident); err != 0 {
		t.Fatal(err)
	}
	for _, r := range resident {
		if r&1 == 0 {
			n++
		}
	}
	return n
}

func mincore(address uintptr, resident []byte) unix.Errno {
	size := uintptr(len(resident) * unix.Getpagesize())
	_, _, err := unix.Syscall(unix.SYS_MINCORE, address, size, uintptr(unsafe.Pointer(&resident[0])))
	return err
}

func TestArenaTooLarge(t *testing.T) {
	alloc, _ := arenaFunctions()
	if address, _, _ := purego.SyscallN(alloc, 0, 1<<62); address != 0 {
		t.Errorf("an arena of 4 EiB is at %#x", address)
	}
}
