package pylock

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/oxgen/oxgen/internal/diag"
)

// A document is a TOML text as a tree in which everything has its place: go-toml's decoder gives places for its own errors
// only, and what is wrong with a lock file is mostly found later.
type document struct {
	file  string
	data  []byte
	lines diag.Lines
}

// A node is a value of the document.
type node struct {
	at   int // byte offset; that of the key where the value has none
	kind unstable.Kind
	text string           // a scalar as it is written, a string without its quotes and escapes
	list []*node          // elements of an array, or of an array of tables
	keys map[string]*node // of a table
}

// maxSize is the size in bytes above which a file is surely no lock file.
const maxSize = 64 << 20

// parse reads the whole text.
func (d *document) parse() (*node, error) {
	switch {
	case len(d.data) > maxSize:
		return nil, &diag.Error{File: d.file, Problem: "the file is larger than 64 MiB"}
	case !utf8.Valid(d.data):
		return nil, &diag.Error{File: d.file, Problem: "the file is not UTF-8"}
	}
	var all map[string]any // finds what the parser below does not: keys given twice, bad numbers
	if err := toml.Unmarshal(d.data, &all); err != nil {
		e := &diag.Error{File: d.file, Problem: oneLine(strings.TrimPrefix(err.Error(), "toml: ")), Hint: hintLock, Err: err}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			e.Line, e.Column = at.Position()
		}
		return nil, e
	}
	root := newTable(0)
	current := root
	var p unstable.Parser
	p.Reset(d.data)
	for p.NextExpression() {
		expr := p.Expression()
		keys, at := keysOf(expr.Key())
		switch expr.Kind {
		case unstable.Table:
			current = root.descend(keys, at)
		case unstable.ArrayTable:
			parent := root.descend(keys[:len(keys)-1], at)
			last := keys[len(keys)-1]
			if parent.keys[last] == nil {
				parent.keys[last] = &node{at: at, kind: unstable.Array}
			}
			current = newTable(at)
			parent.keys[last].list = append(parent.keys[last].list, current)
		case unstable.KeyValue:
			current.set(expr)
		}
	}
	return root, nil
}

func newTable(at int) *node { return &node{at: at, kind: unstable.Table, keys: map[string]*node{}} }

// set adds a `key = value` to a table.
func (n *node) set(kv *unstable.Node) {
	keys, at := keysOf(kv.Key())
	n.descend(keys[:len(keys)-1], at).keys[keys[len(keys)-1]] = valueOf(kv.Value(), at)
}

// descend returns the table at a dotted key below n, made where it is missing. In an array of tables it is the last one.
func (n *node) descend(keys []string, at int) *node {
	for _, k := range keys {
		next := n.keys[k]
		if next == nil {
			next = newTable(at)
			n.keys[k] = next
		}
		if len(next.list) > 0 {
			next = next.list[len(next.list)-1]
		}
		if next.keys == nil {
			next.keys = map[string]*node{} // go-toml has refused what comes here
		}
		n = next
	}
	return n
}

func keysOf(it unstable.Iterator) (keys []string, at int) {
	for it.Next() {
		if keys == nil {
			at = int(it.Node().Raw.Offset)
		}
		keys = append(keys, string(it.Node().Data))
	}
	return keys, at
}

func valueOf(v *unstable.Node, at int) *node {
	n := &node{at: at, kind: v.Kind, text: string(v.Data)}
	switch v.Kind {
	case unstable.Array:
		for it := v.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				n.list = append(n.list, valueOf(it.Node(), at))
			}
		}
	case unstable.InlineTable:
		n.kind, n.keys = unstable.Table, map[string]*node{}
		first := true
		for it := v.Children(); it.Next(); {
			if it.Node().Kind != unstable.KeyValue {
				continue
			}
			if _, at := keysOf(it.Node().Key()); first {
				n.at, first = at, false
			}
			n.set(it.Node())
		}
	case unstable.Table, unstable.Comment, unstable.KeyValue, unstable.ArrayTable, unstable.Invalid:
	default:
		if v.Raw.Length > 0 {
			n.at = int(v.Raw.Offset)
		}
	}
	return n
}

// problem returns the error for a byte offset.
func (d *document) problem(at int, hint, format string, args ...any) *diag.Error {
	line, column := d.lines.Position(at)
	err := fmt.Errorf(format, args...)
	return &diag.Error{
		File: d.file, Line: line, Column: column,
		Problem: oneLine(err.Error()), Hint: hint, Err: errors.Unwrap(err),
	}
}

// oneLine replaces what would break a message or a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, s)
}
