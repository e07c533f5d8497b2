package dynlink

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/objfile"
)

// A Node is an object file of the program.
type Node struct {
	Path string // slash path in the program, unique
	File *objfile.File
}

// A Link is what a node is linked with directly.
type Link struct {
	Node    Node
	Name    string   // by which others are linked with it: its SONAME; "" when that is the name of its file
	Needs   []string // paths of the nodes that it is linked with, in the order of the file
	System  []string // names of the libraries that the target has, in that order
	Missing []string // names of the libraries that nobody has, in that order
}

// A Graph is the outcome of Resolve.
type Graph struct {
	Links  []Link     // by Path
	Cycles [][]string // paths of nodes that need each other in a ring, each ring once; memory has no place to load them from
	Twins  [][]string // paths of libraries of one name of which one is loaded: by whichever is loaded first
}

// Resolve finds the libraries that nodes are linked with. provides tells whether the target has a library of a name; one
// that it has is not looked for among the nodes. The outcome does not depend on the order of the nodes.
func Resolve(nodes []Node, provides func(name string) bool) *Graph {
	nodes = slices.SortedFunc(slices.Values(nodes), func(a, b Node) int { return strings.Compare(a.Path, b.Path) })
	r := &resolver{byName: map[string][]Node{}, wanted: map[string]bool{}, byFile: map[string]bool{}, provides: provides}
	for _, n := range nodes {
		for _, name := range namesOf(n) {
			r.byName[name] = append(r.byName[name], n)
		}
	}
	g := &Graph{}
	for _, n := range nodes {
		g.Links = append(g.Links, r.link(n))
	}
	for i := range g.Links {
		if l := &g.Links[i]; !r.byFile[l.Node.Path] {
			l.Name = l.Node.File.SOName
		}
	}
	g.Cycles = cycles(g.Links)
	for _, name := range sortedKeys(r.byName) {
		if list := r.byName[name]; len(list) > 1 && r.wanted[name] {
			g.Twins = append(g.Twins, paths(list))
		}
	}
	return g
}

// namesOf returns the names by which others can be linked with a node: its SONAME, and the name of its file.
func namesOf(n Node) []string {
	base := path.Base(n.Path)
	if n.File.SOName == "" || n.File.SOName == base {
		return []string{base}
	}
	return []string{n.File.SOName, base}
}

type resolver struct {
	byName   map[string][]Node // sorted by path
	wanted   map[string]bool   // names that somebody is linked with
	byFile   map[string]bool   // paths of nodes that somebody is linked with by the name of the file, which is not the SONAME
	provides func(string) bool
}

func (r *resolver) link(n Node) Link {
	l := Link{Node: n}
	for _, need := range n.File.Needed {
		name := path.Base(need) // one with a slash is a path on the machine that it was linked on
		r.wanted[name] = true
		switch found, ok := r.find(n, name); {
		case r.provides(name):
			l.System = append(l.System, name)
		case !ok:
			l.Missing = append(l.Missing, name)
		case found.Path != n.Path:
			if found.File.SOName != name {
				r.byFile[found.Path] = true
			}
			l.Needs = append(l.Needs, found.Path)
		}
	}
	return l
}

// find returns the library called name that a node is linked with: the one in a directory of the node's run path, else one
// with that SONAME, else one with that file name.
func (r *resolver) find(n Node, name string) (Node, bool) {
	list := r.byName[name]
	if len(list) == 0 {
		return Node{}, false
	}
	dirs := runPath(n)
	return slices.MinFunc(list, func(a, b Node) int {
		return cmp.Or(
			cmp.Compare(place(dirs, a), place(dirs, b)),
			cmp.Compare(alias(a, name), alias(b, name)),
			strings.Compare(a.Path, b.Path),
		)
	}), true
}

// place returns where in a run path the directory of a library stands, and behind all where it does not.
func place(dirs []string, n Node) int {
	if i := slices.Index(dirs, path.Dir(n.Path)); i >= 0 {
		return i
	}
	return len(dirs)
}

// alias returns 1 for a library that has another SONAME than name.
func alias(n Node, name string) int {
	if n.File.SOName == name || n.File.SOName == "" {
		return 0
	}
	return 1
}

// runPath returns the directories of a node's run path that lie in the program: those that begin with $ORIGIN.
func runPath(n Node) []string {
	var dirs []string
	for _, dir := range n.File.RunPath {
		for _, origin := range []string{"$ORIGIN", "${ORIGIN}", "@loader_path"} {
			if rest, ok := strings.CutPrefix(dir, origin); ok && (rest == "" || rest[0] == '/') {
				dirs = append(dirs, path.Join(path.Dir(n.Path), rest))
			}
		}
	}
	return dirs
}

// cycles returns the rings in which nodes need each other, each from its first path on.
func cycles(links []Link) [][]string {
	needs := make(map[string][]string, len(links))
	for _, l := range links {
		needs[l.Node.Path] = l.Needs
	}
	var rings [][]string
	var way []string
	done := map[string]bool{}
	var visit func(at string)
	visit = func(at string) {
		if i := slices.Index(way, at); i >= 0 {
			rings = append(rings, slices.Clone(way[i:]))
			return
		}
		if done[at] {
			return
		}
		way = append(way, at)
		for _, next := range needs[at] {
			visit(next)
		}
		way = way[:len(way)-1]
		done[at] = true
	}
	for _, l := range links {
		visit(l.Node.Path)
	}
	return rings
}

func paths(nodes []Node) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = n.Path
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
