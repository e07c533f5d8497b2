package atomicfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// A File is one of a set.
type File struct {
	Name string      // slash path below the directory of the set, as fs.ValidPath has it
	Data []byte      // the whole content, unless From is set
	From Content     // the content, when it is not in one piece; nil for Data
	Mode fs.FileMode // permission bits, less the umask; 0 is 0644

	// Sum is set to the SHA-256 of the content by a Commit that writes the file, and left alone by one that need not; nil for none.
	Sum *[sha256.Size]byte
}

// A Content is the same bytes whenever it is written.
type Content interface {
	io.WriterTo
	Size() int // in bytes
}

// Size returns the size of the content in bytes.
func (f File) Size() int {
	if f.From != nil {
		return f.From.Size()
	}
	return len(f.Data)
}

// WriteTo writes the content.
func (f File) WriteTo(w io.Writer) (int64, error) {
	if f.From != nil {
		return f.From.WriteTo(w)
	}
	n, err := w.Write(f.Data)
	return int64(n), err
}

// create writes the file at path, as create does.
func (f File) create(path string) error {
	if f.Sum == nil {
		return create(path, f, f.mode())
	}
	s := summed{content: f, hash: sha256.New()}
	if err := create(path, s, f.mode()); err != nil {
		return err
	}
	s.hash.Sum(f.Sum[:0])
	return nil
}

// A summed content is hashed while it is written.
type summed struct {
	content io.WriterTo
	hash    hash.Hash
}

func (s summed) WriteTo(w io.Writer) (int64, error) {
	return s.content.WriteTo(io.MultiWriter(w, s.hash))
}

// Bytes returns the whole content.
func (f File) Bytes() ([]byte, error) {
	if f.From == nil {
		return f.Data, nil
	}
	b := bytes.NewBuffer(make([]byte, 0, f.Size()))
	_, err := f.WriteTo(b)
	return b.Bytes(), err
}

// Same reports whether the file at path is a regular one with the content and the executable bit. A file that can't be read is not the
// same.
func (f File) Same(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(f.Size()) {
		return false
	}
	if runtime.GOOS != "windows" && (info.Mode()^f.mode())&0o100 != 0 {
		return false
	}
	have, err := os.Open(path)
	if err != nil {
		return false
	}
	defer have.Close()
	_, err = f.WriteTo(&comparer{file: have, piece: make([]byte, 256<<10)})
	return err == nil
}

func (f File) mode() fs.FileMode {
	if f.Mode == 0 {
		return 0o644
	}
	return f.Mode.Perm()
}

// Commit makes dir hold exactly the given files, and none of the obsolete ones; other files in dir are left alone. The
// files change together as far as POSIX allows (see the package comment), in the order given: the one that binds the
// others together comes last. A file that is there already with the same content is not touched and keeps its time,
// which go build's cache lives from.
//
// The directory is made when it is missing, and followed when it is a symbolic link. An obsolete name that is not there,
// or is among files, is ignored. The result lists the names that were written or removed, sorted; nil when nothing
// was. On an error everything is as before, or, if that can't be had either, as it should be at the next Commit.
// Errors are *diag.Errors about dir as it was given.
func Commit(dir string, files []File, obsolete []string) (changed []string, err error) {
	if err := checkNames(files, obsolete); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, explain(dir, err)
	}
	s, unlock, err := open(dir)
	if err != nil {
		return nil, explain(dir, err)
	}
	defer unlock()
	if err := s.recover(); err != nil {
		return nil, explain(dir, err)
	}
	plan, err := s.plan(files, obsolete)
	if err != nil || plan.empty() {
		return nil, explain(dir, err)
	}
	if err := s.carryOut(plan); err != nil {
		return nil, explain(dir, err)
	}
	return plan.changed(), nil
}

// Recover finishes what a Commit that was killed has begun, and removes what it left. Commit does so itself; Recover is
// for who wants to look at the directory first. A directory that is not there needs no recovery.
func Recover(dir string) error {
	s, unlock, err := open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explain(dir, err)
	}
	defer unlock()
	return explain(dir, s.recover())
}

// checkNames refuses sets that can't be written. These are mistakes of the caller, not of the user.
func checkNames(files []File, obsolete []string) error {
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.Name] {
			return diag.Errorf("", "", "two files named %q", f.Name)
		}
		seen[f.Name] = true
	}
	for _, name := range slices.Concat(names(files), obsolete) {
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, stagePrefix) || strings.ContainsAny(name, "\n\\") {
			return diag.Errorf("", "", "%q can't be the name of a generated file", name)
		}
		for above := path.Dir(name); above != "."; above = path.Dir(above) {
			if seen[above] {
				return diag.Errorf("", "", "%q is a file and has %q below it", above, name)
			}
		}
	}
	return nil
}

func names(files []File) []string {
	var all []string
	for _, f := range files {
		all = append(all, f.Name)
	}
	return all
}

// A site is a locked directory that files are committed to.
type site struct {
	dir   string // without symbolic links
	shown string // as the user wrote it
}

func open(dir string) (s *site, unlock func(), err error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, nil, err
	}
	unlock, err = lockDir(real)
	return &site{dir: real, shown: dir}, unlock, err
}

func (s *site) path(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

// A plan is what has to change: the files to write, in the caller's order, and the names to remove.
type plan struct {
	write  []File
	remove []string
}

func (p plan) empty() bool { return len(p.write)+len(p.remove) == 0 }

// steps returns the names that change, in the order in which they do.
func (p plan) steps() []string { return slices.Concat(names(p.write), p.remove) }

func (p plan) changed() []string { return slices.Sorted(slices.Values(p.steps())) }

// plan compares the set with what is there.
func (s *site) plan(files []File, obsolete []string) (plan, error) {
	var p plan
	keep := map[string]bool{}
	for _, f := range files {
		keep[f.Name] = true
		if info, err := os.Lstat(s.path(f.Name)); err == nil && info.IsDir() {
			return plan{}, diag.Errorf(filepath.Join(s.shown, f.Name), "move it away: a file of this name is to be written", "is a directory")
		}
		if !f.Same(s.path(f.Name)) {
			p.write = append(p.write, f)
		}
	}
	for _, name := range obsolete {
		info, err := os.Lstat(s.path(name))
		if keep[name] || slices.Contains(p.remove, name) || err != nil && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.IsDir() {
			return plan{}, diag.Errorf(filepath.Join(s.shown, name), "move it away", "is a directory, not a file that was generated")
		}
		p.remove = append(p.remove, name)
	}
	return p, nil
}
