package hugeheap

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"
)

// What is allocated after Reserve lies in memory that is advised to be huge pages.
func TestReserve(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("the kernel has no huge pages:", err)
	}
	Reserve()
	object := new([8 << 20]byte)
	if flags := flagsAt(t, object); !strings.Contains(flags, " hg") {
		t.Errorf("memory with the flags%s, want hg among them", flags)
	}
	Reserve() // once more does nothing
	for i, b := range object {
		if b != 0 {
			t.Fatalf("byte %d of new memory is %d", i, b)
		}
	}
}

// flagsAt returns the flags of the mapping that the middle of an object is in (proc_pid_smaps(5), VmFlags): it may start before the first
// whole huge page.
func flagsAt(t *testing.T, object *[8 << 20]byte) string {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	address, inside := uintptr(unsafe.Pointer(&object[len(object)/2])), false
	for line := range strings.Lines(string(maps)) {
		var start, end uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x ", &start, &end); n == 2 {
			inside = address >= start && address < end
		} else if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok && inside {
			return strings.TrimRight(flags, "\n")
		}
	}
	t.Fatal("the object is in no mapping")
	return ""
}
