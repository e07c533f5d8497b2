package bill

import (
	"fmt"
	"strings"

	packageurl "github.com/package-url/packageurl-go"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
)

// Inputs are what a bill is made of.
type Inputs struct {
	Program *program.Program
	Modules []Module // of Go, that the executable is built of
	Go      string   // version of Go that builds it: "go1.26.0"; "" when it is not known
	Version string   // of oxgen
	Licence []byte   // text of oxgen's licence, which the runtime comes under too; nil when it is not at hand
}

// A maker puts a bill together.
type maker struct {
	*program.Program
	bill     *Bill
	cpython  *Component
	byName   map[string]*Component // distributions, by normalised name
	byPath   map[string]*Component // machine code, by path
	refs     map[string]bool
	warnings []error
}

// programRef is the Ref of the program.
const programRef = "program"

// Make makes the bill of a program. The warnings are about documents in the program that can't be read.
func Make(in Inputs) (b *Bill, warnings []error, err error) {
	m := &maker{Program: in.Program, byName: map[string]*Component{}, byPath: map[string]*Component{}, refs: map[string]bool{}}
	m.bill = &Bill{
		Tool: &Component{
			Ref: "tool", Kind: Application, Name: "oxgen", Version: in.Version, PURL: purl(packageurl.TypeGolang, "github.com/oxgen/oxgen", in.Version),
		},
		Program: &Component{Ref: programRef, Kind: Application, Name: in.Program.Name},
	}
	m.describe()
	m.addCPython()
	m.addDistributions()
	m.addVendored()
	if err := m.addNatives(); err != nil {
		return nil, nil, err
	}
	m.addLinked()
	m.addBundled()
	m.link()
	if err := m.addEmbedded(); err != nil {
		return nil, nil, err
	}
	m.addModules(in.Modules, in.Go, in.Licence)
	if err := m.addTexts(); err != nil {
		return nil, nil, err
	}
	m.bill.sort()
	return m.bill, m.warnings, nil
}

// describe says of the program what it runs and where.
func (m *maker) describe() {
	c := m.bill.Program
	c.add("run", strings.TrimSpace(m.Run+" "+strings.Join(m.Argv, " ")))
	for _, choice := range m.Choices {
		c.add("run:"+choice.Name, strings.TrimSpace(choice.Run+" "+strings.Join(choice.Argv, " ")))
	}
	for _, target := range m.Targets {
		c.add("target", target)
	}
	c.add("fingerprint", m.Fingerprint)
}

// top adds a component that the program is put together from.
func (m *maker) top(c *Component) {
	c.Ref = m.unique(c.Ref)
	m.bill.Components = append(m.bill.Components, c)
	m.bill.Program.Needs = append(m.bill.Program.Needs, c.Ref)
}

// inside adds a component inside of another.
func (m *maker) inside(parent, c *Component) {
	c.Ref = m.unique(c.Ref)
	parent.Inside = append(parent.Inside, c)
}

// unique returns ref, or where another component has it, ref with a number.
func (m *maker) unique(ref string) string {
	for i := 2; m.refs[ref]; i++ {
		base, _, _ := strings.Cut(ref, "#again-")
		ref = fmt.Sprintf("%s#again-%d", base, i)
	}
	m.refs[ref] = true
	return ref
}

// purl returns a package URL; name may have a namespace in front. What was built from a checkout has no version that the world
// knows.
func purl(kind, name, version string) string {
	if version == "(devel)" {
		version = ""
	}
	namespace := ""
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		namespace, name = name[:i], name[i+1:]
	}
	return packageurl.NewPackageURL(kind, namespace, name, version, nil, "").ToString()
}

