package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/oxgen/oxgen/internal/diag"
)

// A document is a TOML text with the place of everything in it. go-toml's decoder gives positions for its own errors
// only, but a value that turns out to be wrong after it was decoded must be pointed at too; so the text is outlined
// first, with the parser below that decoder.
type document struct {
	file     string
	root     []string // path of the table that is the configuration; nil is the whole document
	data     []byte
	lines    diag.Lines
	items    []item         // what stands at root and below, in the order of the text
	elements map[string]int // number of headers so far of each array of tables
	problems []*diag.Error
}

// An item is a key with its value, or the header of a table.
type item struct {
	path    []name // from root on; empty for root itself
	value   value
	element int // of the array of tables that it stands in, from 0; else whatever
}

// A name is one element of a dotted key.
type name struct {
	text string
	at   int // byte offset
}

// A value is what stands behind a key.
type value struct {
	kind  unstable.Kind // Table and ArrayTable for a header; else the kind of the value
	text  string        // a scalar as it is written, a string without its quotes and escapes
	at    int           // byte offset
	elems []value       // of an Array; those of arrays and tables within have no text and no elements
}

// outline fills d.items. The error is a syntax error.
func (d *document) outline() error {
	var p unstable.Parser
	p.Reset(d.data)
	var header []name
	for p.NextExpression() {
		expr := p.Expression()
		if expr.Kind == unstable.KeyValue {
			d.keyValue(header, expr)
			continue
		}
		header = appendKey(nil, expr.Key())
		d.add(header, value{kind: expr.Kind, at: header[len(header)-1].at})
	}
	var syntax *unstable.ParserError
	if err := p.Error(); errors.As(err, &syntax) {
		at := int(p.Range(syntax.Highlight).Offset)
		return d.problem(at, d.syntaxHint(at), "%s", oneLine(syntax.Message))
	} else if err != nil {
		return &diag.Error{File: d.file, Problem: oneLine(err.Error()), Err: err}
	}
	return nil
}

// syntaxHint returns the hint for the two mistakes that are made most, a string without quotes and a Windows path.
func (d *document) syntaxHint(at int) string {
	before := bytes.TrimRight(d.data[:at], " \t")
	switch {
	case at < len(d.data) && bytes.HasSuffix(before, []byte("=")) && isLetter(d.data[at]):
		return "a string is written in quotes"
	case bytes.HasSuffix(before, []byte(`\`)) || at < len(d.data) && d.data[at] == '\\':
		return `in "…" a backslash is written twice, in '…' once`
	}
	return ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// keyValue adds the item of a `key = value` below table, and those of an inline table within.
func (d *document) keyValue(table []name, kv *unstable.Node) {
	path := appendKey(slices.Clip(table), kv.Key())
	node := kv.Value()
	v := value{kind: node.Kind, text: string(node.Data), at: d.valueOffset(kv)}
	if node.Kind == unstable.Array {
		v.elems = elements(node, v.at)
	}
	d.add(path, v)
	// Tables within tables are followed no deeper than they are known, so that foreign text can't make this recurse.
	if node.Kind != unstable.InlineTable || len(path) > len(d.root)+1 {
		return
	}
	for it := node.Children(); it.Next(); {
		if it.Node().Kind == unstable.KeyValue {
			d.keyValue(path, it.Node())
		}
	}
}

// add records an item unless it stands outside of d.root. A root in capitals is refused: go-toml would take it for the
// same table.
func (d *document) add(path []name, v value) {
	if len(path) < len(d.root) {
		return
	}
	exact := true
	for i, want := range d.root {
		if !strings.EqualFold(path[i].text, want) {
			return
		}
		exact = exact && path[i].text == want
	}
	if !exact {
		d.report(path[0].at, "", "the table must be written %s, in small letters", d.header(""))
		return
	}
	path = path[len(d.root):]
	if v.kind == unstable.ArrayTable && len(path) == 1 && IsArray(path[0].text) {
		if d.elements == nil {
			d.elements = map[string]int{}
		}
		d.elements[path[0].text]++
	}
	element := -1
	if len(path) > 0 {
		element = d.elements[path[0].text] - 1
	}
	d.items = append(d.items, item{path, v, element})
}

// valueOffset returns where the value of kv starts. The parser gives no range for an array, so the text is read on from
// the end of the key: blanks, "=", blanks.
func (d *document) valueOffset(kv *unstable.Node) int {
	end := int(kv.Raw.Offset)
	for it := kv.Key(); it.Next(); {
		end = int(it.Node().Raw.Offset + it.Node().Raw.Length)
	}
	for end < len(d.data) && strings.IndexByte(" \t=", d.data[end]) >= 0 {
		end++
	}
	return end
}

// elements returns the elements of an array that starts at offset at.
func elements(array *unstable.Node, at int) []value {
	var all []value
	for it := array.Children(); it.Next(); {
		n := it.Node()
		v := value{kind: n.Kind, text: string(n.Data), at: int(n.Raw.Offset)}
		if n.Kind == unstable.Array {
			v.at = at // has no range either; the outer array is near enough
		}
		all = append(all, v)
	}
	return all
}

// appendKey appends the elements of a dotted key.
func appendKey(path []name, key unstable.Iterator) []name {
	for key.Next() {
		path = append(path, name{string(key.Node().Data), int(key.Node().Raw.Offset)})
	}
	return path
}

// hasRoot reports whether the document has the table that holds the configuration.
func (d *document) hasRoot() bool { return d.root == nil || len(d.items) > 0 }

// find returns the value of a known key, or the header of a known table. It may be called once checkShape is content:
// before that a quoted key could pass for a path.
func (d *document) find(path string) (value, bool) { return d.findIn(path, 0) }

// findIn is find for a key in an element of an array of tables.
func (d *document) findIn(path string, element int) (value, bool) {
	for _, it := range d.items {
		table, _, _ := strings.Cut(path, ".")
		if pathOf(it.path) == path && (it.element == element || !IsArray(table)) {
			return it.value, true
		}
	}
	return value{}, false
}

func (d *document) has(path string) bool {
	_, ok := d.find(path)
	return ok
}

func pathOf(path []name) string {
	texts := make([]string, len(path))
	for i, n := range path {
		texts[i] = n.text
	}
	return strings.Join(texts, ".")
}

// header returns a table as its header is written in this document; "" is the root.
func (d *document) header(table string) string {
	path := slices.Clone(d.root)
	if table != "" {
		path = append(path, table)
	}
	header := "[" + strings.Join(path, ".") + "]"
	if IsArray(table) {
		return "[" + header + "]"
	}
	return header
}

// report notes a problem at a byte offset.
func (d *document) report(at int, hint, format string, args ...any) {
	d.problems = append(d.problems, d.problem(at, hint, format, args...))
}

// problem returns the error for a byte offset; a negative one is no place in particular.
func (d *document) problem(at int, hint, format string, args ...any) *diag.Error {
	e := &diag.Error{File: d.file, Problem: fmt.Sprintf(format, args...), Hint: hint}
	if at >= 0 {
		e.Line, e.Column = d.lines.Position(at)
	}
	return e
}

// err returns what was reported, sorted by position and each once; nil when there is nothing.
func (d *document) err() error {
	slices.SortStableFunc(d.problems, func(a, b *diag.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	d.problems = slices.CompactFunc(d.problems, func(a, b *diag.Error) bool { return *a == *b })
	if len(d.problems) == 1 {
		return d.problems[0]
	}
	errs := make([]error, len(d.problems))
	for i, p := range d.problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}
