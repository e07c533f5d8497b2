//go:build linux

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// occupier is a main.go that takes a piece of the address space before Python is loaded: OCCUPIED is its address and its size in bytes.
const occupier = `package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/oxgen/oxgen/example/hello/pyapp"
)

func main() {
	if at, size, ok := strings.Cut(os.Getenv("OCCUPIED"), "+"); ok {
		start, _ := strconv.ParseUint(at, 0, 64)
		length, _ := strconv.ParseUint(size, 0, 64)
		const fixed = 0x100000 // MAP_FIXED_NOREPLACE
		got, _, err := syscall.Syscall6(syscall.SYS_MMAP, uintptr(start), uintptr(length), 0, syscall.MAP_PRIVATE|syscall.MAP_ANON|fixed, ^uintptr(0), 0)
		if err != 0 || got != uintptr(start) {
			panic(err)
		}
	}
	pyapp.Program.Main()
}
`

// TestAddress looks where libpython is, when there is room at the address that it is linked at, and when there is none.
func TestAddress(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p, err := newProgram(t.TempDir(), "../../example/hello")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "main.go"), []byte(occupier), 0o600); err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "hello-occupied")
	if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// maps returns where the code of libpython starts, and where the memory of its data does, which is 0 when that is no piece of 2 MiB.
	maps := func(p *program, occupied string) (code, data uint64) {
		t.Helper()
		const text = `for line in open("/proc/self/maps"): print(line, end="")`
		r := p.call("-I", "-c", text).with("OXGEN_PYTHON=1", "OCCUPIED="+occupied).run(t)
		for line := range strings.Lines(r.stdout) {
			var bounds [2]uint64
			for i, s := range strings.SplitN(strings.Fields(line)[0], "-", 2) {
				bounds[i], _ = strconv.ParseUint(s, 16, 64)
			}
			switch {
			case strings.Contains(line, "r-xp") && strings.HasSuffix(line, p.exe+"\n") && bounds[1]-bounds[0] > 4<<20: // the executable's own is smaller
				code = bounds[0]
			case strings.Contains(line, "rw-p") && bounds[0]%(2<<20) == 0 && bounds[1]-bounds[0] == 2<<20 && bounds[0]>>37 == 1:
				data = bounds[0]
			}
		}
		return code, data
	}
	code, data := maps(p, "")
	if code>>37 != 1 || data < code {
		t.Fatalf("code at %#x and data at %#x, want it at 2^37 and the data behind it", code, data)
	}
	if elsewhere, _ := maps(p, "0x2000000000+0x4000000"); elsewhere>>37 == 1 || elsewhere < 1<<32 {
		t.Errorf("code at %#x, which is taken", elsewhere)
	}
	independent := &program{exe: p.exe + "-pie", dir: p.dir, module: p.module}
	c, err := oxgenCall("--quiet", "build", p.dir, "-o", independent.exe)
	if err != nil {
		t.Fatal(err)
	}
	c.with("GOFLAGS=-buildmode=pie").run(t).wantOutput(t, "")
	if random, _ := maps(independent, ""); random>>37 == 1 || random < 1<<32 {
		t.Errorf("code at %#x in a position-independent executable", random)
	}
	again, pages := maps(p, strconv.FormatUint(data+(2<<20)-4096, 10)+"+4096")
	if again != code || pages != 0 {
		t.Errorf("code at %#x, want %#x; data at %#x, where the end of a huge page is taken", again, code, pages)
	}
}
