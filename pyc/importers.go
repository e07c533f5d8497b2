package pyc

import "slices"

// importers are the functions that import a module by its name.
var importers = []string{"import_module", "__import__", "find_spec", "run_module"}

// builtinUses are the built-in functions that import a module when they are called.
var builtinUses = []string{"breakpoint", "help"}

// isImporter tells whether a name may be that of a function which imports.
func isImporter(name string) bool {
	return slices.Contains(importers, name) || slices.Contains(builtinUses, name)
}

// An alias is another name of a function which imports: im after `from importlib import import_module as im`, or `im = importlib.import_module`.
type alias struct{ name, importer string }

// A scope knows the aliases that a code object can use.
type scope struct {
	module *moduleScope
	top    bool    // it is the module's code
	own    []alias // variables of a class or a function
	outer  []alias // variables of the functions around
}

// A moduleScope is what all scopes of a module have in common.
type moduleScope struct {
	globals []alias
	shared  []string // names of all aliases that more than one code object can use
}

// seenWithin returns the aliases that functions in the one of the scope may use: variables of a class are its own.
func (s *scope) seenWithin(code *Code) []alias {
	if code.Flags&flagOptimized == 0 || len(s.own) == 0 {
		return s.outer
	}
	return append(slices.Clip(s.own), s.outer...)
}

// noteAlias notes the alias that is made when the instruction at i takes a function from a module, or loads it, and the next one stores it.
func (f *flow) noteAlias(i int) {
	importer := f.name(f.list[i])
	if !slices.Contains(importers, importer) || i+1 >= len(f.list) {
		return
	}
	store := f.list[i+1]
	a := alias{f.name(store), importer}
	if a.name == "" || a.name == importer {
		return
	}
	s := &f.scope
	switch op := store.op; {
	case op == opStoreGlobal, op == opStoreName && s.top:
		s.module.globals = append(s.module.globals, a)
		s.module.shared = append(s.module.shared, a.name)
	case op == opStoreDeref:
		s.own = append(s.own, a)
		s.module.shared = append(s.module.shared, a.name)
	case op == opStoreFast, op == opStoreName:
		s.own = append(s.own, a)
	}
}

// importer returns which function that imports an instruction loads, "" for anything else.
func (f *flow) importer(in instruction) string {
	name, s := f.name(in), &f.scope
	if slices.Contains(importers, name) {
		return name
	}
	if len(s.own)+len(s.outer)+len(s.module.globals) == 0 {
		return ""
	}
	find := func(list []alias) string {
		if i := slices.IndexFunc(list, func(a alias) bool { return a.name == name }); i >= 0 {
			return list[i].importer
		}
		return ""
	}
	switch in.op {
	case opLoadName:
		if found := find(s.own); found != "" {
			return found
		}
		return find(s.module.globals)
	case opLoadGlobal:
		return find(s.module.globals)
	case opLoadFast, opLoadFasts:
		return find(s.own)
	case opLoadDeref:
		if f.isFree(in.arg) {
			return find(s.outer)
		}
		return find(s.own)
	}
	return ""
}

// isFree tells whether a variable that functions share is one of a function around.
func (f *flow) isFree(arg int) bool {
	if f.code.Version.Minor == 10 {
		return arg >= len(f.code.cellvars)
	}
	return arg < len(f.code.kinds) && f.code.kinds[arg]&fastFree != 0
}

// use looks whether the name that the instruction at i loads is that of a function which imports.
func (f *flow) use(found *Imports, i int) {
	in := f.list[i]
	if importer := f.importer(in); importer != "" {
		f.noteAlias(i)
		f.call(found, i, importer)
	} else if in.op == opLoadName || in.op == opLoadGlobal {
		if name := f.name(in); slices.Contains(builtinUses, name) {
			found.Builtins = append(found.Builtins, BuiltinUse{name, f.line(i), f.contexts[i]})
		}
	}
}

// call adds what the call says of the function that the instruction at i loads. Both an import and a computed one it is when the module
// is known, and not what is taken from it.
func (f *flow) call(found *Imports, i int, importer string) {
	args, what := f.arguments(i)
	imp := Import{In: f.code, Line: f.line(i), Context: f.contexts[i], Call: importer}
	known, whole := false, false
	switch {
	case what == called && len(args.values) > 0:
		value := args.module()
		text, isText := value.(string)
		if !isText && !isOpen(value) || isText && text == "" {
			return
		}
		if isText {
			known, whole = imp.read(text, args)
		}
	case what != unclear || !args.startWithText() && !f.callFollows(i+1):
		return
	}
	if known {
		found.List = append(found.List, imp)
	}
	if !whole {
		found.Computed = append(found.Computed, Computed{importer, imp.Line, imp.Context})
	}
}

// read fills in the import of a name: known when it is certain which module is imported, whole when all else is.
func (i *Import) read(name string, args arguments) (known, whole bool) {
	for i.Level < len(name) && name[i.Level] == '.' {
		i.Level++
	}
	i.Name = name[i.Level:]
	switch i.Call {
	case "__import__":
		return i.readBuiltin(args)
	case "run_module":
		return true, true
	}
	value, _ := args.get("package", 1)
	switch value := value.(type) {
	case string:
		i.Package = value
	case loaded:
		known = value == "__package__" || value == "__name__"
		known = known || i.Level == 0 && i.Call == "import_module"
		return known, known
	case unknown: // nobody needs the package of a name without dots; another find_spec wants a path there
		known = i.Level == 0 && i.Call == "import_module"
		return known, known
	}
	return true, true
}

// readBuiltin reads what __import__ is given besides the name.
func (i *Import) readBuiltin(args arguments) (known, whole bool) {
	if value, given := args.get("level", 4); given {
		level, ok := value.(int64)
		if !ok || level < 0 || level > maxLevel {
			return false, false
		}
		i.Level = int(level)
	}
	if globals, given := args.get("globals", 1); i.Level > 0 && given && globals != loaded("globals") && globals != loaded("locals") {
		return false, false // relative to what they say
	}
	from, _ := args.get("fromlist", 3)
	switch from := from.(type) {
	case Tuple:
		i.From, whole = textsOf(from)
		return true, whole
	case loaded, unknown:
		return true, false
	}
	return true, true
}

// maxLevel is more dots than a name of any module has.
const maxLevel = 1000

// callFollows tells whether a call follows soon.
func (f *flow) callFollows(k int) bool {
	for n := k; n < min(k+12, len(f.list)); n++ {
		switch f.list[n].op {
		case opCall, opCallKw:
			return true
		case opStoreName, opStoreGlobal, opStoreFast, opStoreDeref, opEnd:
			return false
		}
	}
	return false
}
