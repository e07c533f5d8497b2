package pyc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

// source returns a Source whose bytes are data.
func source(path, data string) Source {
	return Source{Path: path, Name: "app/" + path, Read: func() ([]byte, error) { return []byte(data), nil }}
}

// compile compiles with processes of its own.
func compile(ctx context.Context, interp *Interpreter, sources []Source, opts Options) ([]Result, error) {
	c := NewCompiler(ctx, interp)
	defer c.Close()
	return c.Compile(ctx, sources, opts)
}

func compileAll(t *testing.T, interp *Interpreter, opts Options, sources ...Source) []Result {
	t.Helper()
	results, err := compile(t.Context(), interp, sources, opts)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(sources) {
		t.Fatalf("%d results for %d sources", len(results), len(sources))
	}
	return results
}

// outcomes says in a line each what became of the sources.
func outcomes(t *testing.T, results []Result) []string {
	t.Helper()
	lines := make([]string, len(results))
	for i, r := range results {
		switch {
		case r.Err != nil && r.Code == nil:
			lines[i] = r.Err.Error()
		case r.Err == nil:
			code, err := ReadCode(r.Code, py314)
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = "code of " + code.Filename
		}
	}
	return lines
}

func TestCompileOutlivesItsWorkers(t *testing.T) {
	t.Parallel()
	unreadable := Source{Path: "u.py", Name: "app/u.py", Read: func() ([]byte, error) { return nil, fs.ErrPermission }}
	sources := []Source{
		source("a.py", "fine"), source("b.py", "die"), source("c.py", "fine"), source("d.py", "die unless fresh"),
		source("e.py", "error"), source("f.py", "memory"), source("g.py", "nonsense"), source("h.py", "huge answer"),
		source("i.py", "one\ntwo\x00"), unreadable, source("k.py", "hang"), source("l.py", "fine"),
	}
	want := []string{
		"code of a.py",
		"app/b.py: the compiler broke down: fake-worker: exit status 3: Fatal Python error: Segmentation fault",
		"code of c.py",
		"code of d.py",
		"app/e.py:2:3: invalid syntax",
		"app/f.py: source is too large for the compiler or nests too deeply",
		"app/g.py: the interpreter's code object is not understood: marshal data at byte 0: not a code object",
		"app/h.py: the compiler broke down: broken answer of 4294967295 bytes",
		"app/i.py:2:4: source contains null bytes",
		"app/u.py: permission denied",
		"app/k.py: the compiler did not end in 4s",
		"code of l.py",
	}
	interp := fakeInterpreter(t)
	for _, jobs := range []int{1, 3, 50} {
		results := compileAll(t, interp, Options{Jobs: jobs, Timeout: 4 * time.Second}, sources...)
		if diff := cmp.Diff(want, outcomes(t, results)); diff != "" {
			t.Errorf("with %d jobs (-want +got):\n%s", jobs, diff)
		}
		if results[0].Hash != sha256.Sum256([]byte("fine")) || results[9].Hash != [32]byte{} {
			t.Errorf("hashes %x and %x", results[0].Hash, results[9].Hash)
		}
	}
}

func TestCompileWithoutInterpreter(t *testing.T) {
	t.Parallel()
	gone := fakeInterpreter(t)
	gone.Path += "-gone"
	mute := fakeInterpreter(t)
	mute.Path = fake(t, "fake-mute")
	other := fakeInterpreter(t)
	other.Magic[0]++
	for name, interp := range map[string]*Interpreter{"gone": gone, "mute": mute, "another magic number": other} {
		_, err := compile(t.Context(), interp, []Source{source("a.py", "fine"), source("b.py", "fine")}, Options{})
		var d *diag.Error
		if !errors.As(err, &d) || d.File != interp.Path || d.Hint == "" {
			t.Errorf("%s: error %v, want a *diag.Error about %s", name, err, interp.Path)
		}
	}
	if results, err := compile(t.Context(), gone, nil, Options{}); err != nil || len(results) != 0 {
		t.Errorf("no sources: %v, %v", results, err)
	}
	if _, err := compile(t.Context(), gone, nil, Options{Optimize: 3}); err == nil {
		t.Error("optimisation level 3: no error")
	}
}

// TestCompilerBegins asserts that what was begun is used, and ended when it was not; and that an interpreter which does not start is an
// error when it is needed, not before.
func TestCompilerBegins(t *testing.T) {
	t.Parallel()
	interp := fakeInterpreter(t)
	c := NewCompiler(t.Context(), interp)
	c.Begin(2)
	gone := *interp
	gone.Path += "-gone"
	c.interp = &gone // nothing more can be started
	var sources []Source
	for i := range 20 {
		sources = append(sources, source(fmt.Sprint(i), "fine"))
	}
	for range 2 {
		results, err := c.Compile(t.Context(), sources, Options{Jobs: 2})
		if err != nil || slices.ContainsFunc(results, func(r Result) bool { return r.Err != nil }) {
			t.Errorf("%v, %v", results, err)
		}
	}
	c.Close()

	unused := NewCompiler(t.Context(), fakeInterpreter(t))
	unused.Begin(2)
	unused.Close()

	broken := NewCompiler(t.Context(), &gone)
	broken.Begin(1)
	defer broken.Close()
	if _, err := broken.Compile(t.Context(), sources[:1], Options{}); err == nil {
		t.Error("no error from an interpreter that is gone")
	}
}

func TestCompileEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err := compile(ctx, fakeInterpreter(t), []Source{source("a.py", "hang"), source("b.py", "hang")}, Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestCompileProgress(t *testing.T) {
	t.Parallel()
	var sources []Source
	var want, got []string
	for i := range 20 {
		sources = append(sources, source(fmt.Sprint(i), "fine"))
		want = append(want, fmt.Sprintf("%d/20", i+1))
	}
	compileAll(t, fakeInterpreter(t), Options{Jobs: 4, Progress: func(done, total int) {
		got = append(got, fmt.Sprintf("%d/%d", done, total))
	}}, sources...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompileFromCache(t *testing.T) {
	t.Parallel()
	interp := fakeInterpreter(t)
	opts := Options{CacheDir: filepath.Join(t.TempDir(), "new", "cache"), Warn: func(err error) { t.Errorf("warning: %v", err) }}
	sources := []Source{source("a.py", "fine"), source("b.py", "error"), source("c.py", "memory")}
	first := compileAll(t, interp, opts, sources...)

	// With an interpreter that is gone, only what the cache holds is to be had.
	gone := *interp
	gone.Path += "-gone"
	opts.Progress = func(int, int) { t.Error("progress of what is not compiled") }
	again := compileAll(t, &gone, opts, sources[:2]...)
	opts.Progress = nil
	if diff := cmp.Diff(first[:2], again); diff != "" {
		t.Errorf("from the cache (-want +got):\n%s", diff)
	}
	renamed := source("b.py", "error")
	renamed.Name = "lib/b.py"
	if got := compileAll(t, &gone, opts, renamed)[0].Err.File; got != "lib/b.py" {
		t.Errorf("error about %q, want lib/b.py", got)
	}

	misses := map[string]func(*Interpreter, *Options) Source{
		"other bytes":       func(*Interpreter, *Options) Source { return source("a.py", "fine too") },
		"other path":        func(*Interpreter, *Options) Source { return source("b.py", "fine") },
		"lack of memory":    func(*Interpreter, *Options) Source { return sources[2] },
		"other level":       func(_ *Interpreter, o *Options) Source { o.Optimize = 2; return sources[0] },
		"other interpreter": func(i *Interpreter, _ *Options) Source { i.Build = "another"; return sources[0] },
	}
	for name, change := range misses {
		other, opts := gone, opts
		s := change(&other, &opts)
		if _, err := compile(t.Context(), &other, []Source{s}, opts); err == nil {
			t.Errorf("%s: taken from the cache", name)
		}
	}
}

func TestCompileMendsCache(t *testing.T) {
	t.Parallel()
	interp := fakeInterpreter(t)
	opts := Options{CacheDir: t.TempDir()}
	first := compileAll(t, interp, opts, source("a.py", "fine"))
	files, err := filepath.Glob(filepath.Join(opts.CacheDir, "pyc", "*", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("cache files %q, %v", files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	for name, content := range map[string][]byte{"empty": nil, "cut off": whole[:len(whole)/2], "header only": whole[:cacheHeader], "damaged": flipped} {
		if err := os.WriteFile(files[0], content, 0o666); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, compileAll(t, interp, opts, source("a.py", "fine"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if now, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(now, whole) {
			t.Errorf("%s: not written anew: %v", name, err)
		}
	}
}

func TestCompileWithUnwritableCache(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	results := compileAll(t, fakeInterpreter(t), Options{CacheDir: file, Jobs: 1, Warn: func(err error) {
		warnings = append(warnings, err.Error())
	}}, source("a.py", "fine"), source("b.py", "fine"))
	if diff := cmp.Diff([]string{"code of a.py", "code of b.py"}, outcomes(t, results)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], file) {
		t.Errorf("warnings %q, want one about %s", warnings, file)
	}
}

// TestShare asserts that a worker gets several sources at once where there are many, and that at the end all have some.
func TestShare(t *testing.T) {
	t.Parallel()
	tests := []struct{ jobs, left, want int }{
		{jobs: 1, left: 1, want: 1},
		{jobs: 2, left: 14, want: 2},
		{jobs: 2, left: 0, want: 1},
		{jobs: 2, left: 500, want: maxBatch},
		{jobs: 64, left: 500, want: 2},
	}
	for _, tt := range tests {
		r := &run{sources: make([]Source, tt.left), turns: make(chan struct{}, tt.jobs)}
		if got := (&hand{run: r}).share(); got != tt.want {
			t.Errorf("%d jobs, %d sources left: %d at once, want %d", tt.jobs, tt.left, got, tt.want)
		}
	}
}
