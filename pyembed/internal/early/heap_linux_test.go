//go:build amd64 || arm64

package early

import (
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestPopulate(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("elsewhere the tests run in qemu, which populates nothing")
	}
	page := unix.Getpagesize()
	at, err := unix.MmapPtr(-1, 0, nil, uintptr(8*page), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.MunmapPtr(unsafe.Add(at, 6*page), uintptr(2*page)); err != nil {
		t.Fatal(err)
	}
	memory := unsafe.Slice((*byte)(at), 6*page)
	memory[0] = 1                 // is in use, and stays as it is
	populate(at, uintptr(8*page)) // more than there is
	resident := make([]byte, 6)
	if _, _, e := unix.Syscall(unix.SYS_MINCORE, uintptr(at), uintptr(len(memory)), uintptr(unsafe.Pointer(&resident[0]))); e != 0 {
		t.Fatal(e)
	}
	if slices.ContainsFunc(resident, func(r byte) bool { return r&1 == 0 }) || memory[0] != 1 {
		t.Errorf("of the pages are in memory: %v; the first byte is %d", resident, memory[0])
	}
}
