package cachedir

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// trimmed is the file whose time is that of the last Trim.
const trimmed = ".trimmed"

const (
	day = 24 * time.Hour
	// unused is for how long what nobody uses is kept.
	unused = 14 * day
)

// ageing are the entries that Trim looks at, with how many directories there are on the way to what was made at once. All of it can be made
// again of what is on the machine, and much of it is that of states of sources that will not come back. Distributions and wheels are not
// among them: for these a network may be needed, and requirements mean the versions that were found first.
var ageing = map[string]int{"generate": 0, "graph": 0, "libpython": 0, "native": 0, "pyc": 1, "run": 0, "script": 0}

// Trim removes what nobody has used for a fortnight, of what is easily made again. It does nothing if it did so less than a day before now,
// nor when another process uses the cache until ctx ends, and leaves what can't be removed. Who uses what is older than a day calls Touch.
func Trim(ctx context.Context, dir string, now time.Time) Freed {
	mark := filepath.Join(dir, trimmed)
	if info, err := os.Stat(mark); err == nil && now.Sub(info.ModTime()).Abs() < day {
		return Freed{}
	}
	unlock, err := lockAll(ctx, filepath.Join(dir, tagName), nil)
	if err != nil {
		return Freed{} // there is no cache, or it is in use
	}
	defer unlock()
	if err := os.WriteFile(mark, nil, 0o666); err != nil || os.Chtimes(mark, now, now) != nil {
		return Freed{}
	}
	var freed Freed
	for name, depth := range ageing {
		freed.trim(filepath.Join(dir, name), depth, now.Add(-unused))
	}
	return freed
}

// trim removes what is in a directory and older than a time.
func (f *Freed) trim(dir string, depth int, before time.Time) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return // there is none, mostly
	}
	for _, e := range list {
		path := filepath.Join(dir, e.Name())
		if depth > 0 {
			f.trim(path, depth-1, before)
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) && !runs(path) {
			_ = f.remove(path)
		}
	}
}

// runs tells whether a file in a directory is the executable of a process, which may want to start itself again. Where the system doesn't
// say so it does not remove the file either.
func runs(dir string) bool {
	busy := false
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			return f.Close()
		}
		if errors.Is(err, syscall.ETXTBSY) {
			busy = true
			return filepath.SkipAll
		}
		return nil
	})
	return busy
}

// Touch notes that what lies at path, a file or a directory, is in use.
func Touch(path string) {
	now := time.Now()
	if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > day {
		_ = os.Chtimes(path, now, now) // else it is made again
	}
}
