package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/hooks"
)

// Build makes the graph of a program. Its only error is that of ctx.
func Build(ctx context.Context, in Input) (*Graph, error) {
	b := &builder{Graph: &Graph{}, in: &in}
	b.addNodes()
	found, err := scan(ctx, &in, func(name string) bool { _, ok := b.index[name]; return ok })
	if err != nil {
		return nil, err
	}
	b.applyHooks()
	b.addAll(found)
	for i := range found {
		b.addRefs(&in.Modules[i], &found[i])
		b.addEntryPoints(&in.Modules[i], found[i].Groups)
	}
	b.addParents()
	b.addHooks()
	b.finish()
	return b.Graph, nil
}

type builder struct {
	*Graph
	in      *Input
	rules   []rule
	virtual []string
	ignored map[string][]string // importer → patterns
}

// A rule is what a hook says of one module of the program.
type rule struct {
	*hooks.Module
	hook   string
	module string
	prefix string // of a package that is carried along by another: "pip._vendor."
}

func (b *builder) addNodes() {
	seen := map[string]bool{}
	add := func(n Node) {
		if !seen[n.Name] {
			seen[n.Name] = true
			b.Nodes = append(b.Nodes, n)
		}
	}
	for i := range b.in.Modules {
		m := &b.in.Modules[i]
		n := Node{Name: m.Name, Kind: NodeModule, File: m.File, Path: m.Path, Distribution: m.Distribution, Size: m.Size, own: m.Own}
		switch {
		case m.Extension:
			n.Kind = NodeExtension
		case m.Package:
			n.Kind = NodePackage
		}
		add(n)
	}
	for _, name := range slices.Concat(b.in.Builtin, []string{"__main__", "_frozen_importlib", "_frozen_importlib_external", "_oxgen", "_oxgen_importer", "builtins", "sys"}) {
		add(Node{Name: name, Kind: NodeBuiltin})
	}
	for i := range b.in.Modules {
		if !strings.Contains(b.in.Modules[i].Name, " ") { // a script
			for name := parentOf(b.in.Modules[i].Name); name != ""; name = parentOf(name) {
				add(Node{Name: name, Kind: NodeNamespace})
			}
		}
	}
	slices.SortFunc(b.Nodes, func(x, y Node) int { return strings.Compare(x.Name, y.Name) })
	b.index = make(map[string]int, len(b.Nodes))
	for i, n := range b.Nodes {
		b.index[n.Name] = i
	}
}

// addAll notes what every module's __all__ says, before star imports ask for it.
func (b *builder) addAll(found []scanned) {
	for i := range found {
		n := &b.Nodes[b.index[b.in.Modules[i].Name]]
		n.all, n.Unread = found[i].All, found[i].Unread
		b.Computed = append(b.Computed, found[i].Computed...)
	}
}

func (b *builder) addRefs(m *Module, s *scanned) {
	for i := range s.Refs {
		b.addRef(m, &s.Refs[i])
	}
	for _, name := range s.Strings {
		b.edge(Edge{From: m.Name, To: name, Kind: EdgeNative})
	}
}

// addRef makes edges of one reference.
func (b *builder) addRef(m *Module, r *ref) {
	name, ok := r.resolve(m)
	if !ok {
		return // beyond the top: python raises an error
	}
	e := Edge{From: m.Name, Kind: EdgeImport, Line: r.Line, Context: r.Context}
	switch {
	case r.Builtin:
		e.Kind, e.Why = EdgeBuiltin, r.Call
	case r.Call != "":
		e.Kind, e.Why = EdgeCall, r.Call
	}
	if _, known := b.index[name]; !known {
		b.unmet(name, e)
		return
	}
	e.To = name
	b.edge(e)
	for _, part := range r.From {
		below, taken := []string{part}, e
		if part == "*" {
			below, taken.Kind, taken.Why = b.Nodes[b.index[name]].all, EdgeStar, ""
		}
		for _, part := range below {
			if taken.To = name + "." + part; b.has(taken.To) {
				b.edge(taken)
			}
		}
	}
}

func (b *builder) has(name string) bool {
	_, ok := b.index[name]
	return ok
}

