package pyc

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// The marshal format, as far as code objects need it (CPython's Python/marshal.c, versions 4 and 5). All integers are
// little-endian; a size is an int32 that is not negative, a short a uint8.
//
//	object = type payload                the high bit of type (flagRef) gives the object the next number, from 0,
//	                                     in the order in which objects begin
//	'N' 'T' 'F' '.' 'S'                  None, True, False, Ellipsis, StopIteration
//	'i' int32                            int
//	'l' int32 digits                     int: the sign is the count's, digits are uint16 below 2¹⁵, lowest first
//	'g' float64       'y' float64 ×2     float, complex
//	's' size bytes                       bytes
//	'a' 'A' size bytes                   str of ASCII characters; capitals (and 't') mark an interned one
//	'z' 'Z' short bytes                  the same, shorter than 256
//	'u' 't' size bytes                   str in UTF-8, lone surrogates in three bytes
//	')' short object…                    tuple
//	'(' '>' size object…                 tuple, frozenset
//	':' start stop step                  slice, since version 5
//	'c' code                             code object
//	'r' size                             the object of that number
//
//	code 3.10  = argcount posonlyargcount kwonlyargcount nlocals stacksize flags (int32 each)
//	             code consts names varnames freevars cellvars filename name (objects) firstlineno (int32) linetable
//	code 3.11+ = argcount posonlyargcount kwonlyargcount stacksize flags (int32 each)
//	             code consts names localsplusnames localspluskinds filename name qualname (objects) firstlineno (int32)
//	             linetable exceptiontable
const (
	typeNone          = 'N'
	typeTrue          = 'T'
	typeFalse         = 'F'
	typeEllipsis      = '.'
	typeStopIteration = 'S'
	typeInt           = 'i'
	typeLong          = 'l'
	typeFloat         = 'g'
	typeComplex       = 'y'
	typeBytes         = 's'
	typeASCII         = 'a'
	typeASCIIInterned = 'A'
	typeShort         = 'z'
	typeShortInterned = 'Z'
	typeUnicode       = 'u'
	typeInterned      = 't'
	typeSmallTuple    = ')'
	typeTuple         = '('
	typeFrozenSet     = '>'
	typeSlice         = ':'
	typeCode          = 'c'
	typeRef           = 'r'

	flagRef = 0x80
)

// maxDepth is how deep objects may nest (MAX_MARSHAL_STACK_DEPTH in marshal.c, its highest value).
const maxDepth = 2000

// A layout says where the parts of a marshalled code object lie, for one range of versions. The fields from code on are
// indices of its objects.
type layout struct {
	ints       int  // how many int32 come first
	before     int  // how many objects come before firstlineno
	after      int  // how many come after it
	internsAll bool // whether the interpreter interns filename, name, qualname and all strings of one character

	code, consts, names      int
	filename, name, qualname int   // 3.10 has no qualname: the name again
	tables                   []int // all tuples of names: of what is named and of the variables
}

var (
	layout310 = &layout{ints: 6, before: 8, after: 1, consts: 1, names: 2, tables: []int{2, 3, 4, 5}, filename: 6, name: 7, qualname: 7}
	layout311 = &layout{ints: 5, before: 8, after: 2, consts: 1, names: 2, tables: []int{2, 3}, filename: 5, name: 6, qualname: 7}
	layout313 = &layout{ints: 5, before: 8, after: 2, consts: 1, names: 2, tables: []int{2, 3}, filename: 5, name: 6, qualname: 7, internsAll: true}
)

func layoutOf(v Version) (*layout, error) {
	switch {
	case v.Major != 3 || v.Minor < 10 || v.Minor > 14:
		return nil, fmt.Errorf("bytecode of Python %s is unknown", v.Feature())
	case v.Minor == 10:
		return layout310, nil
	case v.Minor < 13:
		return layout311, nil
	default:
		return layout313, nil
	}
}

// A node is one object of a stream. Its children come before it in graph.nodes.
type node struct {
	kind   byte   // its type; every str is typeUnicode or typeInterned, every tuple typeTuple
	line   int32  // firstlineno of a code object
	offset int    // where it begins in the input
	text   []byte // payload of a leaf, or the integers of a code object; a part of the input

	firstKid, kidCount int // its children: a part of graph.kids
}

