package atomicfile

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

// contents returns all that lies below dir, by slash path; a directory has the content "dir".
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			all[name] = "dir"
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func fileSet(pairs ...string) []File {
	var files []File
	for i := 0; i < len(pairs); i += 2 {
		files = append(files, File{Name: pairs[i], Data: []byte(pairs[i+1])})
	}
	return files
}

func put(t *testing.T, dir string, files []File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCommit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		before   []File
		files    []File
		obsolete []string
		changed  []string
		after    map[string]string
	}{
		{
			name:    "new",
			files:   fileSet("b.go", "B", "a.bin", "A"),
			changed: []string{"a.bin", "b.go"},
			after:   map[string]string{"a.bin": "A", "b.go": "B"},
		},
		{
			name:   "equal",
			before: fileSet("a", "A", "b", ""),
			files:  fileSet("a", "A", "b", ""),
			after:  map[string]string{"a": "A", "b": ""},
		},
		{
			name:    "one changed, same length",
			before:  fileSet("a", "A", "b", "B"),
			files:   fileSet("a", "A", "b", "C"),
			changed: []string{"b"},
			after:   map[string]string{"a": "A", "b": "C"},
		},
		{
			name:     "obsolete",
			before:   fileSet("a", "A", "old", "O", "mine", "M"),
			files:    fileSet("a", "A"),
			obsolete: []string{"old", "never", "a", "old"},
			changed:  []string{"old"},
			after:    map[string]string{"a": "A", "mine": "M"},
		},
		{
			name:    "directories",
			before:  fileSet("lib/x", "X"),
			files:   fileSet("lib/x", "Y", "new/deep/z", "Z"),
			changed: []string{"lib/x", "new/deep/z"},
			after:   map[string]string{"lib": "dir", "lib/x": "Y", "new": "dir", "new/deep": "dir", "new/deep/z": "Z"},
		},
		{
			name:     "nothing",
			before:   fileSet("mine", "M"),
			obsolete: []string{"old"},
			after:    map[string]string{"mine": "M"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "not", "yet")
			put(t, dir, tt.before)
			changed, err := Commit(dir, tt.files, tt.obsolete)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.changed, changed); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.after, contents(t, dir)); diff != "" {
				t.Errorf("directory (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommitLeavesEqualFilesUntouched(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, fileSet("same", "S", "other", "O"))
	long := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "same"), long, long); err != nil {
		t.Fatal(err)
	}
	if _, err := Commit(dir, fileSet("same", "S", "other", "changed"), nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "same"))
	if err != nil {
		t.Fatal(err)
	}
	if !info.ModTime().Equal(long) {
		t.Errorf("the equal file was touched: %v", info.ModTime())
	}
}

// TestCommitSums asserts that the sums are set of files that were written, and of those alone.
func TestCommitSums(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, fileSet("same", "S"))
	files := fileSet("same", "S", "new", "N", "unasked", "U")
	files[0].Sum, files[1].Sum = new([sha256.Size]byte), new([sha256.Size]byte)
	if _, err := Commit(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	want := [][sha256.Size]byte{{}, sha256.Sum256([]byte("N"))}
	if diff := cmp.Diff(want, [][sha256.Size]byte{*files[0].Sum, *files[1].Sum}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCommitModes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, fileSet("run", "R", "plain", "P"))
	files := []File{{Name: "run", Data: []byte("R"), Mode: 0o755}, {Name: "plain", Data: []byte("P"), Mode: 0o644}, {Name: "default", Data: []byte("D"), Mode: 0}}
	changed, err := Commit(dir, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"default", "run"}, changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	for name, executable := range map[string]bool{"run": true, "plain": false, "default": false} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode()&0o100 != 0; got != executable {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
	}
}

