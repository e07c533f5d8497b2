package pyc

import (
	"slices"
	"sort"
	"strings"
)

// A Context says under which circumstances a place in the code runs. Its bits combine.
type Context uint8

// The circumstances.
const (
	InFunction    Context = 1 << iota // when a function is called
	Conditional                       // in a branch, a loop or the handler of an exception
	Tried                             // where an ImportError is caught
	TypeChecking                      // for type checkers: typing.TYPE_CHECKING is false when a program runs
	Elsewhere                         // on another platform or another version of Python
	AsMain                            // when the module is run, and not imported
	contextsNever = TypeChecking | Elsewhere
)

// Never tells whether the place does not run in a program, whatever happens.
func (c Context) Never() bool { return c&contextsNever != 0 }

// Optional tells whether the program goes on, or may, when an import at the place finds nothing, or whether the place may
// not be reached.
func (c Context) Optional() bool { return c != 0 }

var contextNames = []string{"function", "conditional", "tried", "type checking", "other platform", "main"}

// Names returns the circumstances in words: "function", "conditional", "tried", "type checking", "other platform", "main".
// It is nil for code that runs whenever the module is imported.
func (c Context) Names() []string {
	var names []string
	for i, name := range contextNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// A flow is the control flow of one code object.
type flow struct {
	code     *Code
	codes    *opcodes
	list     []instruction
	index    []int32 // by offset in code units: place in list, from 1; 0 where no instruction begins
	lines    []int   // see line; nil as long as nobody asked
	handlers []handler
	tests    map[int]test // place of a conditional jump → what is known of its condition
	contexts []Context    // of each instruction
	catching map[int]bool // place of a handler → whether it catches ImportError, as far as was asked
	scope    scope
}

// A test is a condition whose outcome is known.
type test struct {
	value   bool
	context Context // of what does not run by it
}

// analyse finds out about the places of c. goos is the target's; around is the context of c itself.
func (c *Code) analyse(goos string, around Context) *flow {
	f := &flow{
		code: c, codes: opcodesOf(c.Version), tests: map[int]test{}, catching: map[int]bool{},
		index: make([]int32, (len(c.Code)+1)/2), list: make([]instruction, 0, len(c.Code)/3),
	}
	for in := range c.instructions(f.codes) {
		f.list = append(f.list, in)
		f.index[in.at/2] = int32(len(f.list))
	}
	f.contexts = make([]Context, len(f.list))
	if c.Version.Minor == 10 {
		f.blocks310()
	} else {
		f.handlers = c.handlers()
	}
	var known Context
	for i := range f.list {
		if t, ok := f.test(i, goos); ok {
			f.tests[i] = t
			known |= t.context
		}
	}
	f.mark(known)
	for i := range f.contexts {
		f.contexts[i] |= around
	}
	return f
}

// place returns the place in list of the instruction at an offset.
func (f *flow) place(at int) (int, bool) {
	if at < 0 || at/2 >= len(f.index) || f.index[at/2] == 0 {
		return 0, false
	}
	return int(f.index[at/2]) - 1, true
}

// matters tells whether a code object has anything whose context is asked for, or may have: most have not.
func (c *Code) matters() bool {
	if opcodesOf(c.Version).imports(c.Code) {
		return true
	}
	if slices.ContainsFunc(c.Consts, func(v any) bool { _, ok := v.(*Code); return ok }) {
		return true
	}
	if slices.ContainsFunc(c.Names, isImporter) {
		return true
	}
	for _, variables := range [][]string{c.locals, c.varnames, c.cellvars, c.freevars} {
		if slices.ContainsFunc(variables, func(name string) bool { return slices.Contains(importers, name) }) {
			return true
		}
	}
	return false
}

// imports tells whether code has an import statement, or an inline cache that looks like one.
func (o *opcodes) imports(code []byte) bool {
	for i := 0; i < len(code); i += 2 {
		if o.ops[code[i]] == opImportName {
			return true
		}
	}
	return false
}

// mark gives every instruction its context, but for that of the code object.
func (f *flow) mark(known Context) {
	normal := f.reach(0, false)
	whole := f.reach(0, true)
	skipped := f.skipped()
	for i := range f.list {
		if !normal[i] || skipped[i] {
			f.contexts[i] |= Conditional
		}
		if f.caught(f.list[i].at) {
			f.contexts[i] |= Tried
		}
	}
	if known == 0 {
		return
	}
	all := f.reach(known, true)
	for i := range f.list {
		if whole[i] && !all[i] {
			f.contexts[i] |= known
		}
	}
	if known&(known-1) == 0 {
		return
	}
	for bit := TypeChecking; bit <= AsMain; bit <<= 1 { // one alone may be the reason
		if known&bit == 0 {
			continue
		}
		alone := f.reach(bit, true)
		for i := range f.list {
			if whole[i] && !alone[i] {
				f.contexts[i] = f.contexts[i]&^known | bit
			}
		}
	}
}

// reach returns which instructions run when tests of the contexts in known have their outcome, with or without exceptions.
func (f *flow) reach(known Context, exceptions bool) []bool {
	seen := make([]bool, len(f.list))
	var todo []int
	visit := func(at int) {
		if i, ok := f.place(at); ok && !seen[i] {
			seen[i] = true
			todo = append(todo, i)
		}
	}
	visit(0)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		in := f.list[i]
		on, jumps := true, false
		switch in.op {
		case opEnd:
			on = false
		case opJump, opJumpBack:
			on, jumps = false, true
		case opBranch, opBranchBack, opCheckExcMatch:
			jumps = in.op != opCheckExcMatch || f.codes.absolute
		case opJumpIfFalse, opJumpIfFalseBack, opJumpIfTrue, opJumpIfTrueBack:
			jumps = true
			if t, ok := f.tests[i]; ok && t.context&known != 0 {
				jumps = t.value == (in.op == opJumpIfTrue || in.op == opJumpIfTrueBack)
				on = !jumps
			}
		}
		if on {
			visit(in.next)
		}
		if jumps {
			visit(f.codes.target(in))
		}
		if exceptions {
			if h, ok := f.innermost(in.at); ok {
				visit(h.target)
			}
		}
	}
	return seen
}

