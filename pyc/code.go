package pyc

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// A Code is a Python code object. A str is given as UTF-8 in which lone surrogates stand in their three-byte form.
// What the stream shares is shared here too: treat a Code as read-only.
type Code struct {
	Version         Version
	Name            string // co_name: "<module>", "f"
	Qualname        string // co_qualname: "C.f"; on 3.10, which has none, the same as Name
	Filename        string // co_filename
	FirstLine       int    // co_firstlineno, from 1
	ArgCount        int    // co_argcount, positional-only ones included
	PosOnlyArgCount int
	KwOnlyArgCount  int
	StackSize       int
	Flags           uint32   // co_flags
	Names           []string // co_names: globals, attributes and imports
	Consts          []any    // co_consts, see below
	Code            []byte   // co_code: instructions of two bytes, opcode and argument
	LineTable       []byte   // co_linetable
	ExceptionTable  []byte   // co_exceptiontable; nil on 3.10

	varnames, cellvars, freevars []string // 3.10
	locals                       []string // 3.11+: all three, with a kind for each
	kinds                        []byte
}

// A constant is nil (None), bool, int64 or, where that is too small, *big.Int, float64, complex128, string, []byte, *Code
// or one of these types.
type (
	// Tuple is a tuple of constants.
	Tuple []any
	// FrozenSet is a frozenset of constants, in the order of the stream.
	FrozenSet []any
	// Slice is a slice whose parts are constants; it occurs since 3.14.
	Slice struct{ Start, Stop, Step any }
	// Ellipsis is the constant "...".
	Ellipsis struct{}
)

// ReadCode reads a marshalled code object of Python v. The data must end with the object. A malformed stream gives a
// *MarshalError; whatever it holds, time and memory are linear in its length.
func ReadCode(data []byte, v Version) (*Code, error) { return readCode(data, 0, v) }

func readCode(data []byte, start int, v Version) (*Code, error) {
	g, release, err := decode(data, start, v)
	if err != nil {
		return nil, err
	}
	defer release()
	r := newReader(g, v)
	code := r.get(g.root())
	if r.err != nil {
		return nil, r.err
	}
	return code.(*Code), nil
}

// A reader turns nodes into values, and notes what is wrong with the first that can't be turned.
type reader struct {
	*graph
	version Version
	values  []any            // of each node that was asked for
	known   []bool           // which these are
	lists   map[int][]string // of the tuples that have been read as lists of names; many functions may share one
	err     error

	wants func(id int) bool // tells which code objects are read, the others are None; nil is all
}

func newReader(g *graph, v Version) *reader {
	n := len(g.nodes)
	return &reader{graph: g, version: v, values: make([]any, n), known: make([]bool, n), lists: map[int][]string{}}
}

// get returns the value of a node.
func (r *reader) get(id int) any {
	if !r.known[id] {
		r.known[id] = true
		r.values[id] = r.value(id)
	}
	return r.values[id]
}

func (r *reader) value(id int) any {
	n := &r.nodes[id]
	switch n.kind {
	case typeTrue, typeFalse:
		return n.kind == typeTrue
	case typeEllipsis:
		return Ellipsis{}
	case typeInt:
		return int64(int32(binary.LittleEndian.Uint32(n.text)))
	case typeLong:
		return longValue(n.text)
	case typeFloat:
		return floatValue(n.text)
	case typeComplex:
		return complex(floatValue(n.text), floatValue(n.text[8:]))
	case typeBytes:
		return n.text
	case typeUnicode, typeInterned:
		return string(n.text)
	case typeTuple:
		return Tuple(r.items(n))
	case typeFrozenSet:
		return FrozenSet(r.items(n))
	case typeSlice:
		parts := r.items(n)
		return Slice{parts[0], parts[1], parts[2]}
	case typeCode:
		if r.wants == nil || r.wants(id) {
			return r.code(n)
		}
	}
	return nil // None; StopIteration is no constant of any source
}

func (r *reader) items(n *node) []any {
	kids := r.kidsOf(n)
	items := make([]any, len(kids))
	for i, kid := range kids {
		items[i] = r.get(kid)
	}
	return items
}

func floatValue(text []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(text)) }

