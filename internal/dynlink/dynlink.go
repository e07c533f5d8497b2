// Package dynlink finds out which of a program's files a dynamic linker would join: what each needs of the others, what
// the platform provides, and what nobody has.
//
// It follows ld.so(8) and glibc's elf/dl-load.c, dyld(1), and Microsoft's "Dynamic-link library search order", as far as
// they matter for files that are loaded from memory: the dynamic linker then sees no directories, and matches a needed
// library by the name that an earlier loaded one gives itself.
package dynlink

import (
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/objfile"
)

// A Node is one object file of a program.
type Node struct {
	Path    string // in the program, with slashes; unique
	Format  objfile.Format
	SOName  string
	Needed  []string
	Weak    []string // needed too if they are there
	RunPath []string // as in the file
	Digest  string   // of its bytes, however made: equal ones are the same library; "" is unlike all others
}

// NodeOf returns the Node of an object file.
func NodeOf(name string, f *objfile.File) Node {
	return Node{Path: name, Format: f.Format, SOName: f.SOName, Needed: f.Needed, Weak: f.Weak, RunPath: f.RunPath}
}

// A Link is a needed library that the program has.
type Link struct {
	Library string // as the file needs it: "libfoo.so.1"
	Path    string // of the library in the program
	// Renamed says that the library gives itself another name than Library, or none: a dynamic linker finds it as a file in a
	// directory, but does not take it for Library once it is loaded from memory.
	Renamed bool
}

// A File is what became of one Node.
type File struct {
	Path     string
	Links    []Link   // what the program has, in the order of Node.Needed, then Node.Weak
	Provided []string // what the platform has, in the same order
	Missing  []string // what nobody has, of Node.Needed
}

// A Missing is a library that a file needs and that neither the program nor the platform has.
type Missing struct{ File, Library string }

// A Clash is a SONAME of several different libraries that are all needed. The one that is loaded first serves for all.
type Clash struct {
	SOName string
	Paths  []string // sorted
}

// A Result is what Resolve found. It is the same for the same nodes in any order.
type Result struct {
	Files   []File    // sorted by Path
	Missing []Missing // sorted by File, then as in File.Missing
	// Cycles are libraries that need each other, each sorted, and sorted by their first. They can't be loaded one after the
	// other, as files in memory have to be.
	Cycles  [][]string
	Clashes []Clash // sorted by SOName

	byPath map[string]*File
}

// File returns what became of the file at path, nil when there is none.
func (r *Result) File(path string) *File { return r.byPath[path] }

// Load returns the libraries that have to be loaded before the file at path, each behind those that it needs itself, in
// the order of Links. Of libraries in a cycle the first to be met comes last.
func (r *Result) Load(path string) []string {
	var order []string
	seen := map[string]bool{path: true}
	var visit func(string)
	visit = func(p string) {
		f := r.byPath[p]
		if f == nil {
			return
		}
		for _, l := range f.Links {
			if !seen[l.Path] {
				seen[l.Path] = true
				visit(l.Path)
				order = append(order, l.Path)
			}
		}
	}
	visit(path)
	return order
}

// Resolve joins the files of a program. provided tells which libraries every system of the platform has, by the name
// that a file needs them by; see System. What is provided is never taken from the program: the system's C library is in
// the process before any file of the program is.
func Resolve(nodes []Node, provided func(library string) bool) *Result {
	nodes = slices.Clone(nodes)
	slices.SortFunc(nodes, func(a, b Node) int { return strings.Compare(a.Path, b.Path) })
	t := newTree(nodes)
	r := &Result{Files: make([]File, len(nodes)), byPath: map[string]*File{}}
	for i := range nodes {
		n, f := &nodes[i], &r.Files[i]
		f.Path = n.Path
		r.byPath[n.Path] = f
		for j, library := range append(slices.Clone(n.Needed), n.Weak...) {
			switch l, ok := t.find(n, library); {
			case provided(library):
				f.Provided = append(f.Provided, library)
			case ok && l.Path == n.Path: // itself: it is there when this is asked for
			case ok:
				f.Links = append(f.Links, l)
			case j < len(n.Needed):
				f.Missing = append(f.Missing, library)
				r.Missing = append(r.Missing, Missing{n.Path, library})
			}
		}
	}
	r.Cycles = r.cycles()
	r.Clashes = r.clashes(nodes)
	return r
}

