package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/oxgen/oxgen/internal/diag"
)

// checkShape reports every unknown key, and every value that is not what Keys says, whatever the other values are.
func (d *document) checkShape() {
	unknown := make(map[string]bool) // paths that were reported
	for _, it := range d.items {
		d.checkItem(it, unknown)
	}
}

func (d *document) checkItem(it item, unknown map[string]bool) {
	if len(it.path) == 0 { // root itself
		d.checkTable(strings.Join(d.root, "."), it.value)
	}
	table := ""
	for i, n := range it.path {
		path := n.text
		if table != "" {
			path = table + "." + n.text
		}
		last := i == len(it.path)-1
		key, isKey := keyAt(path)
		switch {
		case isKey && !strings.Contains(n.text, "."):
			if !last {
				it.value = value{kind: unstable.Table, at: n.at}
			}
			d.checkValue(key, it.value)
			return
		case i == 0 && IsArray(path):
			if last && it.value.kind != unstable.ArrayTable || it.element < 0 {
				d.report(n.at, "start each with a line "+d.header(path), "%s must be an array of tables", path)
				return
			}
			table = path
		case i == 0 && slices.Contains(Tables(), path):
			if last {
				d.checkTable(path, it.value)
			}
			table = path
		default:
			if !unknown[path] {
				unknown[path] = true
				d.report(n.at, suggest(d, table, n.text), "unknown %s", d.describe(table, n.text, last && it.value.kind == unstable.Table))
			}
			return
		}
	}
}