func TestCommitFollowsALinkedDirectory(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	put(t, base, fileSet("real/a", "A"))
	link := filepath.Join(base, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skip(err)
	}
	if _, err := Commit(link, fileSet("a", "B"), nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if diff := cmp.Diff(map[string]string{"a": "B"}, contents(t, filepath.Join(base, "real"))); diff != "" {
		t.Errorf("directory (-want +got):\n%s", diff)
	}
}

func TestCommitRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		files    []File
		obsolete []string
		want     string
	}{
		{"dots", fileSet("../a", ""), nil, `"../a" can't be`},
		{"absolute", fileSet("/a", ""), nil, `"/a" can't be`},
		{"the directory", fileSet(".", ""), nil, `"." can't be`},
		{"two lines", fileSet("a\nb", ""), nil, `can't be`},
		{"obsolete outside", nil, []string{"../x"}, `"../x" can't be`},
		{"staging", fileSet(stagePrefix+"x/y", ""), nil, "can't be"},
		{"twice", fileSet("a", "1", "a", "2"), nil, `two files named "a"`},
		{"file and directory", fileSet("a", "1", "a/b/c", "2"), nil, `"a" is a file and has "a/b/c" below it`},
		{"directory in the way", fileSet("ok", "", "taken", "1"), nil, "taken: is a directory"},
		{"obsolete directory", fileSet("ok", ""), []string{"taken"}, "taken: is a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, fileSet("taken/x", "X"))
			changed, err := Commit(dir, tt.files, tt.obsolete)
			var d *diag.Error
			if !errors.As(err, &d) || !strings.Contains(err.Error(), tt.want) || changed != nil {
				t.Errorf("Commit = %q, %v, want a diag.Error with %q", changed, err, tt.want)
			}
			if diff := cmp.Diff(map[string]string{"taken": "dir", "taken/x": "X"}, contents(t, dir)); diff != "" {
				t.Errorf("directory (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRollBack has each of the steps fail in turn, and wants everything as it was.
func TestRollBack(t *testing.T) {
	t.Parallel()
	for step := range 4 {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, fileSet("a", "old a", "gone", "G", "sub/c", "old c"))
			before := contents(t, dir)
			s := &site{dir: dir}
			p, err := s.plan(fileSet("new", "N", "a", "A", "sub/c", "C", "z", "Z"), []string{"gone"})
			if err != nil {
				t.Fatal(err)
			}
			st := stage{filepath.Join(dir, stagePrefix+"test")}
			if _, err := s.prepare(st, p); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(st.new(step)); err != nil {
				t.Fatal(err)
			}
			if err := s.rename(st, p); err == nil || errors.Is(err, errUnfinished) {
				t.Errorf("rename: %v, want an error that was rolled back", err)
			}
			if err := st.discard(); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Errorf("directory (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCarryOutFails wants a plan that can't even be prepared to leave nothing behind, directories included.
func TestCarryOutFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, fileSet("a", "old a"))
	s := &site{dir: dir}
	p, err := s.plan(fileSet("new/deep/n", "N", "a", "A", "z", "Z"), nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, fileSet("z/in-the-way", "!"))
	before := contents(t, dir)
	if err := s.carryOut(p); err == nil {
		t.Error("a directory was replaced by a file")
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("directory (-want +got):\n%s", diff)
	}
}

// TestRecover breaks off after each step and wants the whole new set from the next run, or the whole old one if it was
// broken off before the journal was there.
func TestRecover(t *testing.T) {
	t.Parallel()
	before := fileSet("a", "old a", "b", "old b", "gone", "G", "mine", "M")
	files := fileSet("a", "A", "new/c", "C", "b", "B")
	old := map[string]string{"a": "old a", "b": "old b", "gone": "G", "mine": "M", "new": "dir"}
	done := map[string]string{"a": "A", "b": "B", "mine": "M", "new": "dir", "new/c": "C"}
	for steps := -1; steps <= 4; steps++ {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, before)
			s := &site{dir: dir}
			p, err := s.plan(files, []string{"gone"})
			if err != nil {
				t.Fatal(err)
			}
			st := stage{filepath.Join(dir, stagePrefix+"test")}
			if _, err := s.prepare(st, p); err != nil {
				t.Fatal(err)
			}
			want := done
			if steps < 0 {
				want = old
				if err := os.Rename(st.journal(), st.journal()+".draft"); err != nil {
					t.Fatal(err)
				}
			}
			for i := range min(max(steps, 0), 3) {
				if err := os.Rename(st.new(i), s.path(p.write[i].Name)); err != nil {
					t.Fatal(err)
				}
			}
			if steps == 4 {
				if err := os.Remove(s.path("gone")); err != nil {
					t.Fatal(err)
				}
			}
			if err := Recover(dir); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
				t.Errorf("directory (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRecoverNothing(t *testing.T) {
	t.Parallel()
	if err := Recover(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	put(t, dir, fileSet(stagePrefix+"x/journal", "nonsense", stagePrefix+"x/new-0", "N", "a", "A"))
	if err := Recover(dir); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "A"}, contents(t, dir)); diff != "" {
		t.Errorf("directory (-want +got):\n%s", diff)
	}
}

func TestCommitsWaitForEachOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			text := strings.Repeat(fmt.Sprintln("set", i), 100)
			if _, err := Commit(dir, fileSet("a", text, "b", text, "c", text), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := contents(t, dir)
	if len(got) != 3 || got["a"] != got["b"] || got["b"] != got["c"] {
		t.Errorf("a mixture of sets, or leftovers: %.200q", got)
	}
}

func TestLockByName(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	unlock, err := lockByName("some/dir")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan struct{})
	go func() {
		unlock, err := lockByName("./some/../some/dir")
		if err != nil {
			t.Error(err)
		} else {
			unlock()
		}
		close(got)
	}()
	select {
	case <-got:
		t.Error("one directory was locked twice")
	case <-time.After(20 * time.Millisecond):
	}
	unlock()
	<-got
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, text := range []string{"first", "second, longer", ""} {
		if err := Write(filepath.Join(dir, "f"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"f": text}, contents(t, dir)); diff != "" {
			t.Errorf("directory (-want +got):\n%s", diff)
		}
	}
	var d *diag.Error
	if err := Write(filepath.Join(dir, "none", "f"), nil, 0o644); !errors.As(err, &d) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a directory that is not there: %v", err)
	}
	if err := Write(dir, nil, 0o644); err == nil {
		t.Error("a directory was replaced by a file")
	}
	if left := contents(t, filepath.Dir(dir)); len(left) != 2 {
		t.Errorf("leftovers: %q", left)
	}
}

func FuzzParseJournal(f *testing.F) {
	f.Add(journal(plan{}))
	f.Add(journal(plan{write: fileSet("a/b", "", "c", ""), remove: []string{"d e"}}))
	f.Add([]byte("oxgen commit 1\nwrite ../x\nend\n"))
	f.Add([]byte("oxgen commit 1\nremove a\nwrite b\nend\n"))
	f.Add([]byte("oxgen commit 1\nwrite a"))
	f.Add([]byte("oxgen commit 1\nwrite aend\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parseJournal(data)
		if err != nil {
			return
		}
		for _, name := range p.steps() {
			if !fs.ValidPath(name) || name == "." {
				t.Errorf("name %q", name)
			}
		}
		if diff := cmp.Diff(string(data), string(journal(p))); diff != "" {
			t.Errorf("journal (-want +got):\n%s", diff)
		}
	})
}
