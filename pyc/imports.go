package pyc

import (
	"iter"
	"slices"
)

// An Import is one import statement of a code object, or a call that imports a module whose name is a literal.
type Import struct {
	Name    string   // the module: "os.path"; "" in "from . import x"
	Level   int      // leading dots, 0 for an absolute import
	From    []string // names that are taken from the module, "*" for all; nil in "import x"
	In      *Code    // where it is; a statement in a function runs when the function does
	Line    int      // from 1; 0 when the code does not say
	Context Context  // when it runs

	Call    string // for a call what is called: "import_module", "__import__", "find_spec"; "" for a statement
	Package string // for a relative call with a literal package; "" is the module's own
}

// Imports is what a module's code says of other modules.
type Imports struct {
	List     []Import     // in the order of the code, each function after the code that holds it
	Computed []Computed   // imports of a name that is not written in the code, in the same order
	Builtins []BuiltinUse // uses of built-in functions that import modules, in the same order
	All      []string     // what the module's __all__ lists by literals; nil when it has none; sorted
}

// A Computed is a call that imports a module whose name the program computes.
type Computed struct {
	Call    string
	Line    int
	Context Context
}

// A BuiltinUse is a use of a built-in function that imports a module.
type BuiltinUse struct {
	Name    string // "breakpoint", "help"
	Line    int
	Context Context
}

// ReadImports returns what Imports says of the marshalled code of a module, with In nil: it reads only those code objects that have to do with
// imports. It calls text, if that is not nil, with every string among the constants, alone or in a tuple or frozenset, in no order and some
// more than once.
func ReadImports(data []byte, v Version, goos string, text func([]byte)) (*Imports, error) {
	g, release, err := decode(data, 0, v)
	if err != nil {
		return nil, err
	}
	defer release()
	if text != nil {
		g.texts(text)
	}
	found, aliases, err := g.imports(v, goos, nil)
	if len(aliases) > 0 { // code may use them that was not read
		found, _, err = g.imports(v, goos, aliases)
	}
	if err != nil {
		return nil, err
	}
	for i := range found.List {
		found.List[i].In = nil
	}
	return found, nil
}

// texts calls yield with the strings among the constants.
func (g *graph) texts(yield func([]byte)) {
	each := func(ids []int, yield func(*node)) {
		for _, id := range ids {
			yield(&g.nodes[id])
		}
	}
	str := func(n *node) {
		if n.kind == typeUnicode || n.kind == typeInterned {
			yield(n.text)
		}
	}
	for id := range g.nodes {
		if g.nodes[id].kind != typeCode {
			continue
		}
		each(g.kidsOf(&g.nodes[g.kidsOf(&g.nodes[id])[g.layout.consts]]), func(n *node) {
			if str(n); n.kind == typeTuple || n.kind == typeFrozenSet {
				each(g.kidsOf(n), str)
			}
		})
	}
}

// imports returns what the code objects say that have to do with imports, or have one of the names of aliases.
func (g *graph) imports(v Version, goos string, aliases []string) (*Imports, []string, error) {
	importing := g.importing(opcodesOf(v), aliases)
	r := newReader(g, v)
	r.wants = func(id int) bool { return importing[id] || id == g.root() }
	code, _ := r.get(g.root()).(*Code)
	if r.err != nil {
		return nil, nil, r.err
	}
	found, aliases := code.imports(goos)
	return found, aliases, nil
}

// importing tells of each node whether it is a code object that matters (see Code.matters), or holds one. Of a string it tells whether
// it is a name that makes code matter.
func (g *graph) importing(codes *opcodes, aliases []string) []bool {
	matters := make([]bool, len(g.nodes))
	for id := range g.nodes { // children first
		switch n := &g.nodes[id]; n.kind {
		case typeUnicode, typeInterned:
			is := func(name string) bool { return name == string(n.text) }
			matters[id] = slices.ContainsFunc(importers, is) || slices.ContainsFunc(builtinUses, is) || slices.ContainsFunc(aliases, is)
		case typeCode:
			matters[id] = g.codeMatters(n, codes, matters)
		}
	}
	return matters
}

// codeMatters tells whether a code object matters, given the nodes before it.
func (g *graph) codeMatters(n *node, codes *opcodes, matters []bool) bool {
	kids := g.kidsOf(n)
	if codes.imports(g.nodes[kids[g.layout.code]].text) {
		return true
	}
	for _, table := range g.layout.tables {
		for _, name := range g.kidsOf(&g.nodes[kids[table]]) {
			if matters[name] && (table == g.layout.names || !slices.Contains(builtinUses, string(g.nodes[name].text))) {
				return true
			}
		}
	}
	for _, inner := range g.kidsOf(&g.nodes[kids[g.layout.consts]]) {
		if matters[inner] && g.nodes[inner].kind == typeCode {
			return true
		}
	}
	return false
}

// Imports returns what the code of a module says of other modules, in a program for goos; "" knows nothing of the platform.
func (c *Code) Imports(goos string) *Imports {
	found, _ := c.imports(goos)
	return found
}

// imports returns, besides, other names of functions that import, for code that need not have to do with imports otherwise.
func (c *Code) imports(goos string) (found *Imports, aliases []string) {
	found = &Imports{}
	module := &moduleScope{}
	seen := map[*Code]bool{}
	var visit func(code *Code, around Context, outer []alias)
	visit = func(code *Code, around Context, outer []alias) {
		if seen[code] || code != c && len(module.shared) == 0 && !code.matters() {
			return
		}
		seen[code] = true
		f := code.analyse(goos, around)
		f.scope = scope{module: module, top: code == c, outer: outer}
		f.collect(found)
		for i, in := range f.list {
			inner, ok := f.constant(in)
			if !ok {
				continue
			}
			if body, ok := inner.(*Code); ok {
				visit(body, f.within(i, body), f.scope.seenWithin(code))
			}
		}
	}
	visit(c, 0, nil)
	slices.Sort(found.All)
	found.All = slices.Compact(found.All)
	return found, module.shared
}

