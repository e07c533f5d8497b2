// Package executable finds oxgen's tables in files: in executables of every platform, and in the files that hold a
// table alone.
package executable

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// A File is a file with tables in it.
type File struct {
	Size      int64
	Target    target.Target    // what it was built for; zero for a file that is no Go executable
	GoVersion string           // that built it; "" for a file that is no Go executable
	Build     *debug.BuildInfo // what go build wrote into it; nil for a file that is no Go executable
	Tables    []Table          // in the order of the file, at least one
}

// A Table is one table that is whole.
type Table struct {
	*table.Reader
	Offset int64 // in the file, in bytes
}

// Open reads the tables of the file path, whose common parts may be given, or in the file too. The error is a *diag.Error, also for a file without a table, or with a
// damaged one only.
func Open(path string, commons ...string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case !info.Mode().IsRegular():
		return nil, diag.Errorf(path, "name an executable that was built with oxgen, or a directory", "not a regular file")
	}
	found := &File{Size: info.Size()}
	found.Tables, err = Find(f, info.Size(), commons...)
	var d *diag.Error
	switch {
	case errors.As(err, &d):
		d.File = path
		return nil, d
	case err != nil:
		return nil, unreadable(path, err)
	}
	if build, err := buildinfo.Read(f); err == nil {
		found.GoVersion, found.Build = build.GoVersion, build
		for _, s := range build.Settings {
			switch s.Key {
			case "GOOS":
				found.Target.GOOS = s.Value
			case "GOARCH":
				found.Target.GOARCH = s.Value
			}
		}
	}
	return found, nil
}

func unreadable(path string, err error) error {
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	return diag.Errorf(path, "name an executable that was built with oxgen, or a directory", "%w", err)
}

// chunk is how much is searched at once, in bytes.
const chunk = 1 << 20

// Find searches r, of size bytes, for tables and the common parts that they have, which may be given instead. A table may start at any byte. What only looks like the start of one, such as
// the constant in Go code that reads tables, is passed over; when nothing else is there, the error, a *diag.Error,
// says what is wrong with the first that was a table once. Other errors are those of r.
//
// The search itself takes two megabytes at most; a table that is found is read whole.
func Find(r io.ReaderAt, size int64, commons ...string) ([]Table, error) {
	var tables []Table
	var waiting []found
	var damage error
	buf := make([]byte, chunk+len(table.Magic)-1)
	for at := int64(0); at < size; {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if n == 0 {
			break // the file became shorter
		}
		hit := start(buf[:n])
		if hit < 0 {
			at += chunk
			continue
		}
		at += int64(hit)
		f, err := read(r, at, size-at)
		var damaged *diag.Error
		switch {
		case errors.As(err, &damaged):
			if damage == nil {
				damage = err
			}
			at += int64(len(table.Magic))
		case errors.Is(err, errFalse):
			at += int64(len(table.Magic))
		case err != nil:
			return nil, err
		case f.common:
			commons = append(commons, f.data)
			at += f.size
		default:
			waiting = append(waiting, f)
			at += f.size
		}
	}
	for _, f := range waiting {
		t, err := open(f.data, commons)
		if err == nil {
			tables = append(tables, Table{t, f.at})
		} else if damage == nil {
			damage = diag.Errorf("", rebuild, "is damaged: %w", err)
		}
	}
	switch {
	case len(tables) > 0:
		return tables, nil
	case damage != nil:
		return nil, damage
	}
	return nil, diag.Errorf("", "name an executable that was built with oxgen, or the directory of a generated package",
		"holds no Python program of oxgen")
}

// start returns where a table, compact or not, may start, -1 for nowhere.
func start(b []byte) int {
	hit := -1
	for _, magic := range []string{table.Magic, table.CompactMagic} {
		if at := bytes.Index(b, []byte(magic)); at >= 0 && (hit < 0 || at < hit) {
			hit = at
		}
	}
	return hit
}

// errFalse is the error of bytes that are no table and never were.
var errFalse = errors.New("not a table")

// maxVersion is above all format versions that there will be. Behind a constant in Go code stands text, which
// makes a larger number.
const maxVersion = 1 << 16

// rebuild is the mend of what is damaged.
const rebuild = "generate and build it again"

// found is a table, or a common part, that is there to the last byte.
type found struct {
	data   string // unpacked
	at     int64
	size   int64 // in the file
	common bool
}

// open opens a table whose bytes are those that it was made of.
func open(data string, commons []string) (*table.Reader, error) {
	t, err := table.OpenWith(data, commons...)
	if err == nil {
		err = t.Verify()
	}
	return t, err
}

// read reads what is at an offset with rest bytes from there to the end of the file.
func read(r io.ReaderAt, at, rest int64) (found, error) {
	none := found{}
	head, err := text(r, at, min(rest, int64(table.HeaderSize)))
	if err != nil {
		return none, err
	}
	if size, _, ok := table.ReadCompactHeader(head); ok {
		return readCompact(r, at, rest, int64(size)) // below 4 GiB
	}
	h, err := table.ReadHeader(head)
	switch {
	case errors.Is(err, table.ErrVersion) && h.Version > 0 && h.Version < maxVersion:
		return none, diag.Errorf("", "use the oxgen that generated it",
			"has a table of format %d, this oxgen reads format %d", h.Version, table.FormatVersion)
	case err != nil, h.Size < uint64(table.HeaderSize), h.Size > math.MaxInt32:
		return none, errFalse
	case h.Size > uint64(rest): // not negative
		return none, diag.Errorf("", rebuild, "is truncated: its table has %d bytes, %d are there", h.Size, rest)
	}
	data, err := text(r, at, int64(h.Size)) // below 2 GiB
	if err != nil {
		return none, err
	}
	return verified(data, at, int64(len(data)))
}

// readCompact reads a compact table of size bytes. One that is longer than what is left of the file never was one: its magic number is
// a constant of Go code.
func readCompact(r io.ReaderAt, at, rest, size int64) (found, error) {
	if size > rest {
		return found{}, errFalse
	}
	data, err := text(r, at, size)
	if err != nil {
		return found{}, err
	}
	whole, err := table.Expand(data)
	if err != nil {
		return found{}, diag.Errorf("", rebuild, "is damaged: %w", err)
	}
	return verified(whole, at, size)
}

// verified returns a table, or a common part, whose bytes are those that it was made of.
func verified(data string, at, size int64) (found, error) {
	f := found{data: data, at: at, size: size, common: table.IsCommon(data)}
	var err error
	if f.common {
		err = table.VerifyCommon(data)
	} else if _, err = open(data, nil); errors.Is(err, table.ErrCommon) {
		err = nil // it is looked for
	}
	if err != nil {
		return found{}, diag.Errorf("", rebuild, "is damaged: %w", err)
	}
	return f, nil
}

// text returns n bytes at an offset.
func text(r io.ReaderAt, at, n int64) (string, error) {
	var b strings.Builder
	b.Grow(int(n))
	got, err := io.Copy(&b, io.NewSectionReader(r, at, n))
	if err == nil && got != n {
		err = fmt.Errorf("reading %d bytes at %d: %w", n, at, io.ErrUnexpectedEOF)
	}
	return b.String(), err
}