// describe names a key that isn't known: `key "x"`, `key "x" in [run]` or `table [x]`.
func (d *document) describe(table, name string, isTable bool) string {
	quoted := oneLine(strconv.Quote(name))
	switch {
	case isTable && table == "" && !strings.ContainsAny(quoted, `\`):
		return "table " + d.header(name)
	case table == "" && d.root == nil:
		return "key " + quoted
	default:
		return "key " + quoted + " in " + d.header(table)
	}
}

// suggest returns the hint for a key that isn't known in table.
func suggest(d *document, table, name string) string {
	for _, k := range keys {
		home, known := k.Split()
		switch {
		case known != name:
		case home == "":
			return strconv.Quote(name) + " belongs above the tables, before the first line in brackets"
		default:
			return strconv.Quote(name) + " belongs in the table " + d.header(home)
		}
	}
	known := names(table)
	if near := nearest(name, known); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return "known here: " + strings.Join(known, ", ")
}

// nearest returns the name with the least edit distance to s, the first of several; "" when more than one edit in
// three letters would be needed. Upper case and underscores are taken for what they are in the names.
func nearest(s string, names []string) string {
	return Nearest(strings.ReplaceAll(strings.ToLower(s), "_", "-"), names)
}

// Nearest returns the name with the least edit distance to s, the first of several; "" when more than one edit in three
// letters would be needed.
func Nearest(s string, names []string) string {
	if len(s) > 64 {
		return ""
	}
	best, least := "", max(2, len(s)/3+1)
	for _, n := range names {
		if d := distance(s, n); d < least || d == 0 {
			best, least = n, d
		}
	}
	return best
}

// distance returns the number of bytes to insert, delete, replace or swap with their neighbour that make b of a
// (the optimal string alignment distance: nothing is edited twice).
func distance(a, b string) int {
	d := make([][]int, len(a)+1) // d[i][j] is the distance of a[:i] and b[:j]
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			d[i][j] = min(replace, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func (d *document) checkTable(path string, v value) {
	if v.kind != unstable.Table && v.kind != unstable.InlineTable {
		d.report(v.at, "", "%s must be a table, not %s", path, kindName(v.kind))
	}
}

// checkValue reports a value of the wrong type, out of range or not in the list of values.
func (d *document) checkValue(k Key, v value) {
	if !fits(k.Type, v.kind) {
		d.report(v.at, mend(k, v), "%s must be %s, not %s", k.Path, k.Type, kindName(v.kind))
		return
	}
	switch k.Type {
	case Integer:
		d.checkInteger(k, v)
	case Integers:
		d.checkIntegers(k, v)
	case String:
		d.checkString(k, v, k.Path)
	case Size:
		d.checkSize(k, v)
	case Strings:
		for i, e := range v.elems {
			what := "element " + strconv.Itoa(i+1) + " of " + k.Path
			if e.kind != unstable.String {
				d.report(e.at, mend(Key{Type: String}, e), "%s must be a string, not %s", what, kindName(e.kind))
				continue
			}
			d.checkString(k, e, what)
		}
	}
}

func (d *document) checkIntegers(k Key, v value) {
	if v.kind != unstable.Array {
		d.checkInteger(k, v)
		return
	}
	if len(v.elems) == 0 {
		d.report(v.at, "leave the key out, or give one at least", "%s is empty", k.Path)
	}
	for i, e := range v.elems {
		if e.kind != unstable.Integer {
			d.report(e.at, mend(Key{Type: Integer}, e), "element %d of %s must be an integer, not %s", i+1, k.Path, kindName(e.kind))
			continue
		}
		d.checkInteger(k, e)
	}
}

func (d *document) checkSize(k Key, v value) {
	if v.kind == unstable.Integer {
		if n, err := strconv.ParseInt(v.text, 0, 64); err != nil || n <= 0 {
			d.report(v.at, "", "%s must be above 0, not %s", k.Path, v.text)
		}
		return
	}
	var e *diag.Error
	if _, err := ParseByteSize(v.text); errors.As(err, &e) {
		d.report(v.at, e.Hint, "%s: %s", k.Path, e.Problem)
	}
}

func (d *document) checkInteger(k Key, v value) {
	// Base 0 reads what TOML writes: prefixes, signs and underscores. An integer that only Go takes (007) is found later.
	n, err := strconv.ParseInt(v.text, 0, 64)
	if err != nil || n < 0 || n > k.Limit() {
		d.report(v.at, "", "%s must be from 0 to %d, not %s", k.Path, k.Limit(), v.text)
	}
}

func (d *document) checkString(k Key, v value, what string) {
	switch {
	case strings.ContainsRune(v.text, 0):
		d.report(v.at, "", "%s holds a NUL character", what)
	case strings.HasSuffix(k.Path, ".argv"): // any argument may be given
	case v.text == "":
		d.report(v.at, "give it a value, or leave it out", "%s is empty", what)
	case k.Values != nil && !slices.Contains(k.Values, v.text):
		d.report(v.at, oneOf(v.text, k.Values), "unknown value %q of %s", v.text, what)
	}
}

// oneOf returns the hint for a string that isn't among values.
func oneOf(s string, values []string) string {
	if near := nearest(s, values); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	if len(quoted) == 1 {
		return quoted[0] + " is the only value for now"
	}
	return "one of " + strings.Join(quoted, ", ")
}

// mend returns the hint for a value that would be right with or without quotes or brackets.
func mend(k Key, v value) string {
	_, notInteger := strconv.ParseInt(v.text, 0, 64)
	before := ""
	if _, name := k.Split(); name != "" {
		before = name + " = "
	}
	quoted := strconv.Quote(v.text)
	switch {
	case len(v.text) > 40 || strings.Contains(quoted, `\`):
		return ""
	case k.Type == Strings && v.kind == unstable.String:
		return "write " + before + "[" + quoted + "]"
	case k.Type == String && (v.kind == unstable.Integer || v.kind == unstable.Float || v.kind == unstable.Bool):
		return "write " + before + quoted
	case v.kind != unstable.String:
		return ""
	case k.Type == Bool && (v.text == "true" || v.text == "false"), (k.Type == Integer || k.Type == Integers) && notInteger == nil:
		return "write " + before + v.text + ", without quotes"
	}
	return ""
}

// fits tells whether a value of a kind may be of type t.
func fits(t Type, kind unstable.Kind) bool {
	switch t {
	case Integers:
		return kind == unstable.Integer || kind == unstable.Array
	case Size:
		return kind == unstable.Integer || kind == unstable.String
	}
	return kind == kindOf(t)
}

// kindOf returns what the parser calls a value of type t, of Bool, Integer, String and Strings.
func kindOf(t Type) unstable.Kind {
	switch t {
	case Bool:
		return unstable.Bool
	case Integer:
		return unstable.Integer
	case String:
		return unstable.String
	case Strings:
		return unstable.Array
	}
	return unstable.Invalid
}

// kindName returns what a user calls a value of kind k.
func kindName(k unstable.Kind) string {
	switch k {
	case unstable.Bool:
		return "a boolean"
	case unstable.Integer:
		return "an integer"
	case unstable.Float:
		return "a float"
	case unstable.String:
		return "a string"
	case unstable.Array:
		return "an array"
	case unstable.Table, unstable.InlineTable:
		return "a table"
	case unstable.ArrayTable:
		return "an array of tables"
	}
	return "a date or time"
}
