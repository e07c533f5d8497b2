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
	importing := g.importing(opcodesOf(v))
	r := newReader(g, v)
	r.wants = func(id int) bool { return importing[id] || id == g.root() }
	code, _ := r.get(g.root()).(*Code)
	if r.err != nil {
		return nil, r.err
	}
	found := code.Imports(goos)
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

// importing tells of each node whether it is a code object that matters (see Code.matters), or holds one.
func (g *graph) importing(codes *opcodes) []bool {
	matters := make([]bool, len(g.nodes))
	for id := range g.nodes { // children first
		if g.nodes[id].kind != typeCode {
			continue
		}
		kids := g.kidsOf(&g.nodes[id])
		matters[id] = codes.imports(g.nodes[kids[g.layout.code]].text)
		for _, name := range g.kidsOf(&g.nodes[kids[g.layout.names]]) {
			matters[id] = matters[id] || isImporter(string(g.nodes[name].text))
		}
		for _, inner := range g.kidsOf(&g.nodes[kids[g.layout.consts]]) {
			matters[id] = matters[id] || matters[inner]
		}
	}
	return matters
}

// Imports returns what the code of a module says of other modules, in a program for goos; "" knows nothing of the platform.
func (c *Code) Imports(goos string) *Imports {
	found := &Imports{}
	seen := map[*Code]bool{}
	var visit func(code *Code, around Context)
	visit = func(code *Code, around Context) {
		if seen[code] || code != c && !code.matters() {
			return
		}
		seen[code] = true
		f := code.analyse(goos, around)
		f.collect(found, code == c)
		for i, in := range f.list {
			inner, ok := f.constant(in)
			if !ok {
				continue
			}
			if body, ok := inner.(*Code); ok {
				visit(body, f.within(i, body))
			}
		}
	}
	visit(c, 0)
	slices.Sort(found.All)
	found.All = slices.Compact(found.All)
	return found
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

// collect adds what the code object alone says; top is whether it is the module's.
func (f *flow) collect(found *Imports, top bool) {
	for i, in := range f.list {
		switch in.op {
		case opImportName:
			if imp, ok := f.statement(i); ok {
				found.List = append(found.List, imp)
			}
		case opLoadName, opLoadGlobal, opLoadAttr, opLoadMethod:
			f.use(found, i)
		case opStoreName:
			if top && f.name(in) == "__all__" {
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

// importers are the functions that import a module by its name.
var importers = []string{"import_module", "__import__", "find_spec", "run_module"}

// builtinUses are the built-in functions that import a module when they are called.
var builtinUses = []string{"breakpoint", "help"}

// use looks whether the name that the instruction at i loads is that of a function which imports.
func (f *flow) use(found *Imports, i int) {
	name, op := f.name(f.list[i]), f.list[i].op
	switch {
	case slices.Contains(importers, name):
		imp, ok, called := f.call(i, name)
		switch {
		case ok:
			found.List = append(found.List, imp)
		case called:
			found.Computed = append(found.Computed, Computed{name, f.line(i), f.contexts[i]})
		}
	case (op == opLoadName || op == opLoadGlobal) && slices.Contains(builtinUses, name):
		found.Builtins = append(found.Builtins, BuiltinUse{name, f.line(i), f.contexts[i]})
	}
}

// call reads the call of the function that the instruction at i loads: ok when the module's name is a literal, called when
// it is not, and when neither the function is only mentioned.
func (f *flow) call(i int, name string) (imp Import, ok, called bool) {
	k := i + 1
	next := func() instruction {
		for ; k < len(f.list); k++ {
			if op := f.list[k].op; op != opNop && op != opPushNull && op != opKwNames {
				k++
				return f.list[k-1]
			}
		}
		return instruction{op: opEnd}
	}
	first := next()
	switch first.op {
	case opStoreName, opEnd, opPopTop, opImportName:
		return imp, false, false
	}
	value, _ := f.constant(first)
	text, isText := value.(string)
	if !isText || text == "" {
		return imp, false, first.op != opLoadConst && f.calls(k)
	}
	imp = Import{In: f.code, Line: f.line(i), Context: f.contexts[i], Call: name}
	for imp.Level < len(text) && text[imp.Level] == '.' {
		imp.Level++
	}
	imp.Name = text[imp.Level:]
	second := next()
	if name == "__import__" && slices.Contains([]string{"globals", "locals"}, f.name(second)) {
		return imp, true, true
	}
	if value, isConst := f.constant(second); isConst {
		if imp.Package, _ = value.(string); imp.Package != "" {
			second = next()
		}
	} else if loaded := f.name(second); loaded == "__package__" || loaded == "__name__" {
		second = next()
	}
	if _, isConst := f.constant(second); isConst { // the names of arguments, 3.13
		second = next()
	}
	return imp, second.op == opCall || second.op == opCallKw, true
}

// calls tells whether a call follows soon.
func (f *flow) calls(k int) bool {
	for n := k; n < min(k+12, len(f.list)); n++ {
		switch f.list[n].op {
		case opCall, opCallKw:
			return true
		case opStoreName, opEnd:
			return false
		}
	}
	return false
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
