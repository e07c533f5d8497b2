//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const greeting = "Hello from Python"

// TestRungs forces each way of loading libpython.
func TestRungs(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p := hello(t)
	for _, rung := range []string{"split", "memfd", "tmpfile", "cache"} {
		t.Run(rung, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			p.call().with("OXGEN_LOADER="+rung, "XDG_CACHE_HOME="+cache).run(t).wantOutput(t, greeting)
			if left := files(t, cache); rung != "cache" && len(left) > 0 {
				t.Errorf("left %v in the cache directory", left)
			}
		})
	}
	t.Run("nonsense", func(t *testing.T) {
		t.Parallel()
		p.call().with("OXGEN_LOADER=nonsense").run(t).wantFailure(t, `OXGEN_LOADER="nonsense"`, "split, memfd, tmpfile, cache")
	})
}

// TestCacheRung looks at the file that the last rung leaves behind.
func TestCacheRung(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p := hello(t)
	cache := filepath.Join(t.TempDir(), "new", "cache")
	start := func() result { return p.call().with("OXGEN_LOADER=cache", "XDG_CACHE_HOME="+cache).start(t.Context()) }

	// Twenty at once: each finds no file, a half-written one of another, or a whole one.
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { start().wantOutput(t, greeting) })
	}
	group.Wait()
	names := files(t, cache)
	if len(names) != 1 {
		t.Fatalf("the cache has %v, want one file", names)
	}
	file := filepath.Join(cache, names[0])
	wantMode(t, file, 0o500)
	wantMode(t, filepath.Dir(file), 0o700)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	damages := map[string]func([]byte) []byte{
		"flipped byte": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut short":    func(b []byte) []byte { return b[:len(b)/2] },
		"emptied":      func([]byte) []byte { return nil },
	}
	for name, damage := range damages {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, damage(append([]byte{}, good...)), 0o500); err != nil { // as it was
			t.Fatal(err)
		}
		start().wantOutput(t, greeting)
		if got, err := os.ReadFile(file); err != nil || string(got) != string(good) {
			t.Errorf("%s: the file was not repaired (%v)", name, err)
		}
	}
	if diff := cmp.Diff(names, files(t, cache)); diff != "" {
		t.Errorf("files in the cache (-want +got):\n%s", diff)
	}
}

// TestNoMemfd has the kernel refuse memfd_create, as the seccomp filters of some containers do.
func TestNoMemfd(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	p := hello(t)
	refused := func(env ...string) result {
		c := p.call().with(append(env, "XDG_CACHE_HOME="+t.TempDir())...)
		c.jail = &jail{NoMemfd: true}
		return c.run(t)
	}
	refused().wantOutput(t, greeting)
	refused("TMPDIR=/nonexistent").wantOutput(t, greeting) // from the cache
	refused("OXGEN_LOADER=split").wantFailure(t, "split: memfd_create: operation not permitted", "seccomp")
	refused("OXGEN_LOADER=memfd").wantFailure(t, "memfd: memfd_create: operation not permitted", "seccomp")
	refused("TMPDIR=/nonexistent", "XDG_CACHE_HOME=/proc/nonexistent").wantFailure(t, "split: ", "memfd: ", "tmpfile: ", "cache: ")
}

// TestNoProc runs where /proc is not mounted.
func TestNoProc(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	exe := hello(t).exe
	start := func(j jail, env ...string) result {
		j.Root = chroot(t, exe, "home", "proc")
		return (&call{path: "/app", env: append([]string{}, env...), jail: &j}).run(t)
	}
	start(jail{}, "HOME=/home").wantOutput(t, "inside of /app")
	start(jail{}).wantFailure(t, "/proc is not mounted", "cache: ")
	start(jail{ReadOnly: true}, "HOME=/home").wantFailure(t, "/proc is not mounted", "read-only file system")
	start(jail{NoexecTo: "home"}, "HOME=/home").wantFailure(t, "/proc is not mounted", "cache: dlopen: ")
}

// files returns the regular files below a directory, relative to it; nil when there is no directory.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		names = append(names, rel)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return names
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("mode of %s is %o, want %o", filepath.Base(path), got, want)
	}
}
