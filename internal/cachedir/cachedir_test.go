package cachedir_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/diag"
)

func write(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("12345"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	return got
}

func TestClean(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "cache")
	cachedir.Use(t.Context(), dir)()
	write(t, filepath.Join(dir, "dist", "a", "x"), filepath.Join(dir, "run", "y"), filepath.Join(dir, ".removed-pyc", "z"),
		filepath.Join(dir, "mine.txt"))
	if err := os.Chmod(filepath.Join(dir, "dist", "a"), 0o500); err != nil {
		t.Fatal(err)
	}
	got, err := cachedir.Clean(t.Context(), dir, cachedir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := cachedir.Freed{Files: 3, Bytes: 15, Kept: []string{"mine.txt"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("freed (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"CACHEDIR.TAG", "mine.txt"}, names(t, dir)); diff != "" {
		t.Errorf("left (-want +got)\n%s", diff)
	}
}

func TestCleanMissing(t *testing.T) {
	t.Parallel()
	got, err := cachedir.Clean(t.Context(), filepath.Join(t.TempDir(), "none"), cachedir.Options{})
	if err != nil || got.Files != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A directory that somebody named by mistake must not lose a file, even when the names in it are those of a cache.
func TestCleanRefusesOther(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"", "Signature: 8a477f597d28d172789f06886806bc55\n"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "dist", "wheel"))
		if tag != "" {
			if err := os.WriteFile(filepath.Join(dir, "CACHEDIR.TAG"), []byte(tag), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cachedir.Use(t.Context(), dir)() // using it does not make it oxgen's
		_, err := cachedir.Clean(t.Context(), dir, cachedir.Options{})
		var d *diag.Error
		if !errors.As(err, &d) || d.Hint == "" {
			t.Errorf("got %v, want an error with a hint", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "dist", "wheel")); err != nil {
			t.Error(err)
		}
	}
}

func TestCleanTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pyc", "x"))
	got, err := cachedir.Clean(t.Context(), dir, cachedir.Options{Trusted: true})
	if err != nil || got.Files != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCleanWaitsForUsers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	first := cachedir.Use(t.Context(), dir)
	second := cachedir.Use(t.Context(), dir) // users don't wait for each other
	write(t, filepath.Join(dir, "pyc", "x"))
	waiting := make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := cachedir.Clean(t.Context(), dir, cachedir.Options{Waiting: func() { close(waiting) }})
		done <- err
	}()
	<-waiting
	if _, err := os.Stat(filepath.Join(dir, "pyc", "x")); err != nil {
		t.Errorf("removed under a user: %v", err)
	}
	first()
	second()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "pyc")); err == nil {
		t.Error("not removed")
	}
}

func TestCleanInterrupted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	defer cachedir.Use(t.Context(), dir)()
	write(t, filepath.Join(dir, "pyc", "x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cachedir.Clean(ctx, dir, cachedir.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
