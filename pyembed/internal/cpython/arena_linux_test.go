//go:build amd64 || arm64

package cpython

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

func TestArenas(t *testing.T) {
	const size = 1 << 20
	alloc, free := arenaFunctions()
	address, _, _ := purego.SyscallN(alloc, 0, size)
	if address == 0 {
		t.Fatal("no arena")
	}
	resident := make([]byte, size/unix.Getpagesize())
	_, _, errno := unix.Syscall(unix.SYS_MINCORE, address, size, uintptr(unsafe.Pointer(&resident[0])))
	if errno != 0 {
		t.Fatal(errno)
	}
	for i, r := range resident {
		if r&1 == 0 && runtime.GOARCH == "amd64" { // elsewhere the tests run in qemu, which populates nothing
			t.Fatalf("page %d is not there before it is touched", i)
		}
	}
	memory := unsafe.Slice((*byte)(pointer(address)), size)
	memory[0], memory[size-1] = 1, 1
	purego.SyscallN(free, 0, address, size)
	if _, _, errno := unix.Syscall(unix.SYS_MINCORE, address, size, uintptr(unsafe.Pointer(&resident[0]))); errno != unix.ENOMEM {
		t.Errorf("the arena is still mapped: %v", errno)
	}
}

func TestArenaTooLarge(t *testing.T) {
	alloc, _ := arenaFunctions()
	if address, _, _ := purego.SyscallN(alloc, 0, 1<<62); address != 0 {
		t.Errorf("an arena of 4 EiB is at %#x", address)
	}
}
