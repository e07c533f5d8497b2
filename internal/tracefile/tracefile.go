// Package tracefile reads and writes what traced runs of a program have used: the file oxgen.trace.toml.
package tracefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// A Trace is what runs have used. The lists are sorted, each element once.
type Trace struct {
	Modules       []string `toml:"modules"`       // dotted names
	Resources     []string `toml:"resources"`     // paths below the program's root
	Distributions []string `toml:"distributions"` // normalised names of those whose metadata was read
}

// Read reads a file. One that does not exist gives an error that is fs.ErrNotExist; others are *diag.Error.
func Read(path, label string) (*Trace, error) {
	text, err := inputs.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, diag.Errorf(label, "make it readable (chmod u+r)", "can't be read: %w", err)
	}
	return Parse(text, label)
}

// Parse reads the text of a file, which messages call by label. Keys of later versions are passed over.
func Parse(text []byte, label string) (*Trace, error) {
	var t Trace
	if err := toml.Unmarshal(text, &t); err != nil {
		e := diag.Errorf(label, "remove it, and run `oxgen trace` again", "no file of oxgen trace: %w", err)
		var decode *toml.DecodeError
		if errors.As(err, &decode) {
			e.Line, e.Column = decode.Position()
		}
		return nil, e
	}
	t.Merge(&Trace{})
	return &t, nil
}

// Merge adds what other has.
func (t *Trace) Merge(other *Trace) {
	union := func(a, b []string) []string {
		all := slices.Concat(a, b)
		slices.Sort(all)
		return slices.Compact(all)
	}
	t.Modules = union(t.Modules, other.Modules)
	t.Resources = union(t.Resources, other.Resources)
	t.Distributions = union(t.Distributions, other.Distributions)
}

// Format returns the text of the file, the same for the same trace.
func (t *Trace) Format() []byte {
	var b bytes.Buffer
	b.WriteString("# What runs of the program under `oxgen trace` have used. The next run adds to it; lines may be deleted.\n")
	for _, part := range []struct {
		key  string
		list []string
	}{{"modules", t.Modules}, {"resources", t.Resources}, {"distributions", t.Distributions}} {
		if len(part.list) == 0 {
			fmt.Fprintf(&b, "%s = []\n", part.key)
			continue
		}
		fmt.Fprintf(&b, "%s = [\n", part.key)
		for _, s := range part.list {
			fmt.Fprintf(&b, "  %s,\n", quote(s))
		}
		b.WriteString("]\n")
	}
	return b.Bytes()
}

// quote returns a basic string of TOML.
func quote(s string) string {
	var b bytes.Buffer
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < 0x20 || c == 0x7F:
			fmt.Fprintf(&b, "\\u%04X", c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
