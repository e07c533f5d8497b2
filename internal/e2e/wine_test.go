//go:build linux

package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// wine64 is the program that runs Windows programs; Debian's package wine64 has nothing of it in PATH.
const wine64 = "/usr/lib/wine/wine64"

// winePrefix returns the directory with wine's C: drive, made once.
var winePrefix = sync.OnceValues(func() (string, error) {
	prefix := filepath.Join(workspace, "wine")
	boot := &call{path: wine64, args: []string{"wineboot", "--init"}, env: wineEnviron(prefix), leaves: true}
	if r := boot.start(context.Background()); r.err != nil || r.status != 0 {
		return "", fmt.Errorf("wineboot: %w, exit status %d\n%s", r.err, r.status, r.stderr)
	}
	// Go takes its random numbers from a DLL that this version of wine does not have.
	dll := filepath.Join(prefix, "drive_c/windows/system32/bcryptprimitives.dll")
	if _, err := os.Stat(dll); err == nil {
		return prefix, nil
	}
	return prefix, os.WriteFile(dll, forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"), 0o600)
})

func wineEnviron(prefix string) []string {
	return append(used.environ(), "WINEPREFIX="+prefix, "WINEDEBUG=-all", "DISPLAY=", "WINEDLLOVERRIDES=mscoree,mshtml=")
}

// forwarder returns a DLL for amd64 without any code: it exports one name that stands for a function of another DLL ("PE Format",
// section .edata). The two take the same arguments.
func forwarder(dll, name, target string) []byte {
	const at, fileAlign = 0x1000, 0x200 // where the one section lies in memory; the headers take the first page
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			if s, ok := v.(string); ok {
				b.WriteString(s)
				continue
			}
			_ = binary.Write(&b, binary.LittleEndian, v) // to memory
		}
	}
	// The section: directory (40 bytes), addresses of functions, of names, places of names, texts.
	texts := uint32(at + 40 + 4 + 4 + 2)
	own, exported, forwarded := texts, texts+uint32(len(dll))+1, texts+uint32(len(dll)+len(name))+2
	put(uint32(0), uint32(0), uint32(0), own, uint32(1), uint32(1), uint32(1), uint32(at+40), uint32(at+44), uint32(at+48))
	put(forwarded, exported, uint16(0), dll+"\x00", name+"\x00", target+"\x00")
	section := bytes.Clone(b.Bytes())
	size := uint32(len(section))
	b.Reset()

	put("MZ", make([]byte, 58), uint32(64), "PE\x00\x00")
	put(uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x2022)) // executable, large addresses, DLL
	put(uint16(0x20b), uint16(0), uint32(0), uint32(fileAlign), uint32(0), uint32(0), uint32(0)) // PE32+, no entry point
	put(uint64(0x180000000), uint32(at), uint32(fileAlign), uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0), uint32(0))
	put(uint32(2*at), uint32(fileAlign), uint32(0), uint16(3), uint16(0x100)) // size of image and headers; console, no exceptions
	put(uint64(1<<20), uint64(1<<12), uint64(1<<20), uint64(1<<12), uint32(0), uint32(16))
	put(uint32(at), size, make([]byte, 15*8)) // the export directory, and no other
	put(".edata\x00\x00", size, uint32(at), uint32(fileAlign), uint32(fileAlign), make([]byte, 12), uint32(0x40000040))
	b.Write(make([]byte, fileAlign-b.Len()))
	b.Write(section)
	b.Write(make([]byte, 2*fileAlign-b.Len()))
	return b.Bytes()
}

// wine makes a call of a program for Windows.
func wine(t *testing.T, c *call) *call {
	t.Helper()
	prefix, err := winePrefix()
	if err != nil {
		t.Fatal(err)
	}
	c.args = append([]string{c.path}, c.args...)
	c.path = wine64
	c.env = append(wineEnviron(prefix), c.env...)
	c.stdin = new(bytes.Buffer) // wine knows no /dev/null as standard input of a console program
	c.leaves = true             // the processes of wine itself, when no other program of the prefix ran at the time
	return c
}

// TestConsoleInterrupt presses Ctrl-C in a console of Windows, on which a program and a child of it wait. Both are interrupted, and end as
// Windows has a program end that is (STATUS_CONTROL_C_EXIT, of whose number a status here has the last byte).
func TestConsoleInterrupt(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	on := onWindows
	if why := on.runnable(); why != "" {
		t.Skipf("programs for %s are left out: %s", on.name(), why)
	}
	prefix, err := winePrefix()
	if err != nil {
		t.Fatal(err)
	}
	built, err := matrix()
	if err != nil {
		t.Fatal(err)
	}
	term := openTerminal(t, wine64, append(wineEnviron(prefix), "TERM=xterm"), built[on.name()], "matrix", "--wait")
	term.expect("child waits")
	term.send(ctrlC)
	term.expect("interrupted, child 0xc000013a")
	term.expect("KeyboardInterrupt")
	if status := term.wait(); status.ExitStatus() != 0x3a {
		t.Errorf("ended with %v", status)
	}
}
