// Package cachedir looks after the directory that oxgen keeps its caches in: it marks the directory as oxgen's, lets
// several processes use it at once, removes what has not been used for long, and empties it, when nobody uses it.
//
// The mark is a CACHEDIR.TAG (https://bford.info/cachedir/), by which backup programs know that they may leave the
// directory out. Whoever uses the cache holds a shared lock of that file, whoever empties it an exclusive one.
package cachedir

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/oxgen/oxgen/internal/diag"
)

// tagName and tag are the file that marks a cache directory, and what oxgen writes into it. The first line is given
// by the specification; the second one tells whose cache it is.
const (
	tagName = "CACHEDIR.TAG"
	owner   = "# This directory is a cache of oxgen."
	tag     = "Signature: 8a477f597d28d172789f06886806bc55\n" + owner + "\n# `oxgen cache clean` empties it.\n"
)

// Entries are the names of what oxgen keeps in a cache directory, sorted: archives unpacked, the bytecode of interpreters that
// `oxgen check` compares with, distributions, the wheels of lock files, receipts of generations, what modules import, the libraries
// that programs put on disk (in the user's cache directory only), libpythons divided, which licences texts are, machine code compressed,
// answers of interpreters, bytecode, the wheels that pip brought, the executables of `oxgen run`, and the modules of scripts.
func Entries() []string {
	return []string{"archive", "check", "dist", "download", "generate", "graph", "lib", "libpython", "licence", "native", "probe", "pyc", "requirements", "run", "script"}
}

// removed is how the names of entries begin that Clean is about to remove.
const removed = ".removed-"

// Use makes dir if it is missing, marks it if it is new, and keeps Clean away until release is called. All of that is
// done as far as it goes: a cache that can't be written to gets its error from who has something to write.
func Use(ctx context.Context, dir string) (release func()) {
	name := filepath.Join(dir, tagName)
	if isEmpty(dir) && os.MkdirAll(dir, 0o777) == nil {
		_ = writeNew(name, tag) // another process may have been faster
	}
	f, err := await(ctx, func() (*lockedfile.File, error) { return lockedfile.Open(name) })
	if err != nil {
		return func() {}
	}
	return func() { _ = f.Close() } // nothing was written
}

// isEmpty reports whether dir is missing or has nothing in it.
func isEmpty(dir string) bool {
	list, err := os.ReadDir(dir)
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(list) == 0
}

func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// await takes a lock, until ctx ends.
func await(ctx context.Context, take func() (*lockedfile.File, error)) (*lockedfile.File, error) {
	type result struct {
		f   *lockedfile.File
		err error
	}
	taken := make(chan result, 1)
	go func() {
		f, err := take()
		taken <- result{f, err}
	}()
	select {
	case r := <-taken:
		return r.f, r.err
	case <-ctx.Done():
		go func() {
			if r := <-taken; r.err == nil {
				_ = r.f.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// A Freed says what Clean removed.
type Freed struct {
	Files int
	Bytes int64
	Kept  []string // names in the directory that are not oxgen's, sorted; they are left alone
}

// Options are for Clean; the zero Options work.
type Options struct {
	// Trusted says that the directory is oxgen's by its place, so that it needs no mark.
	Trusted bool
	// Waiting is called once when another process uses the cache and Clean waits for it; nil is nobody.
	Waiting func()
}

// Clean removes what oxgen keeps in dir, once nobody uses it, and leaves everything else. A directory that is missing or
// empty is clean. It refuses a directory that does not bear oxgen's mark.
func Clean(ctx context.Context, dir string, opts Options) (Freed, error) {
	if isEmpty(dir) {
		return Freed{}, nil
	}
	name := filepath.Join(dir, tagName)
	if opts.Trusted {
		_ = writeNew(name, tag) // it is there, or is not needed
	}
	text, err := os.ReadFile(name)
	if !bytes.Contains(text, []byte(owner)) && !opts.Trusted {
		return Freed{}, diag.Errorf(dir, "set OXGEN_CACHE to the right directory, or remove this one by hand",
			"not oxgen's cache, as far as can be seen: it has no %s of oxgen", tagName)
	}
	if err == nil {
		unlock, err := lockAll(ctx, name, opts.Waiting)
		if err != nil {
			return Freed{}, err
		}
		defer unlock()
	}
	return empty(dir)
}

// lockAll takes the exclusive lock.
func lockAll(ctx context.Context, name string, waiting func()) (unlock func(), err error) {
	if waiting != nil {
		timer := time.AfterFunc(500*time.Millisecond, waiting)
		defer timer.Stop()
	}
	f, err := await(ctx, func() (*lockedfile.File, error) { return lockedfile.OpenFile(name, os.O_RDWR, 0) })
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, diag.Errorf(filepath.Dir(name), "", "the cache can't be locked: %w", cause(err))
	}
	return func() { _ = f.Close() }, nil
}

// empty removes the entries. Each is renamed first, so that no reader meets half of it.
func empty(dir string) (Freed, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return Freed{}, diag.Errorf(dir, "", "the cache can't be read: %w", cause(err))
	}
	var freed Freed
	for _, e := range list {
		name := e.Name()
		switch {
		case slices.Contains(Entries(), name):
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, removed+name)); err == nil {
				name = removed + name
			}
		case name == tagName, name == trimmed:
			continue
		case !strings.HasPrefix(name, removed):
			freed.Kept = append(freed.Kept, name)
			continue
		}
		if err := freed.remove(filepath.Join(dir, name)); err != nil {
			return freed, diag.Errorf(dir, "", "the cache can't be emptied: %w", cause(err))
		}
	}
	return freed, nil
}

// remove removes a tree and counts it. Directories in it may be read-only.
func (f *Freed) remove(root string) error {
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.Chmod(path, 0o700) // a directory that is removed next
		}
		if info, err := e.Info(); err == nil {
			f.Files++
			f.Bytes += info.Size()
		}
		return nil
	})
	return errors.Join(err, os.RemoveAll(root))
}

// cause takes the operation and the path off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
