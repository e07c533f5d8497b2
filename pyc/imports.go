package pyc

import "iter"

// An Import is one import statement of a code object.
type Import struct {
	Name  string   // the module: "os.path"; "" in "from . import x"
	Level int      // leading dots, 0 for an absolute import
	From  []string // names that are taken from the module, "*" for all; nil in "import x"
	In    *Code    // where it is; a statement in a function runs when the function does
}

// opcodes are the numbers of the instructions that matter to imports, in one feature release (Lib/opcode.py, since 3.13
// Include/opcode_ids.h).
type opcodes struct {
	nop, extendedArg, loadConst, importName byte
	loadSmallInt                            byte // since 3.14; 0 before
}

// cache is the opcode of an inline cache entry, which is no instruction (3.11 and later; 3.10 has no opcode 0).
const opcodeCache = 0

// opcodesOf returns the opcodes of a version that ReadCode knows.
func opcodesOf(v Version) opcodes {
	switch v.Minor {
	case 13:
		return opcodes{nop: 30, extendedArg: 71, loadConst: 83, importName: 75}
	case 14:
		return opcodes{nop: 27, extendedArg: 69, loadConst: 82, importName: 73, loadSmallInt: 94}
	default: // 3.10, 3.11, 3.12
		return opcodes{nop: 9, extendedArg: 144, loadConst: 100, importName: 108}
	}
}

// Imports returns the import statements of c and of the code objects within it, in the order of the code, each function
// after the code that holds it. Calls of __import__ and importlib are not among them.
func (c *Code) Imports() []Import {
	var found []Import
	for code := range c.All() {
		found = append(found, code.imports()...)
	}
	return found
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

// imports returns the import statements of c alone. The compiler makes three instructions of each: level and names are
// loaded as constants, then IMPORT_NAME follows.
func (c *Code) imports() []Import {
	op := opcodesOf(c.Version)
	var found []Import
	var level, from any // the constants that the last two instructions loaded
	for code, arg := range c.instructions(op) {
		switch {
		case code == op.nop:
		case code == op.loadConst && arg < len(c.Consts):
			level, from = from, c.Consts[arg]
		case code == op.loadSmallInt && op.loadSmallInt != 0:
			level, from = from, int64(arg)
		case code == op.importName && arg < len(c.Names):
			if i, ok := newImport(c.Names[arg], level, from); ok {
				i.In = c
				found = append(found, i)
			}
			level, from = nil, nil
		default:
			level, from = nil, nil
		}
	}
	return found
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

// instructions yields the instructions with their whole arguments, without EXTENDED_ARG and inline caches.
func (c *Code) instructions(op opcodes) iter.Seq2[byte, int] {
	return func(yield func(byte, int) bool) {
		var extended uint32
		for i := 0; i+1 < len(c.Code); i += 2 {
			code, arg := c.Code[i], extended<<8|uint32(c.Code[i+1])
			extended = 0
			switch code {
			case opcodeCache:
			case op.extendedArg:
				extended = arg
			default:
				if !yield(code, int(arg)) {
					return
				}
			}
		}
	}
}
