package dist

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

var toy = Release{
	Version:       "3.14.6",
	Module:        "example.com/python",
	ModuleVersion: "v0.0.1",
	Sum:           "h1:right=",
	Targets:       []target.Target{{GOOS: "linux", GOARCH: "amd64"}, {GOOS: "windows", GOARCH: "amd64"}},
}

// carryToy writes the module of the toy release and returns the role of a go command that brings it.
func carryToy(t *testing.T, sum string) (role, module string) {
	t.Helper()
	module = t.TempDir()
	data := filepath.Join(module, "python", "internal", "data")
	put(t, filepath.Join(data, "linux-amd64"),
		"bin/python3.14.gz", zipped(t, "ELF"),
		"lib/libpython3.14.so.1.0.gz", zipped(t, "libpython"),
		"lib/libtcl9.0.so", "tcl",
		"lib/python3.14/os.py", "import this",
		"lib/python3.14/lib-dynload/_x.so", "x",
		"files.json", toyList(t,
			listedFile{Name: "bin", Mode: fs.ModeDir | 0o755},
			listedFile{Name: "bin/python3.14", Size: 3, Mode: 0o775, Compressed: true},
			listedFile{Name: "bin/python3", Mode: fs.ModeSymlink, Symlink: "python3.14"},
			listedFile{Name: "lib/libpython3.14.so.1.0", Size: 9, Mode: 0o775, Compressed: true},
			listedFile{Name: "lib/libpython3.14.so", Mode: fs.ModeSymlink, Symlink: "libpython3.14.so.1.0"},
			listedFile{Name: "lib/libtcl9.0.so", Size: 3, Mode: 0o775},
			listedFile{Name: "lib/python3.14/os.py", Size: 11, Mode: 0o664},
			listedFile{Name: "lib/python3.14/lib-dynload/_x.so", Size: 1, Mode: 0o775},
			listedFile{Name: "share/empty", Mode: fs.ModeDir | 0o755},
		))
	answer, err := json.Marshal(downloaded{Dir: module, Sum: sum})
	if err != nil {
		t.Fatal(err)
	}
	return "go " + string(answer), module
}

