// Package bill makes the bill of materials of a program: every component that is in it, from CPython and the C libraries
// inside of libpython to distributions, the copies that they vendor, machine code and Go modules, as CycloneDX and as SPDX.
//
// It is made of the program's table and manifest alone, and of the Go modules, so that a configuration and the executable
// that is built of it have the same components. A bill has no time and no path of the machine, and the same program gives the
// same bytes.
package bill

import (
	"cmp"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/oxgen/oxgen/internal/manifest"
)

// A Kind says what a component is.
type Kind string

// The kinds of components.
const (
	Application Kind = "application" // the program
	Platform    Kind = "platform"    // CPython
	Library     Kind = "library"     // a distribution, a C library, a Go module
	File        Kind = "file"        // machine code of the program
)

// A Component is one thing that the program is made of.
type Component struct {
	Ref      string // names it in the bill, where no other has the same
	Kind     Kind
	Name     string
	Version  string // "" when nobody knows
	PURL     string // package URL; "" for none
	CPE      string // name in lists of vulnerabilities (CPE 2.3); "" for none
	Summary  string
	Homepage string
	Licence  manifest.Licence
	Texts    []Text // of its licence; nil when there are none in the program
	SHA256   string // of the file that it is, or was brought as: a wheel, a shared library; hexadecimal, "" for none
	Filename string // that SHA256 is of: "x-1.0-py3-none-any.whl"

	Properties []Property   // sorted by name, then value
	References []Reference  // in a fixed order
	Inside     []*Component // components inside of it, sorted by Ref
	Needs      []string     // Refs of the components that it works with, sorted

	merged *cdx.Component // of a bill that it brought along; the fields above are taken from it
}

// A Property is what CycloneDX and SPDX have no field for.
type Property struct{ Name, Value string }

// A Reference is a document about a component.
type Reference struct {
	Type    string // of CycloneDX: "bom"
	URL     string // path in the program
	SHA256  string
	Comment string
}

// A Text is the text of a licence.
type Text struct {
	Path string // in the program; of one that oxgen or the module cache has, a name that says so
	Text []byte
}

// A Bill is a whole bill of materials.
type Bill struct {
	Tool       *Component   // oxgen
	Program    *Component   // its Needs are the components that it is put together from
	Components []*Component // sorted by Ref
}

// All calls yield for every component but the program and the tool, those inside of others behind these.
func (b *Bill) All(yield func(*Component) bool) {
	each(b.Components, yield)
}

func each(list []*Component, yield func(*Component) bool) bool {
	for _, c := range list {
		if !yield(c) || !each(c.Inside, yield) {
			return false
		}
	}
	return true
}

// sort brings a bill into its order, whatever the order in which it was put together.
func (b *Bill) sort() {
	sortComponents(b.Components)
	sortComponents([]*Component{b.Program})
}

func sortComponents(list []*Component) {
	slices.SortFunc(list, func(a, b *Component) int { return strings.Compare(a.Ref, b.Ref) })
	for _, c := range list {
		slices.Sort(c.Needs)
		c.Needs = slices.Compact(c.Needs)
		slices.SortFunc(c.Properties, func(a, b Property) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
		})
		sortComponents(c.Inside)
	}
}

// add gives a component a property, unless the value is empty.
func (c *Component) add(name, value string) {
	if value != "" {
		c.Properties = append(c.Properties, Property{"oxgen:" + name, value})
	}
}

// property returns the value of the first property of a name, "" when there is none.
func (c *Component) property(name string) string {
	for _, p := range c.Properties {
		if p.Name == "oxgen:"+name {
			return p.Value
		}
	}
	return ""
}