// A graph is a decoded stream. Objects that the stream refers to twice are one node.
type graph struct {
	nodes  []node
	kids   []int // children of all nodes, as indices of nodes
	layout *layout
}

// root is the object that the stream holds: the last one to be complete.
func (g *graph) root() int { return len(g.nodes) - 1 }

// kidsOf returns the children of n, which may be changed.
func (g *graph) kidsOf(n *node) []int {
	return g.kids[n.firstKid : n.firstKid+n.kidCount : n.firstKid+n.kidCount]
}

// A MarshalError is a stream that is not one of a code object.
type MarshalError struct {
	Offset  int // in bytes, from the start of what was read
	Problem string
}

// Error returns "marshal data at byte 17: ...".
func (e *MarshalError) Error() string {
	return fmt.Sprintf("marshal data at byte %d: %s", e.Offset, e.Problem)
}

// decode reads a stream that starts at data[start] and holds a single code object. Time and memory are linear in its
// length, whatever it says. The graph is free for another stream once release is called.
func decode(data []byte, start int, v Version) (g *graph, release func(), err error) {
	d := decoders.Get().(*decoder)
	if err := d.decode(data, start, v); err != nil {
		return nil, nil, err
	}
	return &d.graph, func() { decoders.Put(d) }, nil
}

// decoders are kept for the memory that they have.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

func (d *decoder) decode(data []byte, start int, v Version) error {
	l, err := layoutOf(v)
	if err != nil {
		return err
	}
	*d = decoder{
		data: data, pos: start, refs: d.refs[:0], pending: d.pending[:0],
		graph: graph{layout: l, nodes: d.nodes[:0], kids: d.kids[:0]},
	}
	if len(data) == start || data[start]&^flagRef != typeCode {
		return d.errorf(start, "not a code object")
	}
	if _, err := d.object(0); err != nil {
		return err
	}
	if d.pos < len(data) {
		return d.errorf(d.pos, "%d bytes after the end", len(data)-d.pos)
	}
	return nil
}

type decoder struct {
	graph
	data    []byte
	pos     int
	refs    []int // node of each numbered object, -1 while it is incomplete
	pending []int // children that were read of objects that are incomplete

	singletons [flagRef]int // by type: the node of each without a payload, of which there is one, plus 1; 0 for none yet
}

// object reads the next object and returns its node.
func (d *decoder) object(depth int) (int, error) {
	start := d.pos
	if depth > maxDepth {
		return 0, d.errorf(start, "objects nest deeper than %d", maxDepth)
	}
	head, err := d.take(1)
	if err != nil {
		return 0, err
	}
	kind := head[0] &^ flagRef
	if kind == typeRef {
		return d.reference(start)
	}
	number := -1
	if head[0]&flagRef != 0 {
		number = len(d.refs)
		d.refs = append(d.refs, -1)
	}
	id := d.singletons[kind] - 1
	if id < 0 {
		n, err := d.payload(kind, start, depth)
		if err != nil {
			return 0, err
		}
		n.offset = start
		d.nodes = append(d.nodes, n)
		id = len(d.nodes) - 1
		if isSingleton(kind) {
			d.singletons[kind] = id + 1
		}
	}
	if number >= 0 {
		d.refs[number] = id
	}
	return id, nil
}

func isSingleton(kind byte) bool {
	switch kind {
	case typeNone, typeTrue, typeFalse, typeEllipsis, typeStopIteration:
		return true
	}
	return false
}

func (d *decoder) reference(start int) (int, error) {
	number, err := d.size()
	if err != nil {
		return 0, err
	}
	if number >= len(d.refs) || d.refs[number] < 0 {
		return 0, d.errorf(start, "reference to object %d, which is not complete yet", number)
	}
	return d.refs[number], nil
}

// payload reads what follows an object's type.
func (d *decoder) payload(kind byte, start, depth int) (n node, err error) {
	n.kind = kind
	if isSingleton(kind) {
		return n, nil
	}
	switch kind {
	case typeInt:
		n.text, err = d.take(4)
	case typeFloat:
		n.text, err = d.take(8)
	case typeComplex:
		n.text, err = d.take(16)
	case typeLong:
		n.text, err = d.long(start)
	case typeBytes:
		n.text, err = d.sized()
	case typeASCII, typeASCIIInterned, typeShort, typeShortInterned, typeUnicode, typeInterned:
		return d.str(kind, start)
	case typeSmallTuple, typeTuple, typeFrozenSet:
		return d.items(kind, depth)
	case typeSlice:
		err = d.children(&n, 3, depth)
	case typeCode:
		return d.code(depth)
	default:
		err = d.errorf(start, "type %q does not occur in code objects", kind)
	}
	return n, err
}