// A tree finds libraries among the files of a program.
type tree struct {
	byPath map[string]*Node
	bySelf map[string][]*Node // by SONAME, or without one by base name; both sorted by path
	byBase map[string][]*Node
}

func newTree(nodes []Node) *tree {
	t := &tree{map[string]*Node{}, map[string][]*Node{}, map[string][]*Node{}}
	for i := range nodes {
		n := &nodes[i]
		t.byPath[fold(n.Format, n.Path)] = n
		self, base := fold(n.Format, n.SOName), fold(n.Format, path.Base(n.Path))
		if self == "" || n.Format != objfile.ELF { // dyld and Windows go by the names of files
			self = base
		}
		t.bySelf[self] = append(t.bySelf[self], n)
		t.byBase[base] = append(t.byBase[base], n)
	}
	return t
}

// fold returns a name as the format's dynamic linker compares it.
func fold(format objfile.Format, name string) string {
	if format == objfile.PE {
		return strings.ToLower(name)
	}
	return name
}

// find returns the library that n needs by a name: the one in a directory of n's own run path, else the one beside n, else
// the first by path.
func (t *tree) find(n *Node, library string) (Link, bool) {
	name := fold(n.Format, library)
	base := path.Base(name)
	if strings.Contains(name, "/") && n.Format == objfile.ELF { // the path of a file, for ld.so too
		found := t.byPath[inside(n, name)]
		return link(library, found), found != nil
	}
	var dirs []string
	switch {
	case strings.HasPrefix(name, "@rpath/"), n.Format == objfile.ELF:
		for _, d := range n.RunPath {
			if d != "" {
				dirs = append(dirs, path.Join(inside(n, d), strings.TrimPrefix(path.Dir(name), "@rpath")))
			}
		}
	case strings.HasPrefix(name, "@"):
		dirs = append(dirs, path.Dir(inside(n, name)))
	}
	for _, dir := range append(dirs, fold(n.Format, path.Dir(n.Path))) {
		if found := t.byPath[path.Join(dir, base)]; found != nil && found.Format == n.Format {
			return link(library, found), true
		}
		for _, m := range t.bySelf[base] {
			if fold(m.Format, path.Dir(m.Path)) == dir && m.Format == n.Format {
				return link(library, m), true
			}
		}
	}
	for _, list := range [][]*Node{t.bySelf[base], t.byBase[base]} {
		for _, m := range list {
			if m.Format == n.Format {
				return link(library, m), true
			}
		}
	}
	return Link{}, false
}

func link(library string, n *Node) Link {
	if n == nil {
		return Link{}
	}
	return Link{Library: library, Path: n.Path, Renamed: n.Format == objfile.ELF && n.SOName != library}
}

// inside returns the path of a name in n that begins with $ORIGIN and the like. Absolute names, which lead out of a program,
// stay; names relative to the current directory become one that no file has.
func inside(n *Node, name string) string {
	for _, origin := range []string{"$ORIGIN", "${ORIGIN}", "@loader_path"} {
		if rest, ok := strings.CutPrefix(name, origin); ok && (rest == "" || rest[0] == '/') {
			return path.Join(path.Dir(n.Path), rest)
		}
	}
	if !path.IsAbs(name) {
		return "/\x00"
	}
	return path.Clean(name)
}

// clashes returns the SONAMEs that several linked libraries give themselves.
func (r *Result) clashes(nodes []Node) []Clash {
	linked := map[string]bool{}
	for _, f := range r.Files {
		for _, l := range f.Links {
			linked[l.Path] = true
		}
	}
	digests, paths := map[string][]string{}, map[string][]string{}
	for _, n := range nodes {
		if n.SOName == "" || n.Format != objfile.ELF || !linked[n.Path] || n.Digest != "" && slices.Contains(digests[n.SOName], n.Digest) {
			continue
		}
		digests[n.SOName] = append(digests[n.SOName], n.Digest)
		paths[n.SOName] = append(paths[n.SOName], n.Path)
	}
	var all []Clash
	for soname, list := range paths {
		if len(list) > 1 {
			all = append(all, Clash{soname, list})
		}
	}
	slices.SortFunc(all, func(a, b Clash) int { return strings.Compare(a.SOName, b.SOName) })
	return all
}
