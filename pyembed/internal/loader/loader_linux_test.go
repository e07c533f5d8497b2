package loader

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const landmark = "a string that lies in the executable's read-only data"

func TestLocate(t *testing.T) {
	text := landmark
	offset, err := locate(uintptr(unsafe.Pointer(unsafe.StringData(text))))
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	defer exe.Close()
	got := make([]byte, len(landmark))
	if _, err := exe.ReadAt(got, offset); err != nil || string(got) != landmark {
		t.Errorf("at offset %#x of the executable is %q, %v", offset, got, err)
	}
}

func TestLocateElsewhere(t *testing.T) {
	heap := new([64]byte)
	if offset, err := locate(uintptr(unsafe.Pointer(heap))); err == nil {
		t.Errorf("memory of the heap lies at %#x of the executable", offset)
	}
}

// pieces is a library whose skeleton has two parts, one of them changed, around a mapped one, and what they make.
func pieces() (*Library, []byte) {
	payload := bytes.Repeat([]byte("M"), 5000)
	whole := append(append([]byte("HEAD"), payload...), "TAIL"...)
	sum := sha256.Sum256(whole)
	return &Library{
		Name:     "libtest.so.1",
		Size:     int64(len(whole)),
		Digest:   hex.EncodeToString(sum[:]),
		Data:     "hEADTAIL" + deflated([]byte("H")),
		Skeleton: []Extent{{Offset: 0, Size: 4}, {Offset: 5004, Size: 4}},
		Original: []Extent{{Offset: 0, Size: 1}},
		Payload:  func() uintptr { return uintptr(unsafe.Pointer(&payload[0])) },
		Mapped:   []Extent{{Offset: 4, Size: 5000}},
	}, whole
}

func TestWriteWhole(t *testing.T) {
	divided, want := pieces()
	for name, lib := range map[string]*Library{"divided": divided, "packed": packed(t, want)} {
		file := filepath.Join(t.TempDir(), "lib")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := writeWhole(int(f.Fd()), lib); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes %.8q…, %v", name, len(got), got, err)
		}
	}
}

// packed returns a library that is a zlib stream of a file.
func packed(t *testing.T, file []byte) *Library {
	t.Helper()
	return &Library{Name: "libpacked.so", Size: int64(len(file)), Packed: true, Data: deflated(file)}
}

// deflated returns data as a zlib stream.
func deflated(data []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data) // to memory
	_ = w.Close()
	return b.String()
}

// TestUnpackDamaged has streams that are not what they should be.
func TestUnpackDamaged(t *testing.T) {
	_, file := pieces()
	for name, change := range map[string]func(*Library){
		"cut off":      func(l *Library) { l.Data = l.Data[:len(l.Data)/2] },
		"changed":      func(l *Library) { l.Data = l.Data[:len(l.Data)-1] + "x" },
		"of another":   func(l *Library) { l.Size++ },
		"none":         func(l *Library) { l.Data = "ELF" },
		"empty stream": func(l *Library) { *l = *packed(t, nil); l.Size = 1 },
	} {
		lib := packed(t, file)
		change(lib)
		f, err := os.Create(filepath.Join(t.TempDir(), "lib"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := writeWhole(int(f.Fd()), lib); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestOriginalDamaged has parts of a library that are not what they should be.
func TestOriginalDamaged(t *testing.T) {
	for name, stream := range map[string]string{
		"cut off": deflated([]byte("H"))[:8], "another sum": deflated([]byte("H"))[:8] + "sums", "too long": deflated([]byte("HE")), "none": "ELF",
	} {
		lib, _ := pieces()
		lib.Data = "hEADTAIL" + stream
		f, err := os.Create(filepath.Join(t.TempDir(), "lib"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := writeWhole(int(f.Fd()), lib); err == nil || !strings.Contains(err.Error(), lib.Name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWriteCache writes, notices a file that was changed, and leaves nothing else behind.
func TestWriteCache(t *testing.T) {
	lib, _ := pieces()
	dir := filepath.Join(t.TempDir(), "lib")
	name := filepath.Join(dir, "libtest.so.1")
	for range 2 {
		if err := writeCache(dir, name, lib); err != nil {
			t.Fatal(err)
		}
		if !holds(name, lib) {
			t.Error("the file does not hold the library")
		}
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if holds(name, lib) {
			t.Error("a damaged file passes")
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v, %v", info, err)
	}
}

func TestForcedRung(t *testing.T) {
	lib, _ := pieces()
	tests := []struct{ rung, want string }{
		{"nonsense", `OXGEN_LOADER="nonsense": the loaders are split, memfd, tmpfile, cache`},
		{"memfd", "loading libtest.so.1: memfd: "},
	}
	for _, test := range tests {
		t.Setenv(EnvRung, test.rung)
		_, err := Load(lib)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "tmpfile: ") {
			t.Errorf("%s: got error %v, want one that starts with %q and names no other rung", test.rung, err, test.want)
		}
	}
}

// TestLadder tries to load what is no library: every rung is tried, and its reason named in one line.
func TestLadder(t *testing.T) {
	lib, _ := pieces()
	t.Setenv(EnvRung, "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, err := Load(lib)
	if err == nil {
		t.Fatal("loaded")
	}
	for _, name := range []string{"split: ", "memfd: ", "cache: "} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("error %q does not name the rung %s", err, name)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q is more than a line", err)
	}
}

func TestMemfdIsClosedOnExec(t *testing.T) {
	fd, err := memfd("test", unix.MFD_NOEXEC_SEAL)
	if err != nil {
		t.Skip(err)
	}
	defer unix.Close(fd)
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags are %#x, %v", flags, err)
	}
}

func TestAtLeast(t *testing.T) {
	for version, want := range map[string]bool{
		"2.34": true, "2.36": true, "2.41.9000": true, "3.0": true, "10.1": true,
		"2.33": false, "2.4": false, "1.99": false, "2": false, "": false, "2.x": false, "musl": false,
	} {
		if got := atLeast(version, 2, 34); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}
