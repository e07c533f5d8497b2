package report

import (
	"strings"

	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/manifest"
)

// An index numbers texts in the order in which they come.
type index struct {
	list []string
	at   map[string]int
}

func newIndex(first ...string) *index {
	x := &index{at: map[string]int{}}
	for _, s := range first {
		x.of(s)
	}
	return x
}

func (x *index) of(text string) int {
	i, ok := x.at[text]
	if !ok {
		i = len(x.list)
		x.at[text] = i
		x.list = append(x.list, text)
	}
	return i
}

// imports takes over the graph of imports.
func (c *collecting) imports() {
	g := c.Graph
	kinds, whens := newIndex(), newIndex("")
	nodes := make(map[string]int, len(g.Nodes))
	for i := range g.Nodes {
		nodes[g.Nodes[i].Name] = i
	}
	type place struct {
		from, to int
		line     int
		kind     graph.EdgeKind
	}
	edges := map[place]int{}
	m := &Imports{}
	for _, e := range g.Edges {
		at := place{nodes[e.From], nodes[e.To], e.Line, e.Kind}
		if _, twice := edges[at]; twice {
			continue
		}
		edges[at] = len(m.Edges)
		m.Edges = append(m.Edges, Edge{at.from, at.to, kinds.of(string(e.Kind)), e.Line, whens.of(strings.Join(e.When, ", "))})
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		via, root := -1, ""
		if chain, ok := g.Why(n.Name); ok {
			if last := len(chain.Edges) - 1; last >= 0 {
				e := chain.Edges[last]
				via = edges[place{nodes[e.From], nodes[e.To], e.Line, e.Kind}]
			} else {
				root = rootText(chain.Root)
			}
		}
		dist, ok := c.dists[n.Distribution]
		if !ok {
			dist = -1
		}
		name := n.Name
		if path, ok := manifest.ScriptPath(name); ok {
			name = path
		}
		m.Nodes = append(m.Nodes, Node{name, kinds.of(string(n.Kind)), dist, n.Size, n.File, via, root})
	}
	for _, x := range g.Missing() {
		missing := Missing{Name: x.Module, Optional: x.Optional, Reason: x.Reason}
		for _, e := range x.Importers {
			missing.Importers = append(missing.Importers, Importer{nodes[e.From], e.Line, whens.of(strings.Join(e.When, ", "))})
		}
		m.Missing = append(m.Missing, missing)
	}
	m.Kinds, m.Whens = kinds.list, whens.list
	c.data.Imports = m
}

// rootText says why a root is in the program.
func rootText(r graph.Root) string {
	text := map[string]string{
		graph.RootRun: "the program runs it", graph.RootSource: "it is among the program's own sources",
		graph.RootInclude: "the configuration asks for it", graph.RootTrace: "a traced run has used it", graph.RootStart: "the interpreter needs it",
	}[r.Kind]
	if text == "" {
		text = r.Kind
	}
	if r.Why != "" {
		text += " (" + r.Why + ")"
	}
	return text
}
