package dynlink

import (
	"slices"
	"strings"
)

// cycles returns the strongly connected components of more than one file, by Tarjan's algorithm.
func (r *Result) cycles() [][]string {
	c := &components{result: r, index: map[string]int{}, low: map[string]int{}, open: map[string]bool{}}
	for _, f := range r.Files {
		if _, seen := c.index[f.Path]; !seen {
			c.visit(f.Path)
		}
	}
	slices.SortFunc(c.found, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return c.found
}

// components is the state of Tarjan's algorithm.
type components struct {
	result *Result
	index  map[string]int // of files in the order in which they were met
	low    map[string]int // lowest index that a file leads back to
	stack  []string
	open   map[string]bool // on the stack
	found  [][]string
}

func (c *components) visit(path string) {
	c.index[path] = len(c.index)
	c.low[path] = c.index[path]
	c.stack = append(c.stack, path)
	c.open[path] = true
	for _, l := range c.result.byPath[path].Links {
		if _, seen := c.index[l.Path]; !seen {
			c.visit(l.Path)
			c.low[path] = min(c.low[path], c.low[l.Path])
		} else if c.open[l.Path] {
			c.low[path] = min(c.low[path], c.index[l.Path])
		}
	}
	if c.low[path] != c.index[path] {
		return
	}
	at := slices.Index(c.stack, path)
	component := slices.Clone(c.stack[at:])
	c.stack = c.stack[:at]
	for _, p := range component {
		delete(c.open, p)
	}
	if len(component) > 1 {
		slices.Sort(component)
		c.found = append(c.found, component)
	}
}