// skipped returns which instructions a jump forward leads past.
func (f *flow) skipped() []bool {
	skipped := make([]bool, len(f.list))
	until := 0
	for i, in := range f.list {
		skipped[i] = in.at < until
		switch in.op {
		case opJump, opBranch, opJumpIfFalse, opJumpIfTrue:
			// Where the jump leads to the end of a handler, all code past it counts as a branch, as it should.
			if target := f.codes.target(in); target > until && !f.isCold(i) {
				until = target
			}
		}
	}
	return skipped
}

// isCold tells whether the instruction at i belongs to what the compiler writes for exceptions: its jumps say nothing of the
// code between.
func (f *flow) isCold(i int) bool {
	return f.list[i].op == opJump && i > 0 && f.list[i-1].op == opPopBlock
}

// caught tells whether an ImportError at an offset is caught.
func (f *flow) caught(at int) bool {
	for range 32 { // a handler that does not catch may lie within others
		h, ok := f.innermost(at)
		if !ok {
			return false
		}
		if f.catches(h.target) {
			return true
		}
		if h.target == at {
			return false
		}
		if at = h.target; !f.covered(at) { // what pushes the exception lies before what is covered
			if i, ok := f.place(at); ok {
				at = f.list[i].next
			}
		}
	}
	return false
}

func (f *flow) covered(at int) bool {
	_, ok := f.innermost(at)
	return ok
}

// innermost returns the handler of an offset. Tables are sorted, and what they cover does not overlap.
func (f *flow) innermost(at int) (handler, bool) {
	i := sort.Search(len(f.handlers), func(i int) bool { return f.handlers[i].start > at })
	if i == 0 || at >= f.handlers[i-1].end {
		return handler{}, false
	}
	return f.handlers[i-1], true
}

