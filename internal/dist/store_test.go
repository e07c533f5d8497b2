package dist

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"
)

func TestDefaultCacheDir(t *testing.T) {
	t.Setenv("OXGEN_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("LocalAppData", "")
	t.Setenv("HOME", "")
	t.Setenv("home", "")
	_, err := DefaultCacheDir()
	wantDiag(t, err, "no directory for the cache", "OXGEN_CACHE", "HOME")

	t.Setenv("OXGEN_CACHE", filepath.Join("some", "where"))
	abs, err := filepath.Abs(filepath.Join("some", "where"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DefaultCacheDir(); got != abs || err != nil {
		t.Errorf("DefaultCacheDir = %q, %v, want %q", got, err, abs)
	}
}

func TestCacheError(t *testing.T) {
	t.Parallel()
	s := &Store{CacheDir: "/cache"}
	wantDiag(t, s.cacheError(&fs.PathError{Op: "write", Path: "/cache/x", Err: syscall.ENOSPC}), "/cache: no space left", "OXGEN_CACHE")
	wantDiag(t, s.cacheError(&fs.PathError{Op: "mkdir", Path: "/cache", Err: syscall.EACCES}), "/cache: the cache can't be written", "OXGEN_CACHE")
	wantDiag(t, s.cacheError(&fs.PathError{Op: "mkdir", Path: "/cache", Err: syscall.EROFS}), "the cache can't be written")
	other := errors.New("other")
	if got := s.cacheError(other); got != other {
		t.Errorf("another error became %v", got)
	}
	if s.cacheError(nil) != nil {
		t.Error("no error became one")
	}
}
