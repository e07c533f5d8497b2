package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFullDisk lets the disk run full at every point of a Commit, once by its blocks and once by its files.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("oxgen-test", disk, "tmpfs", 0, "size=400k,nr_inodes=40"); err != nil {
		t.Skip("needs leave to mount a tmpfs:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	dir := filepath.Join(disk, "out")
	tests := []struct {
		name string
		fill func(n int) []File
	}{
		{"blocks", func(n int) []File { return []File{{Name: "filler", Data: make([]byte, n*4096)}} }},
		{"files", func(n int) []File {
			var all []File
			for i := range n {
				all = append(all, File{Name: fmt.Sprint("filler", i)})
			}
			return all
		}},
	}
	for _, tt := range tests {
		failed, version := 0, 0
		for n := range 60 {
			if err := os.RemoveAll(filepath.Join(disk, "fill")); err != nil {
				t.Fatal(err)
			}
			files, obsolete := setOf(version)
			if _, err := Commit(dir, files, obsolete); err != nil {
				t.Fatal(err)
			}
			before := contents(t, dir)
			fill(t, filepath.Join(disk, "fill"), tt.fill(n))
			files, obsolete = setOf(version + 1)
			_, err := Commit(dir, files, obsolete)
			if err == nil {
				version++
				continue
			}
			failed++
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("%s, %d: %v, want ENOSPC", tt.name, n, err)
			}
			wantMendable(t, err, dir)
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Fatalf("%s, %d: directory (-want +got):\n%.600s", tt.name, n, diff)
			}
		}
		if failed == 0 || version == 0 {
			t.Errorf("%s: %d commits failed, %d did not", tt.name, failed, version)
		}
	}
}

// fill writes as much as there is room for.
func fill(t *testing.T, dir string, files []File) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, fileSet("a", "A"))
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); os.Geteuid() == 0 && up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
		_ = os.Chmod(up, 0o755) // so that somebody else may come here
	}
	withoutPrivilege(t, func() {
		if _, err := os.ReadDir(dir); err != nil {
			t.Log("not tested, the temporary directory is closed to others:", err)
			return
		}
		if _, err := Commit(dir, fileSet("a", "A"), nil); err != nil {
			t.Errorf("nothing to change: %v", err)
		}
		_, err := Commit(dir, fileSet("a", "B"), nil)
		wantMendable(t, err, dir)
	})
	if diff := cmp.Diff(map[string]string{"a": "A"}, contents(t, dir)); diff != "" {
		t.Errorf("directory (-want +got):\n%s", diff)
	}
}

// withoutPrivilege runs f so that the permissions of files hold, even for root: as another user on a thread of its own,
// which ends with f.
func withoutPrivilege(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan error)
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			done <- err
			return
		}
		f()
	}()
	if err := <-done; err != nil {
		t.Skip(err)
	}
}
