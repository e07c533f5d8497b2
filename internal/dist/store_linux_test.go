package dist

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullCache unpacks onto a disk that is too small, makes room and tries again.
func TestFullCache(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("oxgen-test", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("needs leave to mount a tmpfs:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	role, module := carryToy(t, toy.Sum)
	data := filepath.Join(module, "python", "internal", "data", "linux-amd64")
	put(t, data, "lib/big.so", strings.Repeat("x", 100_000), "files.json", toyList(t,
		listedFile{Name: "lib/libpython3.14.so.1.0", Size: 9, Compressed: true},
		listedFile{Name: "lib/python3.14/os.py", Size: 11},
		listedFile{Name: "lib/big.so", Size: 100_000}))
	s := newStage(t, role)
	s.CacheDir = filepath.Join(disk, "cache")
	_, _, err := s.releasePlatform(t.Context(), toy, linux)
	wantDiag(t, err, s.CacheDir+": no space left", "OXGEN_CACHE")
	wantOnly(t, filepath.Join(s.CacheDir, "dist", "python-v0.0.1"), "linux-amd64.lock")

	if err := syscall.Mount("oxgen-test", disk, "tmpfs", syscall.MS_REMOUNT, "size=1m"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.releasePlatform(t.Context(), toy, linux); err != nil {
		t.Errorf("with room: %v", err)
	}
}
