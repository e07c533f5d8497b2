package graph

import "github.com/oxgen/oxgen/pyc"

// Reach finds out what is within reach of the roots. Imports that never run in a program are not followed, nor those that
// run when a module is __main__, but for the modules that a program may run: its own.
//
// The chains start at the modules that run, as far as these lead; then at the user's own sources, and so on in the order of
// the kinds of roots. What the interpreter imports by itself hangs on builtins, and is there whoever else imports builtins. Within one kind they are the shortest, and of several those whose importers come first by name.
func (g *Graph) Reach() {
	n := len(g.Nodes)
	g.depth, g.root, g.via = make([]int, n), make([]int, n), make([]int, n)
	for i := range n {
		g.depth[i], g.root[i], g.via[i] = -1, -1, -1
	}
	runs := map[string]bool{}
	for _, r := range g.Roots {
		runs[r.Module] = runs[r.Module] || r.Kind == RootRun
	}
	for _, kind := range rootKinds {
		var todo []int
		for r, root := range g.Roots {
			if i := g.index[root.Module]; root.Kind == kind && g.depth[i] < 0 {
				g.depth[i], g.root[i] = 0, r
				todo = append(todo, i)
			}
		}
		for len(todo) > 0 {
			i := todo[0]
			todo = todo[1:]
			main := g.Nodes[i].own || runs[g.Nodes[i].Name]
			for _, e := range g.out[i] {
				to := g.index[g.Edges[e].To]
				if g.depth[to] >= 0 || !follows(g.Edges[e].Context, main) || g.Edges[e].To == "builtins" {
					continue
				}
				g.depth[to], g.root[to], g.via[to] = g.depth[i]+1, g.root[i], e
				todo = append(todo, to)
			}
		}
	}
}

func follows(c pyc.Context, main bool) bool { return !c.Never() && (main || c&pyc.AsMain == 0) }

// Reached tells whether a module is within reach of the roots.
func (g *Graph) Reached(name string) bool {
	i, ok := g.index[name]
	return ok && g.depth[i] >= 0
}

// ImportedWith returns the names, and those of the modules that are imported together with them: by statements that run, or may run, when
// the modules are imported.
func (g *Graph) ImportedWith(names ...string) map[string]bool {
	found := map[string]bool{}
	for todo := names; len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		if found[name] {
			continue
		}
		found[name] = true
		if i, ok := g.index[name]; ok {
			for _, e := range g.out[i] {
				if c := g.Edges[e].Context; !c.Never() && c&(pyc.InFunction|pyc.AsMain) == 0 {
					todo = append(todo, g.Edges[e].To)
				}
			}
		}
	}
	return found
}

// A Chain is how a module is reached: the root, and the imports from there on. One of a root has no edges.
type Chain struct {
	Root  Root   `json:"root"`
	Edges []Edge `json:"edges"`
}

// Why returns the chain that leads to a module; ok is false for one out of reach.
func (g *Graph) Why(name string) (c Chain, ok bool) {
	if !g.Reached(name) {
		return Chain{}, false
	}
	i := g.index[name]
	c.Root = g.Roots[g.root[i]]
	for g.via[i] >= 0 {
		e := g.Edges[g.via[i]]
		c.Edges = append(c.Edges, e)
		i = g.index[e.From]
	}
	for a, b := 0, len(c.Edges)-1; a < b; a, b = a+1, b-1 {
		c.Edges[a], c.Edges[b] = c.Edges[b], c.Edges[a]
	}
	return c, true
}