// resolve returns the full name that a reference means (PEP 328, importlib._bootstrap._resolve_name).
func (r *ref) resolve(m *Module) (string, bool) {
	if r.Level == 0 {
		return r.Name, r.Name != ""
	}
	base := r.Pkg
	if base == "" {
		if base = m.Name; !m.Package {
			base = parentOf(base)
		}
	}
	for range r.Level - 1 {
		base = parentOf(base)
	}
	if base == "" {
		return "", false
	}
	if r.Name == "" {
		return base, true
	}
	return base + "." + r.Name, true
}

// unmet notes an import of what is not there. The parts of the name that are there are imported.
func (b *builder) unmet(name string, e Edge) {
	for _, pattern := range b.virtual {
		if hooks.Match(pattern, name) {
			e.To = parentOf(name)
			for e.To != "" && !b.has(e.To) {
				e.To = parentOf(e.To)
			}
			if e.To != "" {
				b.edge(e)
			}
			return
		}
	}
	for part := parentOf(name); part != ""; part = parentOf(part) {
		if b.has(part) {
			e.To = part
			b.edge(e)
			break
		}
	}
	e.When = e.Context.Names()
	b.Unmet = append(b.Unmet, Unmet{Module: name, Edge: e})
}

func (b *builder) edge(e Edge) {
	if e.From == e.To {
		return
	}
	for _, pattern := range b.ignored[e.From] {
		if e.Kind != EdgeHook && hooks.Match(pattern, e.To) {
			return
		}
	}
	e.When = e.Context.Names()
	b.Edges = append(b.Edges, e)
}

// addParents lets every module import the package that it lies in, as importing it does.
func (b *builder) addParents() {
	for _, n := range b.Nodes {
		if parent := parentOf(n.Name); parent != "" && b.has(parent) {
			b.Edges = append(b.Edges, Edge{From: n.Name, To: parent, Kind: EdgeParent})
		}
	}
}

// vendored are the names of packages that others are carried along in.
var vendored = []string{"._vendor.", "._vendored.", ".vendor.", ".vendored.", ".packages.", "._vendored_packages."}

// applyHooks finds the rules that count in this program.
func (b *builder) applyHooks() {
	b.ignored = map[string][]string{}
	has := func(c string) bool { return slices.Contains(b.in.Conditions, c) }
	for h := range b.in.Hooks {
		hook := &b.in.Hooks[h]
		version := b.in.Distributions[hook.Distribution]
		for i := range hook.Modules {
			m := &hook.Modules[i]
			if !m.Applies(version, has) {
				continue
			}
			before := len(b.rules)
			if b.bind(m, hook.Name); len(b.rules) > before {
				b.noteHook(hook, m)
			}
		}
	}
}

// noteHook keeps what counts of a hook.
func (b *builder) noteHook(hook *hooks.Hook, m *hooks.Module) {
	if n := len(b.Hooks); n == 0 || b.Hooks[n-1].Name != hook.Name {
		b.Hooks = append(b.Hooks, hooks.Hook{Name: hook.Name, Distribution: hook.Distribution})
	}
	bare := *m
	bare.When, bare.Versions = "", ""
	last := &b.Hooks[len(b.Hooks)-1]
	last.Modules = append(last.Modules, bare)
}

// bind looks up the modules that a rule is about.
func (b *builder) bind(m *hooks.Module, hook string) {
	pattern := strings.ContainsAny(m.Name, "*?[")
	for i := range b.Nodes {
		name, prefix := b.Nodes[i].Name, ""
		if !pattern && !strings.HasSuffix(name, m.Name) {
			continue
		}
		for _, v := range vendored {
			if at := strings.LastIndex(name, v); at >= 0 && at+len(v) > len(prefix) {
				prefix = name[:at+len(v)]
			}
		}
		switch {
		case hooks.Match(m.Name, name):
			prefix = ""
		case prefix == "" || !hooks.Match(m.Name, name[len(prefix):]):
			continue
		}
		b.rules = append(b.rules, rule{m, hook, name, prefix})
		for _, p := range m.Virtual {
			b.virtual = append(b.virtual, prefix+p)
		}
		for _, p := range m.Ignore {
			b.ignored[name] = append(b.ignored[name], p, prefix+p)
		}
		keep := func(list []string, to *[]Keep, separator string) {
			for _, p := range list {
				*to = append(*to, Keep{Module: name, Pattern: strings.ReplaceAll(prefix, ".", separator) + p, Hook: hook})
			}
		}
		keep(m.Data, &b.Data, "/")
		keep(m.Extract, &b.Extract, ".")
	}
}

