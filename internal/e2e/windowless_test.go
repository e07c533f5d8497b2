//go:build linux

package e2e

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
)

// TestWindowless runs a program for Windows that has no console, as `go build -ldflags "-H windowsgui"` makes it: with its output
// redirected it is as with one, and without any it has no streams, like pythonw.exe.
func TestWindowless(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	only(t, "mapped")
	p := onWindows
	p.call(t) // builds the programs
	exe := windowless(t, p.executable("everywhere"))
	const code = `import sys; print(sys.argv[1:], "ä"); sys.exit(3)`
	c := p.calling(t, exe, "-c", code, "ö")
	c.env = append(c.env, "OXGEN_PYTHON=1", "PYTHONUTF8=1")
	c.run(t).wantLines(t, "['ö'] ä\n", 3)

	note := filepath.Join(t.TempDir(), "note.txt")
	const alone = `import sys; print("lost"); open(sys.argv[1], "w").write(f"{sys.stdin} {sys.stdout} {sys.stderr}")`
	const start = `import subprocess, sys
print(subprocess.Popen(sys.argv[1:], creationflags=subprocess.DETACHED_PROCESS).wait())`
	c = p.calling(t, p.executable("everywhere"), "-c", start, "Z:"+exe, "-c", alone, "Z:"+note)
	c.env = append(c.env, "OXGEN_PYTHON=1")
	c.run(t).wantLines(t, "0\n", 0)
	if text, err := os.ReadFile(note); err != nil || string(text) != "None None None" {
		t.Errorf("its streams are %q, %v", text, err)
	}
}

// windowless returns a copy of an executable that differs in the field that -H windowsgui sets (PE format, optional header, Subsystem).
func windowless(t *testing.T, exe string) string {
	t.Helper()
	const (
		headerAt  = 0x3c         // where the offset of the signature is
		subsystem = 4 + 20 + 68  // behind the signature
		gui, cui  = uint16(2), 3 // with windows, with a console
	)
	text, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	field := text[binary.LittleEndian.Uint32(text[headerAt:])+subsystem:]
	if binary.LittleEndian.Uint16(field) != cui {
		t.Fatalf("%s is no program with a console", exe)
	}
	binary.LittleEndian.PutUint16(field, gui)
	dir, err := os.MkdirTemp(workspace, "windowless")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, strings.TrimSuffix(filepath.Base(exe), ".exe")+"w.exe")
	if err := exectest.Write(name, bytes.NewReader(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}