// Flags of a code object (Include/cpython/code.h).
const flagOptimized = 1 // that of a function; the body of a class has no such flag

// within returns the context of the code object that the instruction at i loads: the body of a class runs then and there, a
// function when it is called, if it was made at all.
func (f *flow) within(i int, body *Code) Context {
	if body.Flags&flagOptimized == 0 {
		return f.contexts[i]
	}
	return InFunction | f.contexts[i]&(contextsNever|AsMain)
}

// All yields c and every code object among its constants, however deep, each once, outer ones first.
func (c *Code) All() iter.Seq[*Code] {
	return func(yield func(*Code) bool) {
		seen := make(map[*Code]bool)
		stack := []*Code{c}
		for len(stack) > 0 {
			code := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[code] {
				continue
			}
			seen[code] = true
			if !yield(code) {
				return
			}
			for i := len(code.Consts) - 1; i >= 0; i-- {
				if inner, ok := code.Consts[i].(*Code); ok {
					stack = append(stack, inner)
				}
			}
		}
	}
}

// Attributes returns the attributes that the code object loads from the global name of, in the order of the code.
func (c *Code) Attributes(of string) []string {
	if !slices.Contains(c.Names, of) {
		return nil
	}
	var attributes []string
	f := &flow{code: c, codes: opcodesOf(c.Version)}
	loaded := false // the name, by the instruction before
	for in := range c.instructions(f.codes) {
		switch in.op {
		case opNop, opPushNull:
			continue
		case opLoadAttr, opLoadMethod:
			if loaded {
				attributes = append(attributes, f.name(in))
			}
		}
		loaded = (in.op == opLoadName || in.op == opLoadGlobal) && f.name(in) == of
	}
	return attributes
}

// collect adds what the code object alone says.
func (f *flow) collect(found *Imports) {
	for i, in := range f.list {
		switch in.op {
		case opImportName:
			if imp, ok := f.statement(i); ok {
				found.List = append(found.List, imp)
			}
		case opImportFrom:
			f.noteAlias(i)
		case opLoadAttr, opLoadMethod:
			if f.scope.top {
				found.All = append(found.All, f.addedToAll(i)...)
			}
			f.use(found, i)
		case opLoadName, opLoadGlobal, opLoadFast, opLoadFasts, opLoadDeref:
			f.use(found, i)
		case opStoreName:
			if f.scope.top && f.name(in) == "__all__" {
				found.All = append(found.All, f.literals(i)...)
			}
		}
	}
}

// statement reads the import statement at i. The compiler makes three instructions of each: level and names are loaded as
// constants, then IMPORT_NAME follows.
func (f *flow) statement(i int) (Import, bool) {
	var values []any // the names, the level
	for k := i - 1; k >= 0 && len(values) < 2; k-- {
		if f.list[k].op == opNop {
			continue
		}
		v, ok := f.constant(f.list[k])
		if !ok {
			return Import{}, false
		}
		values = append(values, v)
	}
	name := f.list[i].arg
	if len(values) < 2 || name >= len(f.code.Names) {
		return Import{}, false
	}
	imp, ok := newImport(f.code.Names[name], values[1], values[0])
	imp.In, imp.Line, imp.Context = f.code, f.line(i), f.contexts[i]
	return imp, ok
}

// newImport reports whether level and from are what an import statement loads.
func newImport(name string, level, from any) (Import, bool) {
	n, ok := level.(int64)
	if !ok {
		return Import{}, false
	}
	i := Import{Name: name, Level: int(n)}
	if from == nil {
		return i, true
	}
	names, ok := from.(Tuple)
	for _, name := range names {
		s, isString := name.(string)
		ok = ok && isString
		i.From = append(i.From, s)
	}
	return i, ok
}

// literals returns the strings that are loaded for the instruction at i, which stores them: ["a", "b"], ("a", "b"), and
// what is added to such a list.
func (f *flow) literals(i int) []string {
	var list []string
	add := func(v any) {
		switch v := v.(type) {
		case string:
			list = append(list, v)
		case Tuple:
			for _, item := range v {
				if s, ok := item.(string); ok {
					list = append(list, s)
				}
			}
		}
	}
	for k := i - 1; k >= 0; k-- {
		in := f.list[k]
		if in.op == opStoreName || in.op == opImportName || in.op == opPopTop || in.op == opEnd {
			break
		}
		if v, ok := f.constant(in); ok {
			add(v)
		}
	}
	return list
}

// addedToAll returns the strings of __all__.extend(["a", "b"]) and __all__.append("a"), whose method the instruction at i loads.
func (f *flow) addedToAll(i int) []string {
	method := f.name(f.list[i])
	if method != "extend" && method != "append" || i == 0 || f.list[i-1].op != opLoadName || f.name(f.list[i-1]) != "__all__" {
		return nil
	}
	args, what := f.arguments(i)
	if what != called || len(args.values) != 1 {
		return nil
	}
	switch value := args.values[0].(type) {
	case string:
		if method == "append" {
			return []string{value}
		}
	case Tuple:
		if method == "extend" {
			names, _ := textsOf(value)
			return names
		}
	}
	return nil
}
