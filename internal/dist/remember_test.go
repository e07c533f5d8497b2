package dist

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestRememberNothing asks for an answer that can't be kept.
func TestRememberNothing(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := &Distribution{Interpreter: self, store: &Store{CacheDir: self}, release: &Release{}} // no directory
	if data, err := d.Remember("one", func() ([]byte, error) { return []byte("1"), nil }); string(data) != "1" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

// TestRemember counts how often an interpreter is asked.
func TestRemember(t *testing.T) {
	t.Parallel()
	self, err := os.Executable() // a program that is no script
	if err != nil {
		t.Fatal(err)
	}
	for _, pinned := range []bool{true, false} {
		d := &Distribution{Interpreter: self, store: &Store{CacheDir: t.TempDir()}}
		asked, failure := 0, errors.New("does not run")
		answer := func(program string) {
			t.Helper()
			data, err := d.Remember(program, func() ([]byte, error) { asked++; return []byte(`{"a":1}`), failure })
			if failure == nil && (err != nil || len(data) == 0) || failure != nil && !errors.Is(err, failure) {
				t.Errorf("%q, %v", data, err)
			}
		}
		if pinned {
			d.release = &Release{}
		}
		answer("one")
		failure = nil
		answer("one")
		answer("one")
		answer("another")
		if want := map[bool]int{true: 3, false: 4}[pinned]; asked != want {
			t.Errorf("pinned %v: asked %d times, want %d", pinned, asked, want)
		}
		kept, err := filepath.Glob(filepath.Join(d.store.CacheDir, "probe", "*"))
		if err != nil || pinned != (len(kept) == 2) {
			t.Errorf("pinned %v: kept %v, %v", pinned, kept, err)
		}
		for _, name := range kept {
			if err := os.Truncate(name, 3); err != nil {
				t.Fatal(err)
			}
		}
		asked = 0
		answer("one")
		if asked != 1 {
			t.Errorf("pinned %v: a damaged answer counts", pinned)
		}
	}
}
