package report

// Data is all that a page shows. What there are many of is kept short: lists instead of objects, numbers instead of names.
type Data struct {
	Name  string  `json:"name"`
	Facts []Fact  `json:"facts"`          // in the order in which they are shown
	Size  int64   `json:"size,omitempty"` // of the executable; 0 without one
	Kinds []Total `json:"kinds"`          // of files of the program, by name

	Distributions []Distribution `json:"distributions"` // that files belong to, by name
	Files         []File         `json:"files"`         // in the order of the program
	Other         []Other        `json:"other"`         // what is in the executable and no file of the program

	Components []Component `json:"components"` // those inside of others behind these
	Natives    []Native    `json:"natives"`    // by path
	Systems    []System    `json:"systems"`    // what the targets must have, in their order
	Verdicts   []Total     `json:"verdicts"`   // of the files of the inputs, by name
	Left       []Left      `json:"left"`       // files that are not in the program, or not as one might think; in the order of the inputs
	LeftOut    int         `json:"leftOut"`    // how many more there are than Left has

	Imports *Imports `json:"imports,omitempty"` // nil when they are not known
}

// A Fact is a line of the head.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Total is a number of files, and what they take.
type Total struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Size  int    `json:"size,omitempty"` // in bytes
}

// A Distribution is a group of files.
type Distribution struct {
	Name    string `json:"name"` // as people write it
	Version string `json:"version,omitempty"`
	Licence string `json:"licence,omitempty"`
}

// A File is [name, kind, distribution, size]: the dotted name of a module or the path of another file; kind is the index in
// Kinds, distribution that in Distributions; the size is in bytes, as stored.
type File [4]any

// An Other is a part of the executable that is no file of the program.
type Other struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// A Component is one of the bill of materials.
type Component struct {
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Depth    int    `json:"depth,omitempty"` // 0 for one of the program's, 1 for one inside of it, and so on
	Kind     string `json:"kind"`            // "Python", "library of CPython", "distribution", "vendored", "Go module"
	Licence  string `json:"licence,omitempty"`
	From     string `json:"from,omitempty"`   // where the licence was found
	Stated   string `json:"stated,omitempty"` // what the metadata say where that is no licence's name
	PURL     string `json:"purl,omitempty"`
	Summary  string `json:"summary,omitempty"`
	Homepage string `json:"homepage,omitempty"` // an address of the web
}

// A Native is machine code of the program.
type Native struct {
	Path         string   `json:"path"`
	Distribution int      `json:"distribution"` // in Distributions; -1 for none
	Size         int      `json:"size"`
	SOName       string   `json:"soname,omitempty"`
	Needs        []string `json:"needs,omitempty"`
	Glibc        string   `json:"glibc,omitempty"`  // "GLIBC_2.17 …"; "" for what needs none
	Oldest       string   `json:"oldest,omitempty"` // the oldest systems that it runs on
	Tag          string   `json:"tag,omitempty"`    // of manylinux
}

// A System says which GNU/Linux systems a target's program runs on.
type System struct {
	Target   string `json:"target"`
	Versions string `json:"versions"`
	Oldest   string `json:"oldest"`
}

// A Left is a file that became something else than it seems to be.
type Left struct {
	Origin  string `json:"origin"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason,omitempty"`
}

// Imports is the graph of imports.
type Imports struct {
	Nodes   []Node    `json:"nodes"`   // by name
	Edges   []Edge    `json:"edges"`   // by importer, line, imported
	Kinds   []string  `json:"kinds"`   // of edges and nodes
	Whens   []string  `json:"whens"`   // circumstances of imports; the first is ""
	Missing []Missing `json:"missing"` // by name
}

// A Node is [name, kind, distribution, size, file, via, root]: kind is the index in Kinds, distribution that in Distributions
// or -1, via that of the edge that leads to the module on the shortest chain, or -1; root says why a module without via is
// there, "" for one that nothing leads to.
type Node [7]any

// An Edge is [from, to, kind, line, when]: indexes of nodes, in Kinds and in Whens; the line is 0 when there is none.
type Edge [5]int

// A Missing is a module that is imported and is nowhere.
type Missing struct {
	Name      string     `json:"name"`
	Optional  bool       `json:"optional,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Importers []Importer `json:"importers"`
}

// An Importer is a place that imports a missing module.
type Importer struct {
	Node int `json:"node"` // -1 for none
	Line int `json:"line,omitempty"`
	When int `json:"when,omitempty"` // in Whens
}