// longValue reads the digits of 15 bits.
func longValue(text []byte) any {
	negative := int32(binary.LittleEndian.Uint32(text)) < 0
	digits := text[4:]
	// Highest byte first, as big.Int.SetBytes wants it.
	raw := make([]byte, len(digits)/2*15/8+1)
	for i := range len(digits) / 2 {
		digit := uint32(binary.LittleEndian.Uint16(digits[2*i:])) & 0x7FFF
		bit := 15 * i
		digit <<= bit % 8
		for at := len(raw) - 1 - bit/8; digit > 0 && at >= 0; at-- {
			raw[at] |= byte(digit)
			digit >>= 8
		}
	}
	value := new(big.Int).SetBytes(raw)
	if negative {
		value.Neg(value)
	}
	if value.IsInt64() {
		return value.Int64()
	}
	return value
}

// code reads a code object. The integers come first; their order is that of layout in marshal.go.
func (r *reader) code(n *node) *Code {
	p := parts{r, n}
	l := r.layout
	c := &Code{
		Version:         r.version,
		ArgCount:        p.int(0),
		PosOnlyArgCount: p.int(1),
		KwOnlyArgCount:  p.int(2),
		StackSize:       p.int(l.ints - 2),
		Flags:           uint32(p.int(l.ints - 1)),
		FirstLine:       int(n.line),
		Name:            part[string](&p, l.name, "name"),
		Qualname:        part[string](&p, l.qualname, "qualname"),
		Filename:        part[string](&p, l.filename, "filename"),
		Names:           p.strings(l.names, "names"),
		Consts:          part[Tuple](&p, l.consts, "consts"),
		Code:            part[[]byte](&p, l.code, "code"),
		LineTable:       part[[]byte](&p, l.before, "linetable"),
	}
	if r.layout == layout310 {
		c.varnames = p.strings(3, "varnames")
		c.freevars = p.strings(4, "freevars")
		c.cellvars = p.strings(5, "cellvars")
		return c
	}
	c.locals = p.strings(3, "localsplusnames")
	c.kinds = part[[]byte](&p, 4, "localspluskinds")
	if len(c.kinds) != len(c.locals) {
		p.fail("localspluskinds")
	}
	c.ExceptionTable = part[[]byte](&p, l.before+1, "exceptiontable")
	return c
}

// parts are the parts of a code object.
type parts struct {
	*reader
	node *node
}

func (p *parts) int(i int) int { return int(int32(binary.LittleEndian.Uint32(p.node.text[4*i:]))) }

// part returns object i of the code object if it is a T.
func part[T any](p *parts, i int, name string) T {
	v, ok := p.get(p.kidsOf(p.node)[i]).(T)
	if !ok {
		p.fail(name)
	}
	return v
}

func (p *parts) strings(table int, name string) []string {
	id := p.kidsOf(p.node)[table]
	if list, ok := p.lists[id]; ok {
		return list
	}
	items := part[Tuple](p, table, name)
	list := make([]string, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok {
			p.fail(name)
		}
		list[i] = s
	}
	p.lists[id] = list
	return list
}

func (p *parts) fail(name string) {
	if p.err == nil {
		p.err = &MarshalError{Offset: p.node.offset, Problem: fmt.Sprintf("%s of the code object is of a wrong type", name)}
	}
}

// Kinds of local variables (CO_FAST_LOCAL, CO_FAST_CELL and CO_FAST_FREE in Include/internal/pycore_code.h).
const (
	fastLocal = 0x20
	fastCell  = 0x40
	fastFree  = 0x80
)

// Varnames returns co_varnames: the local variables, arguments first.
func (c *Code) Varnames() []string { return c.variables(c.varnames, fastLocal) }

// Cellvars returns co_cellvars: the local variables that inner functions use.
func (c *Code) Cellvars() []string { return c.variables(c.cellvars, fastCell) }

// Freevars returns co_freevars: the variables of outer functions that this one uses.
func (c *Code) Freevars() []string { return c.variables(c.freevars, fastFree) }

// variables returns the variables of a kind, which 3.10 lists apart.
func (c *Code) variables(listed []string, kind byte) []string {
	names := slices.Clone(listed)
	for i, name := range c.locals {
		if c.kinds[i]&kind != 0 {
			names = append(names, name)
		}
	}
	return names
}