// addCPython adds CPython, with libpython for each target.
func (m *maker) addCPython() {
	c := &Component{
		Ref: purl(packageurl.TypeGeneric, "python", m.Python), Kind: Platform, Name: "CPython", Version: m.Python,
		PURL: purl(packageurl.TypeGeneric, "python", m.Python), CPE: bundled.CPE("python:python", m.Python),
		Summary: "The Python interpreter and its standard library", Homepage: "https://www.python.org/",
		Licence: manifest.Licence{Expression: bundled.CPythonLicence, From: licenceKnown},
	}
	c.add("distribution", m.Distribution)
	m.top(c)
	m.cpython = c
	for _, r := range m.Manifest.Runtimes {
		if r.SHA256 == "" {
			continue // the system's
		}
		lib := &Component{Ref: "libpython:" + r.Target, Kind: File, Name: r.Name, SHA256: r.SHA256, Filename: r.Name}
		lib.add("target", r.Target)
		lib.add("link", r.Link)
		for _, n := range r.Needs {
			lib.add("elf:needed", n)
		}
		m.inside(c, lib)
	}
}

// licenceKnown is where a licence was found that oxgen itself knows.
const licenceKnown = "oxgen"

// addBundled adds the C libraries that CPython's modules are made with, below CPython.
func (m *maker) addBundled() {
	for _, l := range m.Manifest.Bundled {
		c := &Component{
			Ref: purl(packageurl.TypeGeneric, l.Name, l.Version), Kind: Library, Name: l.Name, Version: l.Version,
			PURL: purl(packageurl.TypeGeneric, l.Name, l.Version), Licence: manifest.Licence{Expression: l.Licence, From: licenceKnown},
		}
		if known := bundled.Find(l.Name); known != nil {
			c.Summary, c.Homepage, c.CPE = known.Title+", a library that CPython's modules are made with", known.Homepage, known.CPE(l.Version)
		}
		c.add("in", l.In)
		m.inside(m.cpython, c)
		m.cpython.Needs = append(m.cpython.Needs, c.Ref)
		if file := m.byPath[l.In]; file != nil {
			file.Needs = append(file.Needs, c.Ref)
		}
	}
}

// addDistributions adds the distributions.
func (m *maker) addDistributions() {
	for i := range m.Manifest.Distributions {
		d := &m.Manifest.Distributions[i]
		id := purl(packageurl.TypePyPi, d.Normalized, d.Version)
		c := &Component{
			Ref: id, Kind: Library, Name: d.Name, Version: d.Version, PURL: id, Summary: d.Summary, Homepage: d.Homepage,
			Licence: d.Licence, SHA256: d.SHA256, Filename: d.Wheel,
		}
		c.add("input", d.Input)
		c.add("licence:from", d.Licence.From)
		c.add("licence:stated", d.Licence.Stated)
		m.top(c)
		m.byName[d.Normalized] = c
	}
	for i := range m.Manifest.Distributions {
		d := &m.Manifest.Distributions[i]
		c := m.byName[d.Normalized]
		for _, specifier := range d.Requires {
			if other := m.byName[requirement(specifier)]; other != nil && other != c {
				c.Needs = append(c.Needs, other.Ref)
			}
		}
	}
}

// addVendored adds the copies of distributions inside of others.
func (m *maker) addVendored() {
	for i := range m.Manifest.Distributions {
		d := &m.Manifest.Distributions[i]
		owner := m.byName[d.Normalized]
		for _, v := range d.Vendored {
			id := purl(packageurl.TypePyPi, normalized(v.Name), v.Version)
			c := &Component{Ref: owner.Ref + "#" + id, Kind: Library, Name: v.Name, Version: v.Version, PURL: id, Licence: v.Licence}
			c.add("licence:from", v.Licence.From)
			c.add("licence:stated", v.Licence.Stated)
			c.add("vendored:list", v.List)
			m.inside(owner, c)
			owner.Needs = append(owner.Needs, c.Ref)
		}
	}
}

// link adds what machine code of the program is linked with, by the table.
func (m *maker) link() {
	natives, err := m.Table.Natives()
	if err != nil {
		return // Verify has seen the table; an old one has none
	}
	for _, n := range natives {
		c := m.byPath[n.Path]
		if c == nil {
			continue
		}
		for _, need := range n.Needs {
			if other := m.byPath[need]; other != nil {
				c.Needs = append(c.Needs, other.Ref)
			}
		}
	}
}

// owner returns the component that the files of a distribution belong to, nil when they are the program's own.
func (m *maker) owner(distribution string) *Component {
	if distribution == "python" {
		return m.cpython
	}
	return m.byName[distribution]
}
