//go:build linux

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
	"github.com/oxgen/oxgen/pyembed/table"
)

// Where the header of a table has its fields, in bytes; see the grammar in package table.
const (
	atVersion       = 8
	atPythonMagic   = 12
	atPythonVersion = 16
	atSize          = 24
	atFingerprint   = 32
	atSections      = 64
)

// TestDamagedTable runs executables whose table was changed. Each ends with one line that names the cause and the mend.
func TestDamagedTable(t *testing.T) {
	t.Parallel()
	exe := hello(t).exe
	image, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	at := findTable(t, image)
	le := binary.LittleEndian
	const mend = "go generate"
	tests := []struct {
		name   string
		change func(header []byte)
		want   []string
	}{
		{"no table", func(h []byte) { h[0] = 0 }, []string{"damaged", "not an oxgen table", mend}},
		{"format version", func(h []byte) { le.PutUint32(h[atVersion:], 9) }, []string{"format 9", fmt.Sprintf("reads %d", table.FormatVersion), mend}},
		{"magic number", func(h []byte) { le.PutUint16(h[atPythonMagic:], 3413) }, []string{"magic number 3413", "libpython wants 3", mend}},
		{"python version", func(h []byte) { le.PutUint32(h[atPythonVersion:], 0x030d00f0) }, []string{"Python 3.13.x", fmt.Sprintf(`"3.%d.`, used.minor), mend}},
		{"old python", func(h []byte) { le.PutUint32(h[atPythonVersion:], 0x020700f0) }, []string{"2.7", "3.10"}},
		{"truncated", func(h []byte) { le.PutUint64(h[atSize:], le.Uint64(h[atSize:])+1) }, []string{"truncated", mend}},
		{"shorter", func(h []byte) { le.PutUint64(h[atSize:], 100) }, []string{"100", mend}},
		{"fingerprint", func(h []byte) { h[atFingerprint]++ }, []string{"not the one", mend}},
		{"section outside", func(h []byte) { le.PutUint64(h[atSections:], 1<<40) }, []string{"section bootstrap lies outside"}},
		{"empty bootstrap", func(h []byte) { le.PutUint64(h[atSections+8:], 0) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := bytes.Clone(image)
			tt.change(changed[at : at+table.HeaderSize])
			file := filepath.Join(t.TempDir(), "hello")
			if err := exectest.Write(file, bytes.NewReader(changed), 0o700); err != nil {
				t.Fatal(err)
			}
			r := (&call{path: file}).run(t)
			if used.minor < 14 && tt.want == nil { // CPython prints its configuration of paths before the error
				r.stderr = r.stderr[strings.Index(r.stderr, "hello: "):]
			}
			r.wantFailure(t, append(tt.want, "hello: ")...)
		})
	}
}

// findTable returns where the table lies in an executable, which also has the constant that tables start with elsewhere.
func findTable(t *testing.T, image []byte) int {
	t.Helper()
	for at := 0; ; {
		next := bytes.Index(image[at:], []byte(table.Magic))
		if next < 0 {
			t.Fatal("no table in the executable")
		}
		at += next
		if r, err := table.Open(string(image[at:min(len(image), at+1<<26)])); err == nil && r.Verify() == nil {
			return at
		}
		at++
	}
}