func toyList(t *testing.T, files ...listedFile) string {
	t.Helper()
	data, err := json.Marshal(fileList{Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var linux = target.Target{GOOS: "linux", GOARCH: "amd64"}

func TestReleasePlatform(t *testing.T) {
	t.Parallel()
	onUnix(t)
	role, _ := carryToy(t, toy.Sum)
	s := newStage(t, role)
	var steps []string
	s.Progress = func(step string, done, total int64) { steps = append(steps, fmt.Sprint(step, " ", done, "/", total)) }
	p, tree, err := s.releasePlatform(t.Context(), toy, linux)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(s.CacheDir, "dist", "python-v0.0.1", "linux-amd64")
	want := &Platform{
		Target:     linux,
		Libpython:  filepath.Join(root, "lib/libpython3.14.so.1.0"),
		Stdlib:     filepath.Join(root, "lib/python3.14"),
		LibDynload: filepath.Join(root, "lib/python3.14/lib-dynload"),
		Libraries:  []string{filepath.Join(root, "lib/libtcl9.0.so")},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("platform (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(tree.path("bin/python3")); err != nil || info.Mode()&0o111 == 0 || info.Size() != 3 {
		t.Errorf("the interpreter: %v, %v", info, err)
	}
	if !isDir(tree.path("share/empty")) {
		t.Error("the empty directory is missing")
	}
	if len(steps) < 3 || steps[0] != "downloading example.com/python@v0.0.1 0/0" ||
		steps[len(steps)-1] != "unpacking cpython-3.14.6 for linux/amd64 27/27" {
		t.Errorf("progress %q", steps)
	}

	s.Go = filepath.Join(t.TempDir(), "no-go") // what is there needs no go command
	if again, _, err := s.releasePlatform(t.Context(), toy, linux); err != nil || !cmp.Equal(p, again) {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	if !s.Has(toy, linux) || s.Has(toy, toy.Targets[1]) {
		t.Error("Has does not know what is unpacked")
	}
}

func TestDamagedTreeIsUnpackedAnew(t *testing.T) {
	t.Parallel()
	onUnix(t)
	role, _ := carryToy(t, toy.Sum)
	s := newStage(t, role)
	p, _, err := s.releasePlatform(t.Context(), toy, linux)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(p.Stdlib, "os.py")); err != nil {
		t.Fatal(err)
	}
	if s.Has(toy, linux) {
		t.Error("a tree that lost a file counts")
	}
	if _, _, err := s.releasePlatform(t.Context(), toy, linux); err != nil {
		t.Fatal(err)
	}
	if !isFile(filepath.Join(p.Stdlib, "os.py")) {
		t.Error("the file is still missing")
	}
	wantOnly(t, filepath.Dir(filepath.Dir(filepath.Dir(p.Stdlib))), "linux-amd64", "linux-amd64.lock")
}

// wantOnly asserts what a directory holds.
func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", dir, diff)
	}
}

func TestReleaseRefused(t *testing.T) {
	t.Parallel()
	onUnix(t)
	tests := []struct {
		name   string
		sum    string
		break_ func(t *testing.T, data string)
		want   string
	}{
		{"another sum", "h1:wrong=", nil, `has the sum "h1:wrong=", oxgen expects "h1:right="`},
		{"no list", toy.Sum, func(t *testing.T, data string) { remove(t, data, "files.json") }, "files.json"},
		{"broken list", toy.Sum, func(t *testing.T, data string) { put(t, data, "files.json", "{") }, "files.json: "},
		{"unsafe list", toy.Sum, func(t *testing.T, data string) {
			put(t, data, "files.json", toyList(t, listedFile{Name: "../../x", Size: 1}))
		}, `"../../x": unsafe name`},
		{"unsafe link", toy.Sum, func(t *testing.T, data string) {
			put(t, data, "files.json", toyList(t, listedFile{Name: "x", Mode: fs.ModeSymlink, Symlink: "../../../x"}))
		}, `x: link to "../../../x" leaves the tree`},
		{"file missing", toy.Sum, func(t *testing.T, data string) { remove(t, data, "lib/libtcl9.0.so") }, "lib/libtcl9.0.so"},
		{"file cut", toy.Sum, func(t *testing.T, data string) { put(t, data, "lib/libtcl9.0.so", "t") }, "not of the size"},
		{"broken gzip", toy.Sum, func(t *testing.T, data string) { put(t, data, "bin/python3.14.gz", "no gzip") }, "bin/python3.14.gz"},
		{"gzip bomb", toy.Sum, func(t *testing.T, data string) {
			put(t, data, "bin/python3.14.gz", zipped(t, strings.Repeat("0", 1<<20)))
		}, "not of the size"},
		{"no libpython in it", toy.Sum, func(t *testing.T, data string) {
			put(t, data, "files.json", toyList(t, listedFile{Name: "lib/python3.14/os.py", Size: 11}))
		}, "no lib/libpython3.14.so.1.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			role, module := carryToy(t, tt.sum)
			if tt.break_ != nil {
				tt.break_(t, filepath.Join(module, "python", "internal", "data", "linux-amd64"))
			}
			s := newStage(t, role)
			_, _, err := s.releasePlatform(t.Context(), toy, linux)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if tt.name != "no libpython in it" {
				wantOnly(t, filepath.Join(s.CacheDir, "dist", "python-v0.0.1"), "linux-amd64.lock")
			}
		})
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func TestReleaseForUnknownTarget(t *testing.T) {
	t.Parallel()
	_, _, err := newStage(t, "go none").releasePlatform(t.Context(), toy, target.Target{GOOS: "plan9", GOARCH: "386"})
	wantDiag(t, err, "cpython-3.14.6 does not come for plan9/386", "linux/amd64, windows/amd64")
}

func TestUnpackingAtOnce(t *testing.T) {
	t.Parallel()
	onUnix(t)
	role, _ := carryToy(t, toy.Sum)
	s := newStage(t, role)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := s.releasePlatform(t.Context(), toy, linux); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.noted(t); len(got) != 1 {
		t.Errorf("the go command was run %d times: %q", len(got), got)
	}
}

func TestUnpackingIsCancelled(t *testing.T) {
	t.Parallel()
	role, _ := carryToy(t, toy.Sum)
	s := newStage(t, role)
	dir := s.releaseDir(toy, linux)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(t.Context(), dir+".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, _, err := s.releasePlatform(ctx, toy, linux); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v while another process holds the lock, want context.Canceled", err)
	}
}

// playUnpack unpacks a tree of many files where OXGEN_TEST_LOG says, and is killed at it.
func playUnpack() int {
	fmt.Println("ready")
	if _, err := buildTree(context.Background(), os.Getenv("OXGEN_TEST_LOG"), "key", fillMany); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	time.Sleep(time.Hour)
	return 0
}

const many = 100

func fillMany(b *builder) error {
	for i := range many {
		if _, err := b.file(fmt.Sprintf("d%d/f%d", i%7, i), 0o644, strings.NewReader("content")); err != nil {
			return err
		}
	}
	return b.link("link", "d0/f0")
}

func TestUnpackingIsKilled(t *testing.T) {
	t.Parallel()
	onUnix(t)
	dir := filepath.Join(t.TempDir(), "tree")
	unfinished := 0
	for range 20 {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		p, err := pyexec.Start(t.Context(), pyexec.Command{
			Path: self(t),
			Env:  []string{playing + "=unpack", "OXGEN_TEST_LOG=" + dir},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Stdout.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(60 * time.Millisecond)) // any moment will do
		p.Kill()
		if _, err := os.Stat(dir); err != nil {
			unfinished++
		} else if _, err := openTree(dir, "key"); err != nil {
			t.Fatalf("a killed process left a tree that is not whole: %v", err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of 20 kills met an unfinished tree", unfinished)
	put(t, dir+leftover+"new", "d0/f0", "cut") // whatever the kills met, this is what they may leave
	tree, err := buildTree(t.Context(), dir, "key", fillMany)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.entries) != many+1 {
		t.Errorf("%d entries", len(tree.entries))
	}
	wantOnly(t, filepath.Dir(dir), "tree", "tree.lock")
}

func TestParseFileListRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ list, want string }{
		{`[]`, "cannot unmarshal"},
		{`{"files":[]}`, "lists nothing"},
		{`{"files":[{"name":"/x"}]}`, "unsafe name"},
		{`{"files":[{"name":"a/../../x"}]}`, "unsafe name"},
		{`{"files":[{"name":"a\\..\\x"}]}`, "unsafe name"},
		{`{"files":[{"name":"a","size":-1}]}`, "size -1"},
		{`{"files":[{"name":"a","perm":134217728}]}`, "link to nothing"},
		{`{"files":[{"name":"a","perm":420,"symlink":"b"}]}`, "link to"},
		{`{"files":[{"name":"a","perm":67108864}]}`, "mode"},
		{`{"files":[{"name":".oxgen-tree","perm":420}]}`, "unsafe name"},
	}
	for _, tt := range tests {
		if _, err := parseFileList([]byte(tt.list)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("parseFileList(%s): %v, want %q", tt.list, err, tt.want)
		}
	}
}

// FuzzUnpackRelease unpacks a foreign files.json and wants nothing to appear outside the tree.
func FuzzUnpackRelease(f *testing.F) {
	f.Add([]byte(`{"files":[{"name":"d","perm":2147484141},{"name":"d/f","size":1,"perm":509},{"name":"d/l","perm":134217728,"symlink":"f"}]}`))
	f.Add([]byte(`{"files":[{"name":"l","perm":134217728,"symlink":".."},{"name":"l/f","size":1,"perm":509}]}`))
	f.Add([]byte(`{"files":[{"name":"f","size":1,"compressed":true},{"name":"f","size":1}]}`))
	f.Fuzz(func(t *testing.T, list []byte) {
		base := t.TempDir()
		data := fstest.MapFS{"files.json": {Data: list}}
		for _, name := range []string{"d/f", "f", "l/f", "f.gz"} {
			data[name] = &fstest.MapFile{Data: []byte("x")}
		}
		s := &Store{}
		_, _ = buildTree(t.Context(), filepath.Join(base, "in", "tree"), "key", func(b *builder) error {
			return s.unpackRelease(b, data, "")
		})
		wantOnly(t, base, "in")
	})
}