func (d *decoder) str(kind byte, start int) (n node, err error) {
	switch kind {
	case typeShort, typeShortInterned:
		n.text, err = d.shortSized()
	default:
		n.text, err = d.sized()
	}
	if err != nil {
		return n, err
	}
	n.kind = typeUnicode
	if kind == typeASCIIInterned || kind == typeShortInterned || kind == typeInterned {
		n.kind = typeInterned
	}
	if kind == typeUnicode || kind == typeInterned {
		if !validText(n.text) {
			return n, d.errorf(start, "str is not UTF-8")
		}
	} else if !isASCII(n.text) {
		return n, d.errorf(start, "str is not ASCII")
	}
	return n, nil
}

func (d *decoder) items(kind byte, depth int) (n node, err error) {
	var count int
	if kind == typeSmallTuple {
		kind = typeTuple
		var b []byte
		if b, err = d.take(1); err == nil {
			count = int(b[0])
		}
	} else {
		count, err = d.size()
	}
	if err != nil {
		return n, err
	}
	n.kind = kind
	return n, d.children(&n, count, depth)
}

func (d *decoder) code(depth int) (n node, err error) {
	n.kind = typeCode
	if n.text, err = d.take(4 * d.layout.ints); err != nil {
		return n, err
	}
	mark := len(d.pending)
	if err := d.push(d.layout.before, depth); err != nil {
		return n, err
	}
	line, err := d.take(4)
	if err != nil {
		return n, err
	}
	n.line = int32(binary.LittleEndian.Uint32(line))
	if err := d.push(d.layout.after, depth); err != nil {
		return n, err
	}
	d.pop(&n, mark)
	return n, nil
}

// children reads count children of n. Memory grows with what is really there, not with count.
func (d *decoder) children(n *node, count, depth int) error {
	mark := len(d.pending)
	if err := d.push(count, depth); err != nil {
		return err
	}
	d.pop(n, mark)
	return nil
}

func (d *decoder) push(count, depth int) error {
	for range count {
		id, err := d.object(depth + 1)
		if err != nil {
			return err
		}
		d.pending = append(d.pending, id)
	}
	return nil
}

// pop makes the pending nodes from mark on children of n.
func (d *decoder) pop(n *node, mark int) {
	n.firstKid, n.kidCount = len(d.kids), len(d.pending)-mark
	d.kids = append(d.kids, d.pending[mark:]...)
	d.pending = d.pending[:mark]
}

func (d *decoder) long(start int) ([]byte, error) {
	b, err := d.take(4)
	if err != nil {
		return nil, err
	}
	count := int64(int32(binary.LittleEndian.Uint32(b)))
	if count < 0 {
		count = -count
	}
	if 2*count > int64(len(d.data)-d.pos) {
		return nil, d.errorf(start, "int of %d digits is cut off", count)
	}
	from := d.pos - 4
	d.pos += int(2 * count)
	return d.data[from:d.pos], nil
}

func (d *decoder) sized() ([]byte, error) {
	n, err := d.size()
	if err != nil {
		return nil, err
	}
	return d.take(n)
}

func (d *decoder) shortSized() ([]byte, error) {
	n, err := d.take(1)
	if err != nil {
		return nil, err
	}
	return d.take(int(n[0]))
}

// size reads an int32 that must not be negative.
func (d *decoder) size() (int, error) {
	b, err := d.take(4)
	if err != nil {
		return 0, err
	}
	n := int32(binary.LittleEndian.Uint32(b))
	if n < 0 {
		return 0, d.errorf(d.pos-4, "negative size %d", n)
	}
	return int(n), nil
}

func (d *decoder) take(n int) ([]byte, error) {
	if n > len(d.data)-d.pos {
		return nil, d.errorf(d.pos, "%d bytes wanted, %d left", n, len(d.data)-d.pos)
	}
	b := d.data[d.pos : d.pos+n : d.pos+n]
	d.pos += n
	return b, nil
}

func (d *decoder) errorf(offset int, format string, args ...any) error {
	return &MarshalError{Offset: offset, Problem: fmt.Sprintf(format, args...)}
}
