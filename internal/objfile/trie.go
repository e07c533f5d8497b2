package objfile

import (
	"encoding/binary"
	"errors"
	"strings"
)

// exportedNames returns the names in an export trie that begin with a prefix, in the trie's order (mach-o/loader.h,
// "dyld_info_command"). Each node has the size of its own information, the information, the number of children, and for each
// child the text of the edge to it, ending with a zero byte, and its offset; numbers are ULEB128, the number of children is a
// byte. A node with information is a name.
func exportedNames(trie []byte, prefix string) ([]string, error) {
	t := &exportTrie{data: trie, prefix: prefix, seen: map[uint64]bool{}}
	if len(trie) == 0 {
		return nil, nil
	}
	err := t.visit(0, "")
	return t.names, err
}

var errTrie = errors.New("the export trie is damaged")

// An exportTrie is a trie being read.
type exportTrie struct {
	data   []byte
	prefix string
	seen   map[uint64]bool // offsets of nodes: a trie has no two ways to one
	names  []string
}

// visit reads the node at an offset, whose edges from the root are the text.
func (t *exportTrie) visit(at uint64, text string) error {
	if at >= uint64(len(t.data)) || t.seen[at] || len(text) > maxName || len(t.seen) > maxSymbols {
		return errTrie
	}
	t.seen[at] = true
	rest := t.data[at:]
	size, n := binary.Uvarint(rest)
	if n <= 0 || size >= uint64(len(rest)-n) {
		return errTrie
	}
	if size > 0 && strings.HasPrefix(text, t.prefix) {
		t.names = append(t.names, text)
	}
	rest = rest[uint64(n)+size:]
	children := rest[0]
	rest = rest[1:]
	for range children {
		edge := cString(rest)
		if len(edge) >= len(rest) {
			return errTrie
		}
		rest = rest[len(edge)+1:]
		child, n := binary.Uvarint(rest)
		if n <= 0 {
			return errTrie
		}
		rest = rest[n:]
		next := text + edge
		if !strings.HasPrefix(next, t.prefix) && !strings.HasPrefix(t.prefix, next) {
			continue
		}
		if err := t.visit(child, next); err != nil {
			return err
		}
	}
	return nil
}
