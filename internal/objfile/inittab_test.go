package objfile

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzBuiltinModules gives what is no libpython; the right answers are held to interpreters by package e2e.
func FuzzBuiltinModules(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 100)))
	f.Add([]byte("MZ" + strings.Repeat("\x00", 100)))
	f.Add([]byte("\xcf\xfa\xed\xfe" + strings.Repeat("\x00", 100)))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		names, err := BuiltinModules(bytes.NewReader(data))
		if err == nil && len(names) > maxModules {
			t.Errorf("%d names", len(names))
		}
	})
}