// addHooks makes edges of the rules.
func (b *builder) addHooks() {
	for _, r := range b.rules {
		for _, pattern := range r.Imports {
			found := false
			if r.prefix != "" {
				found = b.hookEdges(r, r.prefix+pattern)
			}
			if !found {
				b.hookEdges(r, pattern)
			}
		}
	}
}

func (b *builder) hookEdges(r rule, pattern string) bool {
	found := false
	for _, name := range b.matching(pattern) {
		if name != pattern && isTest(name) && !isTest(pattern) {
			continue
		}
		found = true
		b.edge(Edge{From: r.module, To: name, Kind: EdgeHook, Why: r.hook})
	}
	return found
}

// isTest tells whether a module is one of a package's tests, which no pattern of a hook means.
func isTest(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		switch part {
		case "test", "tests", "conftest", "_examples":
			return true
		}
	}
	return false
}

// matching returns the modules that a pattern means, sorted.
func (b *builder) matching(pattern string) []string {
	if !strings.ContainsAny(pattern, "*?[") {
		if b.has(pattern) {
			return []string{pattern}
		}
		return nil
	}
	var names []string
	for _, n := range b.Nodes {
		if hooks.Match(pattern, n.Name) && !strings.Contains(n.Name, " ") {
			names = append(names, n.Name)
		}
	}
	return names
}

// addEntryPoints lets a module that has the name of a group as a string import what the entry points of the group name: whoever
// looks the group up has the name from there.
func (b *builder) addEntryPoints(m *Module, groups []string) {
	for _, group := range groups {
		for _, p := range b.in.EntryPoints {
			if p.Group == group && b.has(p.Module) {
				b.edge(Edge{From: m.Name, To: p.Module, Kind: EdgeEntryPoint, Why: p.Group + ": " + p.Name})
			}
		}
	}
}

// finish sorts everything and finds the roots.
func (b *builder) finish() {
	slices.SortFunc(b.Edges, compareEdges)
	b.Edges = slices.CompactFunc(b.Edges, func(x, y Edge) bool { return compareEdges(x, y) == 0 })
	b.out, b.Graph.in = make([][]int, len(b.Nodes)), make([][]int, len(b.Nodes))
	for i, e := range b.Edges {
		from, to := b.index[e.From], b.index[e.To]
		b.out[from] = append(b.out[from], i)
		b.Graph.in[to] = append(b.Graph.in[to], i)
	}
	slices.SortFunc(b.Unmet, func(x, y Unmet) int {
		return cmp.Or(strings.Compare(x.Module, y.Module), compareEdges(x.Edge, y.Edge))
	})
	b.Unmet = slices.CompactFunc(b.Unmet, func(x, y Unmet) bool { return x.Module == y.Module && compareEdges(x.Edge, y.Edge) == 0 })
	slices.SortStableFunc(b.Computed, func(x, y Computed) int {
		return cmp.Or(strings.Compare(x.From, y.From), x.Line-y.Line)
	})
	for _, r := range b.in.Roots {
		for _, name := range b.matching(r.Module) {
			b.Roots = append(b.Roots, Root{Module: name, Kind: r.Kind, Why: r.Why})
		}
	}
	slices.SortStableFunc(b.Roots, func(x, y Root) int {
		return cmp.Or(slices.Index(rootKinds, x.Kind)-slices.Index(rootKinds, y.Kind), strings.Compare(x.Module, y.Module))
	})
	b.Reach()
}

func compareEdges(x, y Edge) int {
	return cmp.Or(strings.Compare(x.From, y.From), x.Line-y.Line, strings.Compare(x.To, y.To),
		strings.Compare(string(x.Kind), string(y.Kind)), int(x.Context)-int(y.Context), strings.Compare(x.Why, y.Why))
}
