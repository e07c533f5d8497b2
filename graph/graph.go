// Package graph knows which module of a program imports which, and why a module is in a program.
//
// [Build] reads the bytecode of all modules, several at once, and joins what it says with what hooks say of names that
// programs compute. [Graph.Reach] says what is within reach of the roots, [Graph.Why] by which chain a module came in, and
// [Graph.Missing] which imports nobody satisfies.
//
// A graph is the same for the same input, whatever the number of goroutines: nodes are sorted by name, edges by importer,
// line, and imported. Of a module's code nothing is kept but its imports, so that a graph of ten thousand modules takes some
// dozen megabytes.
//
// What is no import by any of the known ways is not in the graph: names that a program computes (they are in
// [Graph.Computed]), code in strings, what other processes import.
package graph

import (
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/pyc"
)

// A Module is one module of a program, as Build is given it.
type Module struct {
	Name         string // dotted; that of a script is none that can be imported
	Package      bool   // what is below it may be imported
	File         string // what messages call its source, as "app/util.py"; "" for one without
	Path         string // below the virtual root
	Distribution string // normalised; "python" for the standard library, "" when unknown
	Own          bool   // it is among the user's own sources: it is whole, and runs as __main__ perhaps
	Code         []byte // the marshalled code object; nil for a module without
	Native       []byte // contents of an extension module, in which names of modules are looked for; nil to leave that
	Extension    bool
	Size         int // in the program, in bytes
}

// An Input is what a graph is made of.
type Input struct {
	Version       pyc.Version
	GOOS          string   // of the target
	Modules       []Module // in any order, names unique
	Builtin       []string // modules inside of the interpreter
	Roots         []Root   // in any order
	Hooks         []hooks.Hook
	EntryPoints   []EntryPoint
	Distributions map[string]string // normalised name → version
	Conditions    []string          // those of hooks.Module.When that are true
	Jobs          int               // goroutines; 0 is GOMAXPROCS
	CacheDir      string            // what modules say is kept below it; "" is no cache
}

// A Root is a module that is in the program whether it is imported or not. Its kind is one of the constants below.
type Root = manifest.Root

// The kinds of roots, those first that explain most.
const (
	RootRun     = "run"         // the program runs it
	RootSource  = "source"      // it is among the user's own sources
	RootInclude = "include"     // the configuration asks for it
	RootTrace   = "trace"       // a traced run has used it
	RootStart   = "interpreter" // the interpreter or oxgen's importer needs it
)

var rootKinds = []string{RootRun, RootSource, RootInclude, RootTrace, RootStart}

// An EntryPoint is one of a distribution's that a program can look up by importlib.metadata.
type EntryPoint = manifest.EntryPoint

// A NodeKind says what a node is.
type NodeKind string

// The kinds of nodes.
const (
	NodeModule    NodeKind = "module"
	NodePackage   NodeKind = "package"
	NodeNamespace NodeKind = "namespace" // a package without code of its own (PEP 420)
	NodeExtension NodeKind = "extension"
	NodeBuiltin   NodeKind = "built-in" // inside of the interpreter
)

// A Node is a module.
type Node struct {
	Name         string   `json:"name"`
	Kind         NodeKind `json:"kind"`
	File         string   `json:"file,omitempty"`
	Path         string   `json:"path,omitempty"`
	Distribution string   `json:"distribution,omitempty"`
	Size         int      `json:"size,omitempty"`
	Unread       bool     `json:"unread,omitempty"` // it has no bytecode that could be read: what it imports is unknown

	own bool
	all []string
}

// An EdgeKind says by what a module imports another.
type EdgeKind string

// The kinds of edges.
const (
	EdgeImport     EdgeKind = "import"       // a statement
	EdgeStar       EdgeKind = "star"         // from x import *, by the __all__ of x
	EdgeCall       EdgeKind = "call"         // importlib.import_module and the like, with a literal
	EdgeParent     EdgeKind = "parent"       // a package, before what is below it
	EdgeHook       EdgeKind = "hook"         // a hook says so
	EdgeEntryPoint EdgeKind = "entry point"  // by importlib.metadata: the importer has the name of the group
	EdgeNative     EdgeKind = "machine code" // an extension module holds the name
	EdgeBuiltin    EdgeKind = "built-in"     // a function that imports: breakpoint, help
)

// An Edge says that one module imports another.
type Edge struct {
	From    string      `json:"from"`
	To      string      `json:"to"`
	Kind    EdgeKind    `json:"kind"`
	Line    int         `json:"line,omitempty"` // in the importer's source, from 1; 0 when there is none
	Context pyc.Context `json:"-"`
	When    []string    `json:"when,omitempty"` // the names of Context; nil for an import that always runs
	Why     string      `json:"why,omitempty"`  // the hook, the entry point or the function
}

// An Unmet is an import of what is neither in the program nor in the interpreter.
type Unmet struct {
	Module string `json:"module"` // in full
	Edge          // To is the longest part of the name that there is, "" for none
}

// A Computed is an import of a name that the program computes.
type Computed struct {
	From string   `json:"from"`
	Line int      `json:"line"`
	Call string   `json:"call"`
	When []string `json:"when,omitempty"`
}

// A Graph is what Build has made. It is not changed afterwards, but by Reach.
type Graph struct {
	Nodes    []Node       // by name
	Edges    []Edge       // by importer, line, imported
	Roots    []Root       // patterns expanded, by kind and module
	Unmet    []Unmet      // by module, importer, line
	Computed []Computed   // by importer, line
	Data     []Keep       // files that hooks bind to modules
	Extract  []Keep       // packages that hooks say need real files
	Hooks    []hooks.Hook // what of the hooks counts in this program, without conditions; by name

	index map[string]int
	out   [][]int // edges of each node, by importer
	in    [][]int // by imported
	depth []int   // set by Reach: imports from the nearest root; -1 out of reach
	root  []int   // set by Reach: the root that it was reached from
	via   []int   // set by Reach: the edge by which; -1 for a root
}

// A Keep is a pattern of files, or of packages, that goes with a module.
type Keep struct {
	Module  string `json:"module"`
	Pattern string `json:"pattern"`
	Hook    string `json:"hook"`
}

// Node returns the node of a module.
func (g *Graph) Node(name string) (*Node, bool) {
	i, ok := g.index[name]
	if !ok {
		return nil, false
	}
	return &g.Nodes[i], true
}

// Importers returns the edges that lead to a module, those that always run first, then by importer and line.
func (g *Graph) Importers(name string) []Edge {
	edges := g.edges(g.in, name)
	slices.SortStableFunc(edges, func(a, b Edge) int { return int(a.Context) - int(b.Context) })
	return edges
}

// Imports returns the edges that start at a module, by line.
func (g *Graph) Imports(name string) []Edge { return g.edges(g.out, name) }

// edges returns those of a module in a list of places for each node; nil for a module that is not there.
func (g *Graph) edges(places [][]int, name string) []Edge {
	i, ok := g.index[name]
	if !ok {
		return nil
	}
	edges := make([]Edge, 0, len(places[i]))
	for _, e := range places[i] {
		edges = append(edges, g.Edges[e])
	}
	return edges
}

func parentOf(name string) string {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return name[:dot]
	}
	return ""
}
