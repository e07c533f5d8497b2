package pyc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
	"sync"
)

// Canonical returns the canonical form of a marshalled code object: the same values, in bytes that follow from the values
// alone, whichever process wrote them.
//
//   - Equal constants (of the same type and, for floats, the same bits) are one object, as the compiler makes them
//     within a code object. Code objects are never joined.
//   - An object has flagRef if and only if it is referred to later on. An object of which the interpreter has only one
//     anyway (None, small ints, the empty tuple and bytes) is written out each time, which is as short.
//   - A str is marked as interned if every interpreter of the version interns it anyway when it makes the code object:
//     names, constants that could be names, and since 3.13 single characters, the code object's own name and its file.
//   - The items of a frozenset are in the order of their digests.
//
// The form is shorter than what marshal writes and takes less time to load, since fewer objects are kept for reference.
func Canonical(code []byte, v Version) ([]byte, error) {
	g, release, err := decode(code, 0, v)
	if err != nil {
		return nil, err
	}
	defer release()
	return g.canonical(len(code)), nil
}

// Relocate returns the canonical form of a marshalled code object with another co_filename, as it would have been compiled
// from the file filename. Like CPython's _imp._fix_co_filename, it leaves code within alone that has another co_filename than
// the whole.
func Relocate(code []byte, v Version, filename string) ([]byte, error) {
	g, release, err := decode(code, 0, v)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := g.relocate(filename); err != nil {
		return nil, err
	}
	return g.canonical(len(code)), nil
}

// relocate changes the file of all code objects that have that of the root. A constant may be the same text, so the new
// name is a node of its own, the first.
func (g *graph) relocate(filename string) error {
	at := g.layout.filename
	old := &g.nodes[g.kidsOf(&g.nodes[g.root()])[at]]
	if old.kind != typeUnicode && old.kind != typeInterned {
		return &MarshalError{Offset: old.offset, Problem: "filename of the code object is of a wrong type"}
	}
	text := old.text
	g.nodes = slices.Insert(g.nodes, 0, node{kind: typeUnicode, text: []byte(filename)})
	for k := range g.kids {
		g.kids[k]++
	}
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.kind != typeCode {
			continue
		}
		kids := g.kidsOf(n)
		if file := &g.nodes[kids[at]]; (file.kind == typeUnicode || file.kind == typeInterned) && bytes.Equal(file.text, text) {
			kids[at] = 0
		}
	}
	return nil
}

// canonical writes the graph; size is about what it will take.
func (g *graph) canonical(size int) []byte {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.reset(g)
	e.join()
	e.intern()
	e.count(g.root())
	e.out = make([]byte, 0, size)
	e.object(g.root())
	return e.out
}

// encoders are kept for the memory that they have.
var encoders = sync.Pool{New: func() any { return &encoder{classes: map[uint64]int{}, digests: map[int]digest{}} }}

type digest = [sha256.Size]byte

// An encoder writes a graph. Nodes that are equal form a class, which goes by the lowest of them.
type encoder struct {
	*graph
	class    []int          // of each node
	classes  map[uint64]int // those that may have equal nodes, by a hash of what these have in common, or the next free number
	interned []bool
	uses     []int          // how often each class occurs
	number   []int          // of each class that has been written and is referred to later, plus 1
	written  int            // how many have a number
	digests  map[int]digest // of the classes that occur in frozensets
	key, out []byte
}

// reset readies e for another graph.
func (e *encoder) reset(g *graph) {
	n := len(g.nodes)
	e.graph, e.written = g, 0
	e.class, e.interned, e.uses, e.number = zeros(e.class, n), zeros(e.interned, n), zeros(e.uses, n), zeros(e.number, n)
	clear(e.classes)
	clear(e.digests)
}

