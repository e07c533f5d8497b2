package analysis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/executable"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/pyembed/table"
)

// An object is one object file of a group, or one architecture of a universal file.
type object struct {
	*objfile.File
	name   string // for people
	path   string // in the group: with slashes; absolute for files of the file system
	digest string // of a library with a SONAME
	aside  bool   // it is only there for others to be linked with, and is not reported
}

// A group is what one argument stands for.
type group struct {
	objects  []object // sorted by path
	problems []error  // of files that could not be read
}

// add reads an object file, or puts what is wrong with it to the problems. It tells whether it was one.
func (g *group) add(name, path string, r io.ReaderAt) bool {
	files, err := objfile.ReadAll(name, r)
	if errors.Is(err, objfile.ErrNotObject) {
		return false
	}
	if err != nil {
		g.problems = append(g.problems, err)
		return true
	}
	digest, err := digestOf(files[0], r)
	if err != nil {
		g.problems = append(g.problems, unreadable(name, err))
	}
	for _, f := range files {
		g.objects = append(g.objects, object{File: f, name: name, path: path, digest: digest})
	}
	return true
}

// digestOf returns what tells a library with a SONAME from others of that name; "" for other files.
func digestOf(f *objfile.File, r io.ReaderAt) (string, error) {
	if f.SOName == "" {
		return "", nil
	}
	h := sha256.New()
	_, err := io.Copy(h, io.NewSectionReader(r, 0, math.MaxInt64))
	return string(h.Sum(nil)), err
}

// open makes the group of an argument of the command line.
func open(ctx context.Context, name string) (*group, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	g := &group{}
	switch {
	case info.IsDir():
		err = g.addDir(ctx, name)
	case strings.HasSuffix(name, ".whl"):
		err = g.addWheel(ctx, name)
	case !info.Mode().IsRegular():
		err = diag.Errorf(name, hintName, "not a regular file")
	default:
		err = g.addFile(name)
	}
	if err != nil {
		return nil, err
	}
	g.addAllBeside()
	slices.SortStableFunc(g.objects, func(a, b object) int { return strings.Compare(a.path, b.path) })
	return g, nil
}

const hintName = "name an executable, a shared library, an extension module, a wheel or a directory"

func unreadable(name string, err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	return diag.Errorf(name, "make the file readable, or correct its path", "%w", err)
}

// absolute returns the path of a file of the file system in its group.
func absolute(name string) (string, error) {
	abs, err := filepath.Abs(name)
	return filepath.ToSlash(abs), err
}

// addDir adds the object files below a directory. Symbolic links are not followed: what they lead to in the directory is
// there anyway.
func (g *group) addDir(ctx context.Context, dir string) error {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			g.problems = append(g.problems, unreadable(name, err))
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.Open(name)
		if err != nil {
			g.problems = append(g.problems, unreadable(name, err))
			return nil
		}
		defer f.Close()
		abs, err := absolute(name)
		if err != nil {
			return err
		}
		g.add(name, abs, f)
		return nil
	})
	if err == nil && len(g.objects) == 0 && len(g.problems) == 0 {
		err = diag.Errorf(dir, hintName, "holds no object file")
	}
	return err
}

func (g *group) addWheel(ctx context.Context, name string) error {
	w, err := wheel.Open(ctx, name, name, wheel.Limits{})
	if err != nil {
		return err
	}
	for _, m := range w.Members {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := m.Read()
		if err != nil {
			return err
		}
		g.add(name+"!"+m.Name, m.Path, bytes.NewReader(data))
	}
	if len(g.objects) == 0 && len(g.problems) == 0 {
		return diag.Errorf(name, "a wheel of Python alone runs wherever Python does", "holds no object file")
	}
	return nil
}