// importErrors are the exceptions that an import statement's failure is caught by.
var importErrors = []string{"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}

// catches tells whether the handler at a place catches ImportError.
func (f *flow) catches(at int) bool {
	known, ok := f.catching[at]
	if !ok {
		known = f.looksCatching(at)
		f.catching[at] = known
	}
	return known
}

func (f *flow) looksCatching(at int) bool {
	i, ok := f.place(at)
	if !ok {
		return false
	}
	start := i
	for ; i < len(f.list) && i < start+200; i++ {
		switch in := f.list[i]; in.op {
		case opPopTop: // `except:` throws the exception away at once
			if i == start || i == start+1 && f.list[start].op == opPushExcInfo {
				return true
			}
		case opWithExceptStart:
			return slices.Contains(f.code.Names, "suppress")
		case opCheckExcMatch:
			for k := i - 1; k >= max(start, i-8); k-- {
				if slices.Contains(importErrors, f.name(f.list[k])) {
					return true
				}
				if op := f.list[k].op; op == opCheckExcMatch || op == opJumpIfFalse {
					break
				}
			}
		case opEnd:
			return false
		}
	}
	return false
}

// name returns the name that an instruction loads, last if it loads two, or stores; "" for others.
func (f *flow) name(in instruction) string {
	names, arg := f.code.Names, in.arg
	switch in.op {
	case opLoadName, opLoadMethod, opStoreName, opStoreGlobal, opImportName, opImportFrom:
	case opLoadGlobal:
		arg >>= f.codes.global
	case opLoadAttr:
		arg >>= f.codes.attr
	case opLoadFast, opStoreFast:
		names = f.code.variableNames()
	case opLoadFasts:
		names, arg = f.code.variableNames(), arg&15
	case opLoadDeref, opStoreDeref:
		names = f.code.locals
		if cells := len(f.code.cellvars); f.code.Version.Minor == 10 {
			if names = f.code.cellvars; arg >= cells {
				names, arg = f.code.freevars, arg-cells
			}
		}
	default:
		return ""
	}
	if arg >= len(names) {
		return ""
	}
	return names[arg]
}

// variableNames returns the names that instructions for local variables count by.
func (c *Code) variableNames() []string {
	if c.Version.Minor == 10 {
		return c.varnames
	}
	return c.locals
}

// constant returns the constant that an instruction loads.
func (f *flow) constant(in instruction) (any, bool) {
	switch {
	case in.op == opLoadSmallInt:
		return int64(in.arg), true
	case in.op == opLoadConst && in.arg < len(f.code.Consts):
		return f.code.Consts[in.arg], true
	}
	return nil, false
}

// line returns the line of the instruction at i; 0 when the table does not say.
func (f *flow) line(i int) int {
	if f.lines == nil {
		f.lines = f.code.lines()
	}
	at := f.list[i].at / 2
	for n := range 4 { // an instruction with EXTENDED_ARG has its line on all its parts
		if at+n < len(f.lines) && f.lines[at+n] > 0 {
			return f.lines[at+n]
		}
	}
	return 0
}

// maxBlocks is how deep blocks nest (CO_MAXBLOCKS in CPython's Include/cpython/code.h).
const maxBlocks = 20

// blocks310 makes handlers of the blocks that instructions set up and take down on 3.10.
func (f *flow) blocks310() {
	type block struct {
		outer  *block
		target int
		with   bool
	}
	inside := make([]*block, len(f.list))
	seen := make([]bool, len(f.list))
	type visit struct {
		at int
		in *block
	}
	todo := []visit{{0, nil}}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		i, ok := f.place(v.at)
		if !ok || seen[i] {
			continue
		}
		seen[i] = true
		in := f.list[i]
		next := v.in
		switch in.op {
		case opSetupFinally, opSetupWith:
			target := in.next + 2*in.arg
			next = &block{outer: v.in, target: target, with: in.op == opSetupWith}
			todo = append(todo, visit{target, v.in})
		case opPopBlock:
			if next != nil {
				next = next.outer
			}
		case opJump, opJumpIfFalse, opJumpIfTrue, opBranch, opCheckExcMatch:
			todo = append(todo, visit{f.codes.target(in), next})
		}
		inside[i] = v.in
		if in.op != opEnd && in.op != opJump {
			todo = append(todo, visit{in.next, next})
		}
	}
	for i, b := range inside {
		for depth := 0; b != nil && depth < maxBlocks; b, depth = b.outer, depth+1 {
			f.handlers = append(f.handlers, handler{f.list[i].at, f.list[i].next, b.target})
			if f.catches(b.target) {
				break
			}
		}
	}
}

