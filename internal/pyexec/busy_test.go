//go:build linux

package pyexec

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestBusy starts a program whose file somebody has open for writing, who closes it soon.
func TestBusy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "program")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(text); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { f.Close() })
	if _, err := Run(t.Context(), Command{Path: name}); err != nil {
		t.Error(err)
	}
}