// zeros returns n zero values, in the memory of s if that is enough.
func zeros[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// join finds the class of every node. Children come before their parents, so one pass does.
func (e *encoder) join() {
	for id := range e.nodes {
		n := &e.nodes[id]
		kids := e.kidsOf(n)
		for i, kid := range kids {
			kids[i] = e.class[kid]
		}
		if n.kind == typeFrozenSet {
			e.sort(kids)
		}
		e.class[id] = id
		if n.kind != typeCode {
			e.class[id] = e.find(id)
		}
	}
}

// find returns the first node that equals the node id, which may be itself.
func (e *encoder) find(id int) int {
	n := &e.nodes[id]
	for hash := e.hash(n); ; hash++ {
		first, taken := e.classes[hash]
		switch {
		case !taken:
			e.classes[hash] = id
			return id
		case e.equal(&e.nodes[first], n):
			return first
		}
	}
}

// equal tells whether two nodes whose children have their classes are of one class. Interned or not is no difference.
func (e *encoder) equal(a, b *node) bool {
	return plain(a.kind) == plain(b.kind) && bytes.Equal(a.text, b.text) && slices.Equal(e.kidsOf(a), e.kidsOf(b))
}

// hash returns the same number for nodes that are equal.
func (e *encoder) hash(n *node) uint64 {
	e.key = append(e.key[:0], plain(n.kind))
	e.key = append(e.key, n.text...)
	for _, kid := range e.kidsOf(n) {
		e.key = binary.AppendUvarint(e.key, uint64(kid))
	}
	return maphash.Bytes(hashSeed, e.key)
}

var hashSeed = maphash.MakeSeed()

// plain returns the kind of a node, of an interned str that of any other.
func plain(kind byte) byte {
	if kind == typeInterned {
		return typeUnicode
	}
	return kind
}

// sort orders the items of a frozenset by their digests.
func (e *encoder) sort(kids []int) {
	slices.SortFunc(kids, func(a, b int) int {
		da, db := e.digest(a), e.digest(b)
		return bytes.Compare(da[:], db[:])
	})
}

// digest returns the SHA-256 of a class's kind and payload and the digests of its children, each of which is computed
// once, however often it occurs.
func (e *encoder) digest(class int) digest {
	if d, ok := e.digests[class]; ok {
		return d
	}
	n := &e.nodes[class]
	text := append([]byte{plain(n.kind)}, n.text...)
	for _, kid := range e.kidsOf(n) {
		d := e.digest(kid)
		text = append(text, d[:]...)
	}
	d := sha256.Sum256(text)
	e.digests[class] = d
	return d
}

// intern decides which classes of str are interned.
func (e *encoder) intern() {
	for id := range e.nodes {
		n := &e.nodes[id]
		switch n.kind {
		case typeUnicode, typeInterned:
			if isName(n.text) || e.layout.internsAll && isCharacter(n.text) {
				e.interned[e.class[id]] = true
			}
		case typeCode:
			kids := e.kidsOf(n)
			for _, table := range e.layout.tables {
				for _, kid := range e.kidsOf(&e.nodes[kids[table]]) {
					e.interned[kid] = true
				}
			}
			if !e.layout.internsAll {
				continue
			}
			for _, kid := range []int{e.layout.filename, e.layout.name, e.layout.qualname} {
				e.interned[kids[kid]] = true
			}
		}
	}
}

// count counts how often each class will occur in the output.
func (e *encoder) count(class int) {
	e.uses[class]++
	if e.uses[class] > 1 {
		return
	}
	for _, kid := range e.kidsOf(&e.nodes[class]) {
		e.count(kid)
	}
}

// object appends a class, or a reference to where it was written before.
func (e *encoder) object(class int) {
	if e.number[class] > 0 {
		e.out = append(e.out, typeRef)
		e.size(e.number[class] - 1)
		return
	}
	n := &e.nodes[class]
	var flag byte
	if e.uses[class] > 1 && !e.unique(n) {
		e.written++
		e.number[class] = e.written
		flag = flagRef
	}
	switch n.kind {
	case typeUnicode, typeInterned:
		e.str(n.text, e.interned[class], flag)
	case typeTuple, typeFrozenSet:
		e.items(n, flag)
	case typeCode:
		e.code(n, flag)
	case typeBytes:
		e.out = append(e.out, n.kind|flag)
		e.size(len(n.text))
		e.out = append(e.out, n.text...)
	default:
		e.out = append(e.out, n.kind|flag)
		e.out = append(e.out, n.text...)
		e.objects(e.kidsOf(n))
	}
}

// unique reports whether the interpreter has only one object of n's value, so that nothing has to refer to it.
func (e *encoder) unique(n *node) bool {
	switch n.kind {
	case typeInt:
		i := int32(binary.LittleEndian.Uint32(n.text))
		return -5 <= i && i <= 256
	case typeTuple:
		return n.kidCount == 0
	case typeBytes:
		return len(n.text) == 0
	}
	return isSingleton(n.kind)
}

func (e *encoder) str(text []byte, interned bool, flag byte) {
	kind := byte(typeUnicode)
	ascii := isASCII(text)
	short := ascii && len(text) <= math.MaxUint8
	switch {
	case short && interned:
		kind = typeShortInterned
	case short:
		kind = typeShort
	case ascii && interned:
		kind = typeASCIIInterned
	case ascii:
		kind = typeASCII
	case interned:
		kind = typeInterned
	}
	e.out = append(e.out, kind|flag)
	if short {
		e.out = append(e.out, byte(len(text)))
	} else {
		e.size(len(text))
	}
	e.out = append(e.out, text...)
}

func (e *encoder) items(n *node, flag byte) {
	if n.kind == typeTuple && n.kidCount <= math.MaxUint8 {
		e.out = append(e.out, typeSmallTuple|flag, byte(n.kidCount))
	} else {
		e.out = append(e.out, n.kind|flag)
		e.size(n.kidCount)
	}
	e.objects(e.kidsOf(n))
}

func (e *encoder) code(n *node, flag byte) {
	e.out = append(e.out, typeCode|flag)
	e.out = append(e.out, n.text...)
	kids := e.kidsOf(n)
	e.objects(kids[:e.layout.before])
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(n.line))
	e.objects(kids[e.layout.before:])
}

func (e *encoder) objects(classes []int) {
	for _, class := range classes {
		e.object(class)
	}
}

func (e *encoder) size(n int) {
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(n))
}