// test returns what is known of the condition that the jump at i looks at.
func (f *flow) test(i int, goos string) (test, bool) {
	switch f.list[i].op {
	case opJumpIfFalse, opJumpIfTrue, opJumpIfFalseBack, opJumpIfTrueBack:
	default:
		return test{}, false
	}
	// The instructions before, the last one first, without those that compute nothing.
	var before []instruction
	for k := i - 1; k >= 0 && len(before) < 5; k-- {
		switch in := f.list[k]; in.op {
		case opNop, opToBool, opPushNull:
		default:
			before = append(before, in)
		}
	}
	for len(before) < 5 {
		before = append(before, instruction{})
	}
	if f.name(before[0]) == "TYPE_CHECKING" {
		return test{value: false, context: TypeChecking}, true
	}
	constant, ok := f.constant(before[1])
	if !ok {
		return test{}, false
	}
	name := f.name(before[2])
	switch before[0].op {
	case opCompare:
		return f.comparison(before, name, constant, goos)
	case opContains:
		actual, ok := platformValue(f.name(before[3]), name, goos)
		if !ok {
			return test{}, false
		}
		return test{value: contains(constant, actual) == (before[0].arg == 0), context: Elsewhere}, true
	case opCall:
		actual, ok := platformValue(f.name(before[4]), f.name(before[3]), goos)
		if !ok || name != "startswith" || before[0].arg != 1 {
			return test{}, false
		}
		return test{value: startsWith(actual, constant), context: Elsewhere}, true
	}
	return test{}, false
}

// comparison knows `__name__ == "__main__"`, sys.platform, os.name and sys.version_info.
func (f *flow) comparison(before []instruction, name string, constant any, goos string) (test, bool) {
	operator := before[0].arg >> f.codes.compare // "<", "<=", "==", "!=", ">", ">="
	if name == "version_info" && f.name(before[3]) == "sys" {
		return f.versionTest(operator, constant)
	}
	text, ok := constant.(string)
	if !ok || operator != 2 && operator != 3 {
		return test{}, false
	}
	if op := before[2].op; name == "__name__" && (op == opLoadName || op == opLoadGlobal) && text == "__main__" {
		return test{value: operator == 3, context: AsMain}, true
	}
	actual, ok := platformValue(f.name(before[3]), name, goos)
	if !ok {
		return test{}, false
	}
	return test{value: (actual == text) == (operator == 2), context: Elsewhere}, true
}

// versionTest compares the version with a tuple of numbers. Only what the feature release decides is known.
func (f *flow) versionTest(operator int, constant any) (test, bool) {
	wanted, ok := constant.(Tuple)
	if !ok {
		return test{}, false
	}
	order := 1 // (3, 14, 6, …) is greater than (3, 14)
	for i, have := range []int{f.code.Version.Major, f.code.Version.Minor} {
		if i >= len(wanted) {
			break
		}
		n, ok := wanted[i].(int64)
		if !ok {
			return test{}, false
		}
		if int64(have) != n {
			if order = 1; int64(have) < n {
				order = -1
			}
			wanted = nil
			break
		}
	}
	if len(wanted) > 2 || operator > 5 {
		return test{}, false
	}
	value := []bool{order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0}[operator]
	return test{value: value, context: Elsewhere}, true
}

// platformValue returns sys.platform or os.name of a target.
func platformValue(module, attribute, goos string) (string, bool) {
	if goos == "" {
		return "", false
	}
	switch module + "." + attribute {
	case "sys.platform":
		if goos == "windows" {
			return "win32", true
		}
		return goos, true
	case "os.name":
		if goos == "windows" {
			return "nt", true
		}
		return "posix", true
	}
	return "", false
}

func contains(constant any, value string) bool {
	var list []any
	switch c := constant.(type) {
	case Tuple:
		list = c
	case FrozenSet:
		list = c
	case string:
		return strings.Contains(c, value)
	}
	return slices.ContainsFunc(list, func(v any) bool { return v == value })
}

func startsWith(value string, constant any) bool {
	switch c := constant.(type) {
	case string:
		return strings.HasPrefix(value, c)
	case Tuple:
		return slices.ContainsFunc(c, func(v any) bool {
			s, ok := v.(string)
			return ok && strings.HasPrefix(value, s)
		})
	}
	return false
}
