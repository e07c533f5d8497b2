//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExtractUnused has a program put its package on disk where directories of other versions lie.
func TestExtractUnused(t *testing.T) {
	t.Parallel()
	p, cache := codeLevels(t), t.TempDir()
	base := filepath.Join(cache, "oxgen-extract")
	var want []string
	for _, d := range []struct {
		name string
		days int
		used bool // by a process that runs
		left bool
	}{
		{strings.Repeat("a", 32), 40, false, false},
		{strings.Repeat("b", 32), 40, true, true},
		{strings.Repeat("c", 32), 20, false, true},
		{"somebody else's", 40, false, true},
	} {
		dir := filepath.Join(base, d.name)
		if err := os.MkdirAll(filepath.Join(dir, "package"), 0o700); err != nil {
			t.Fatal(err)
		}
		if d.used {
			f, err := os.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
				t.Fatal(err)
			}
		}
		age(t, dir, d.days)
		if d.left {
			want = append(want, d.name)
		}
	}
	dir := filepath.Dir(extractInto(t, p, cache))
	want = append(want, filepath.Base(dir))
	slices.Sort(want)
	entries, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("directories (-want +got):\n%s", diff)
	}

	age(t, dir, 20)
	extractInto(t, p, cache)
	if info, err := os.Stat(dir); err != nil || time.Since(info.ModTime()) > 24*time.Hour {
		t.Errorf("a use was not noted: %v, %v", info.ModTime(), err)
	}
}

// age makes a directory older.
func age(t *testing.T, dir string, days int) {
	t.Helper()
	then := time.Now().AddDate(0, 0, -days)
	if err := os.Chtimes(dir, then, then); err != nil {
		t.Fatal(err)
	}
}
