package dist

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// A Store brings distributions and keeps them.
type Store struct {
	CacheDir string   // absolute directory of the cache; made when missing; see DefaultCacheDir
	Go       string   // the go command; "" is "go", looked up in PATH
	Env      []string // environment of the go command and of the interpreters that are asked; nil is the caller's own

	// Progress, if it is not nil, is told about what takes longer than a moment: the step ("unpacking cpython-3.14.6
	// for linux/amd64"), and how many bytes of how many are done (0 of 0 where that can't be known).
	// It is called from one goroutine at a time.
	Progress func(step string, done, total int64)

	patience time.Duration // how long an interpreter may take to answer; 0 is what the constant says
}

// DefaultCacheDir returns the directory that oxgen keeps its caches in: $OXGEN_CACHE, else "oxgen" in the user's
// cache directory (see os.UserCacheDir). The result is absolute. The error is a *diag.Error.
func DefaultCacheDir() (string, error) {
	if dir := os.Getenv("OXGEN_CACHE"); dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", diag.Errorf("", "set OXGEN_CACHE to an absolute path", "OXGEN_CACHE=%s: %w", dir, err)
		}
		return abs, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", diag.Errorf("", "set OXGEN_CACHE to a directory that oxgen may write to, or HOME to yours",
			"no directory for the cache: %w", err)
	}
	return filepath.Join(dir, "oxgen"), nil
}

func (s *Store) progress(step string, done, total int64) {
	if s.Progress != nil {
		s.Progress(step, done, total)
	}
}

func (s *Store) environ() []string {
	if s.Env != nil {
		return s.Env
	}
	return pyexec.Environ()
}

// lock takes the lock of the file path, waiting for other processes until ctx ends. The file stays when it is unlocked:
// to remove it would let two processes hold locks of different files with one name.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	taken := make(chan result, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(path).Lock()
		taken <- result{unlock, err}
	}()
	select {
	case r := <-taken:
		return r.unlock, r.err
	case <-ctx.Done():
		go func() {
			if r := <-taken; r.err == nil {
				r.unlock()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// cacheError gives an error met in the cache directory its hint, where the user can do something about it.
func (s *Store) cacheError(err error) error {
	var known *diag.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &diag.Error{
			File:    s.CacheDir,
			Problem: "no space left for the Python distribution (an unpacked one takes 60 to 120 MB a platform)",
			Hint:    "make room, or set OXGEN_CACHE to a directory on a larger disk",
			Err:     err,
		}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return diag.Errorf(s.CacheDir, "set OXGEN_CACHE to a directory that oxgen may write to",
			"the cache can't be written: %w", err)
	}
	return err
}
