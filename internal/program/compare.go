package program

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/pyembed/table"
)

// The changes.
const (
	Added   = "added"   // the new program alone has it
	Removed = "removed" // the old one alone has it
	Changed = "changed"
)

// A Change is one difference between two programs.
type Change struct {
	Change       string   `json:"change"` // Added, Removed, Changed
	Kind         string   `json:"kind"`   // a kind of File, or "python", "glibc", "libpython", "importer", "setting", "run", "distribution", "vendored", "bundled", "licence", "link"
	Name         string   `json:"name"`
	Distribution string   `json:"distribution,omitempty"` // of a file
	What         []string `json:"what,omitempty"`         // of Changed: "source", "bytecode 0" …
	Old          string   `json:"old,omitempty"`          // a value, a version, or the first 8 digits of the SHA-256 of what changed first
	New          string   `json:"new,omitempty"`
	OldSize      int      `json:"old_size,omitempty"` // in the table, in bytes
	NewSize      int      `json:"new_size,omitempty"`
}

// Growth returns by how many bytes the new program is larger.
func (c *Change) Growth() int { return c.NewSize - c.OldSize }

// Compare returns what differs between two programs: what they are first, then modules by name, then files by path. A strict
// comparison also tells what a program says of itself for tools: where its files come from, and what became of those that are
// not in it. Two programs without a difference by a strict comparison have the same table, byte for byte, or tables of two
// versions of oxgen.
func Compare(old, new *Program, strict bool) ([]Change, error) {
	a, err := old.items(strict)
	if err != nil {
		return nil, err
	}
	b, err := new.items(strict)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for len(a) > 0 || len(b) > 0 {
		var c Change
		order := 1
		switch {
		case len(b) == 0:
			order = -1
		case len(a) > 0:
			order = a[0].compare(&b[0])
		}
		switch {
		case order < 0:
			c = a[0].change(Removed)
			c.Old, c.OldSize = a[0].shown(), a[0].size
			a = a[1:]
		case order > 0:
			c = b[0].change(Added)
			c.New, c.NewSize = b[0].shown(), b[0].size
			b = b[1:]
		default:
			c = a[0].changed(&b[0], strict)
			a, b = a[1:], b[1:]
		}
		if c.Change != "" {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// An item is something that a program consists of.
type item struct {
	group        int // place of its kind in the order of a comparison
	kind, name   string
	distribution string
	value        string // for people; "" shows the digest of a part
	size         int    // in the table, in bytes
	parts        []part
}

// A part is what may differ in an item.
type part struct {
	what   string
	stored table.Stored
}

func text(what, s string) part { return part{what, table.Stored{Bytes: []byte(s), Length: len(s)}} }

func (i *item) compare(other *item) int {
	return cmp.Or(cmp.Compare(i.group, other.group), strings.Compare(i.name, other.name))
}

func (i *item) change(what string) Change {
	return Change{Change: what, Kind: i.kind, Name: i.name, Distribution: i.distribution}
}

// shown returns what people see of the item: its value, or the digest of its first part.
func (i *item) shown() string {
	if i.value != "" || len(i.parts) == 0 {
		return i.value
	}
	return digest(i.parts[0].stored)
}

// changed returns the Change between two items of one name; its Change is "" for none.
func (i *item) changed(to *item, strict bool) Change {
	c := to.change(Changed)
	c.OldSize, c.NewSize = i.size, to.size
	c.Old, c.New = i.value, to.value
	if i.kind != to.kind {
		c.What = []string{"kind"}
		c.Old, c.New = i.kind, to.kind
	}
	for _, what := range union(i.parts, to.parts) {
		a, b := i.part(what), to.part(what)
		switch {
		case bytes.Equal(a.Bytes, b.Bytes) && a.Compression == b.Compression && a.Length == b.Length:
			continue
		case digest(a) != digest(b):
			c.What = append(c.What, what)
		case strict:
			c.What = append(c.What, what+" (another compression of the same bytes)")
		default:
			continue
		}
		if c.Old == "" && c.New == "" {
			c.Old, c.New = digest(a), digest(b)
		}
	}
	if resized := i.group == groupDistribution && i.size != to.size; len(c.What) == 0 && i.value == to.value && !resized {
		c.Change = ""
	}
	return c
}

// union returns what the parts are of, in the order of a and then of b.
func union(a, b []part) []string {
	var all []string
	for _, p := range slices.Concat(a, b) {
		if !slices.Contains(all, p.what) {
			all = append(all, p.what)
		}
	}
	return all
}

func (i *item) part(what string) table.Stored {
	for _, p := range i.parts {
		if p.what == what {
			return p.stored
		}
	}
	return table.Stored{}
}

// digest returns the first 8 digits of the SHA-256 of the bytes that are stored, "" for none: those of the rows in generated
// code. Bytes that are not what the table says of them count as they are.
func digest(s table.Stored) string {
	if len(s.Bytes) == 0 {
		return ""
	}
	data, err := compression.Contents(s)
	if err != nil {
		data = s.Bytes
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:4])
}