// addFile adds one file, and the object files of the Python program in it when oxgen built it.
func (g *group) addFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return unreadable(name, err)
	}
	defer f.Close()
	abs, err := absolute(name)
	if err != nil {
		return err
	}
	if !g.add(name, abs, f) {
		_, err := objfile.Read(name, f)
		return err
	}
	if len(g.objects) > 0 && g.objects[0].Class == objfile.Executable {
		if err := g.addProgram(name, f); err != nil {
			return err
		}
	}
	return nil
}

// addProgram adds the object files among the files of a program that oxgen built; f may hold none.
func (g *group) addProgram(name string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return unreadable(name, err)
	}
	tables, err := executable.Find(f, info.Size())
	if err != nil {
		return nil // none, or one that is damaged, which is not what was asked
	}
	for _, t := range tables {
		for e, err := range t.Files() {
			if err != nil {
				return diag.Errorf(name, "generate and build it again", "%w", err)
			}
			if e.Dir || e.Pyc {
				continue
			}
			data, err := native(e.Stored)
			if err != nil {
				return diag.Errorf(name+"!"+e.Path, "generate and build it again", "is damaged: %w", err)
			}
			if data != nil {
				g.add(name+"!"+e.Path, e.Path, bytes.NewReader(data))
			}
		}
	}
	return nil
}

// native returns the contents of a file of a table when they begin as an object file does, else nil.
func native(s table.Stored) ([]byte, error) {
	r, err := compression.Open(s)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head := make([]byte, min(s.Length, objfile.HeadSize))
	if _, err := io.ReadFull(r, head); err != nil || !objfile.Is(head) {
		return nil, err
	}
	return compression.Contents(s)
}

// addAllBeside adds what files of the file system may be linked with and is not in the group.
func (g *group) addAllBeside() {
	known := map[string]bool{}
	for _, o := range g.objects {
		known[o.path] = true
	}
	for _, o := range slices.Clone(g.objects) {
		if path.IsAbs(o.path) {
			g.addBeside(o, known)
		}
	}
}

// addBeside adds the libraries that o needs and that lie in its run path or beside it, and what they need in turn; but for
// known paths.
func (g *group) addBeside(o object, known map[string]bool) {
	dirs := []string{path.Dir(o.path)}
	for _, d := range o.RunPath {
		for _, origin := range []string{"$ORIGIN", "${ORIGIN}", "@loader_path"} {
			if rest, ok := strings.CutPrefix(d, origin); ok {
				d = path.Dir(o.path) + rest
			}
		}
		if path.IsAbs(d) {
			dirs = append(dirs, path.Clean(d))
		}
	}
	for _, library := range append(slices.Clone(o.Needed), o.Weak...) {
		for _, dir := range dirs {
			candidate := path.Join(dir, path.Base(library))
			if known[candidate] {
				continue
			}
			if found := readBeside(candidate, o.File); found != nil {
				known[candidate] = true
				g.objects = append(g.objects, *found)
				g.addBeside(*found, known)
			}
		}
	}
}

// shown returns the name of a file that was found: relative to the current directory where it is below that.
func shown(abs string) string {
	name := filepath.FromSlash(abs)
	dir, err := os.Getwd()
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return name
}

// readBeside reads the library at a path when it is one for the same machine as f, else it returns nil.
func readBeside(name string, f *objfile.File) *object {
	r, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return nil
	}
	defer r.Close()
	files, err := objfile.ReadAll(name, r)
	if err != nil {
		return nil
	}
	at := slices.IndexFunc(files, func(x *objfile.File) bool { return x.Format == f.Format && x.Machine == f.Machine })
	if at < 0 {
		return nil
	}
	digest, err := digestOf(files[at], r)
	if err != nil {
		return nil
	}
	return &object{File: files[at], name: shown(name), path: name, digest: digest, aside: true}
}

// label returns the name of an object, with the architecture where the file has several.
func (g *group) label(o *object) string {
	for i := range g.objects {
		if other := &g.objects[i]; other.path == o.path && other.File != o.File {
			return fmt.Sprintf("%s (%s)", o.name, o.Machine)
		}
	}
	return o.name
}
