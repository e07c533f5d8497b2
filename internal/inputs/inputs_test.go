package inputs

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// place makes a directory with files that are old enough to be known by their times, but for one, and goes there.
func place(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	must(t, os.MkdirAll("dir/below", 0o777))
	for _, name := range []string{"old", "dir/one", "dir/below/deep", "fresh"} {
		must(t, os.WriteFile(name, []byte("contents"), 0o666))
	}
	must(t, os.Symlink("dir", "link"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestHolds notes a look at something, changes it or something else, and asks again.
func TestHolds(t *testing.T) {
	rewrite := func(t *testing.T) { // with as many bytes, and the times of before as far as a program can set them
		info, err := os.Stat("old")
		must(t, err)
		must(t, os.WriteFile("old", []byte("CONTENTS"), 0o666))
		must(t, os.Chtimes("old", info.ModTime(), info.ModTime()))
	}
	add := func(name string) func(*testing.T) {
		return func(t *testing.T) { must(t, os.WriteFile(name, nil, 0o666)) }
	}
	read := func(name string) func(*testing.T) {
		return func(t *testing.T) { _, _ = ReadFile(name) }
	}
	opened := func(t *testing.T) {
		f, err := Open("old")
		must(t, err)
		must(t, f.Close())
	}
	list := func(name string) func(*testing.T) {
		return func(t *testing.T) { _, _ = ReadDir(name) }
	}
	nothing := func(*testing.T) {}
	tests := []struct {
		name string
		look func(*testing.T)
		then func(*testing.T)
		want bool
	}{
		{"a file, nothing", read("old"), nothing, true},
		{"a file, another one", read("old"), add("dir/two"), true},
		{"a file, other bytes", read("old"), rewrite, false},
		{"a file, gone", read("old"), func(t *testing.T) { must(t, os.Remove("old")) }, false},
		{"a file, its mode", read("old"), func(t *testing.T) { must(t, os.Chmod("old", 0o777)) }, false},
		{"a file, read twice", func(t *testing.T) { read("old")(t); read("./old")(t) }, rewrite, false},
		{"a file's size", func(*testing.T) { _, _ = Stat("old") }, add("old"), false},
		{"an open file, nothing", opened, nothing, true},
		{"an open file, other bytes", opened, rewrite, false},
		{"no file", read("none"), nothing, true},
		{"no file, then one", read("none"), add("none"), false},
		{"no file below a file", read("old/none"), nothing, true},
		{"a directory, nothing", list("dir"), nothing, true},
		{"a directory, one more", list("dir"), add("dir/two"), false},
		{"a directory, python's cache", list("dir"), func(t *testing.T) { must(t, os.Mkdir("dir/__pycache__", 0o777)) }, true},
		{"a directory, one less and one more", list("dir"), func(t *testing.T) {
			must(t, os.Remove("dir/one"))
			add("dir/two")(t)
		}, false},
		{"a directory, gone", list("dir"), func(t *testing.T) { must(t, os.RemoveAll("dir")) }, false},
		{"no directory, then one", list("none"), func(t *testing.T) { must(t, os.Mkdir("none", 0o777)) }, false},
		{"a directory, one more below", list("dir"), add("dir/below/two"), true},
		{"a directory, one written to", list("dir"), add("dir/one"), true},
		{"whether a directory is there", func(*testing.T) { _, _ = Stat("dir") }, add("dir/two"), true},
		{"the same, gone", func(*testing.T) { _, _ = Stat("dir") }, func(t *testing.T) { must(t, os.RemoveAll("dir")) }, false},
		{"through a link", read("link/one"), func(t *testing.T) {
			must(t, os.Remove("link"))
			must(t, os.Symlink("dir/below", "link"))
		}, false},
		{"where a link leads", func(*testing.T) { _, _ = EvalSymlinks("link") }, func(t *testing.T) {
			must(t, os.Remove("link"))
			must(t, os.Symlink("dir/below", "link"))
		}, false},
		{"a link itself", func(*testing.T) { _, _ = Lstat("link") }, nothing, true},
		{"a pattern, nothing", func(*testing.T) { _, _ = Glob("dir/*.py") }, add("dir/x.txt"), true},
		{"a pattern, one more", func(*testing.T) { _, _ = Glob("dir/*.py") }, add("dir/x.py"), false},
		{"a variable", func(*testing.T) { Getenv("OXGEN_INPUTS") }, func(t *testing.T) { t.Setenv("OXGEN_INPUTS", "") }, false},
		{"another variable", func(*testing.T) { Getenv("OXGEN_INPUTS") }, func(t *testing.T) { t.Setenv("OXGEN_OUTPUTS", "") }, true},
		{"variables", func(*testing.T) { Environ("OXGEN_IN") }, func(t *testing.T) { t.Setenv("OXGEN_INPUTS", "") }, false},
		{"what was written", func(t *testing.T) {
			must(t, os.WriteFile("out", []byte("made"), 0o666))
			current.Load().Wrote("out", strings.NewReader("made"), nil)
		}, nothing, true},
		{"what was written, by its sum", func(t *testing.T) {
			must(t, os.WriteFile("out", []byte("made"), 0o666))
			sum := sha256.Sum256([]byte("made"))
			current.Load().Wrote("out", unreadable{}, &sum)
		}, nothing, true},
		{"by another sum", func(t *testing.T) {
			must(t, os.WriteFile("out", []byte("made"), 0o666))
			sum := sha256.Sum256([]byte("MADE"))
			current.Load().Wrote("out", unreadable{}, &sum)
		}, nothing, false},
		{"by a sum that is not known", func(t *testing.T) {
			must(t, os.WriteFile("out", []byte("made"), 0o666))
			current.Load().Wrote("out", strings.NewReader("made"), new([sha256.Size]byte))
		}, nothing, true},
		{"the same, by another", func(t *testing.T) {
			must(t, os.WriteFile("out", []byte("MADE"), 0o666))
			current.Load().Wrote("out", strings.NewReader("made"), nil)
		}, nothing, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			place(t)
			log := Start()
			test.look(t)
			record, err := log.Stop()
			must(t, err)
			read("old")(t) // after the log's end
			test.then(t)
			record, err = Decode(record.Encode())
			must(t, err)
			if got, _ := record.Holds(); got != test.want {
				t.Errorf("holds: %v, want %v\n%s", got, test.want, record.Encode())
			}
		})
	}
}

// unreadable is a content that nobody has to read.
type unreadable struct{}

func (unreadable) WriteTo(io.Writer) (int64, error) { return 0, errors.ErrUnsupported }

// TestSettles has a file that was written just now be known by its contents, and later by its times.
func TestSettles(t *testing.T) {
	place(t)
	log := Start()
	_, err := ReadFile("fresh")
	must(t, err)
	record, err := log.Stop()
	must(t, err)
	if record.items[0].digest == "" {
		t.Error("there is no digest of a fresh file")
	}
	if ok, settled := record.Holds(); !ok || settled {
		t.Errorf("at once: holds %v, settled %v", ok, settled)
	}
	// An hour later.
	old := time.Now().Add(-time.Hour)
	it := &record.items[0]
	info, err := os.Stat("fresh")
	must(t, err)
	if !isFresh(info, time.Now()) || isFresh(info, time.Now().Add(time.Hour)) {
		t.Error("a file is fresh at first, and not for an hour")
	}
	must(t, os.Chtimes("fresh", old, old))
	if it.holds() {
		t.Error("holds with another time")
	}
}

// TestSpoilt has logs of which there is no record.
func TestSpoilt(t *testing.T) {
	tests := []struct {
		name string
		do   func(*testing.T)
		want string
	}{
		{"something ran", func(*testing.T) { Spoil("what pip does") }, "the run depends on what pip does"},
		{"a file changes", func(t *testing.T) {
			_, err := ReadFile("fresh")
			must(t, err)
			must(t, os.WriteFile("fresh", []byte("more contents"), 0o666))
			_, err = ReadFile("fresh")
			must(t, err)
		}, "fresh, which is being changed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			place(t)
			log := Start()
			test.do(t)
			record, err := log.Stop()
			if err == nil || record != nil {
				t.Fatal("there is a record")
			}
			if !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got %q, want %q", err, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("s\t\"/x\"\t-\t\nd\t\"/\\n\"\t20000000755 12\tabc\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(r.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.items, again.items, cmp.AllowUnexported(item{}, question{}, answer{})); diff != "" {
			t.Error(diff)
		}
	})
}
