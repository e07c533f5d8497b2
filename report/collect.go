package report

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/program"
)

// Inputs are what a page is about.
type Inputs struct {
	Program *program.Program
	Bill    *bill.Bill
	Graph   *graph.Graph // nil when the imports are not known
	Size    int64        // of the executable, in bytes; 0 without one
	Other   []Other      // see Data
}

// Collect gathers what a page shows.
func Collect(in Inputs) (*Data, error) {
	c := &collecting{Inputs: in, data: &Data{Name: in.Program.Name, Size: in.Size, Other: in.Other}, dists: map[string]int{}}
	c.facts()
	c.files()
	c.components()
	if err := c.natives(); err != nil {
		return nil, err
	}
	c.verdicts()
	if in.Graph != nil {
		c.imports()
	}
	return c.data, nil
}

// A collecting is the making of a Data.
type collecting struct {
	Inputs
	data  *Data
	dists map[string]int // by normalised name; index in data.Distributions
}

func (c *collecting) facts() {
	p := c.Program
	add := func(name, value string) {
		if value != "" {
			c.data.Facts = append(c.data.Facts, Fact{name, value})
		}
	}
	add("Python", p.Python)
	add("Targets", strings.Join(p.Targets, ", "))
	add("Runs", strings.TrimSpace(p.Run+" "+strings.Join(p.Argv, " ")))
	for _, choice := range p.Choices {
		add("Runs as "+choice.Name, strings.TrimSpace(choice.Run+" "+strings.Join(choice.Argv, " ")))
	}
	add("Optimisation", strings.Trim(fmt.Sprint(p.Levels), "[]"))
	add("Built by", p.Go)
	add("Fingerprint", p.Fingerprint)
}

// The names of groups of files that are no distribution's.
const (
	ownFiles   = "files of no distribution"
	sharedName = "shared libraries"
	stdlibName = "standard library"
	oxgenName  = "oxgen's importer"
)

// files lists the files by distribution.
func (c *collecting) files() {
	known := map[string]*manifest.Distribution{}
	for i := range c.Program.Manifest.Distributions {
		d := &c.Program.Manifest.Distributions[i]
		known[d.Normalized] = d
	}
	for _, t := range c.Program.Distributions {
		d := Distribution{Name: t.Name}
		switch m := known[t.Name]; {
		case m != nil:
			d = Distribution{Name: m.Name, Version: m.Version, Licence: m.Licence.Expression}
		case t.Name == "":
			d.Name = ownFiles
		case t.Name == "python":
			d = Distribution{Name: stdlibName, Version: c.Program.Python, Licence: "Python-2.0"}
		case t.Name == program.OwnDistribution:
			d = Distribution{Name: oxgenName, Licence: "Apache-2.0"}
		}
		c.dists[t.Name] = len(c.data.Distributions)
		c.data.Distributions = append(c.data.Distributions, d)
	}
	kinds := map[string]int{}
	for i, t := range c.Program.Kinds {
		kinds[t.Name] = i
		c.data.Kinds = append(c.data.Kinds, Total{t.Name, t.Files, t.Size})
	}
	for i := range c.Program.Files {
		f := &c.Program.Files[i]
		name := f.Module
		if name == "" {
			name = f.Path
		}
		c.data.Files = append(c.data.Files, File{name, kinds[f.Kind], c.distribution(f), f.Size})
	}
}

// distribution returns the index of the group that a file belongs to. Libraries that were taken from the system or from
// CPython's own have one, which is made when it is needed.
func (c *collecting) distribution(f *program.File) int {
	if f.Distribution != "" || f.Kind != "library" || path.Dir(f.Path) != "oxgen.libs" {
		return c.dists[f.Distribution]
	}
	if i, ok := c.dists[sharedName]; ok {
		return i
	}
	i := len(c.data.Distributions)
	c.dists[sharedName] = i
	c.data.Distributions = append(c.data.Distributions, Distribution{Name: sharedName})
	return i
}

// components lists what is in the bill and comes under a licence.
func (c *collecting) components() {
	var list func(parent *bill.Component, inside []*bill.Component, depth int)
	list = func(parent *bill.Component, inside []*bill.Component, depth int) {
		for _, x := range inside {
			if x.Kind == bill.File {
				continue
			}
			row := Component{
				Name: x.Name, Version: x.Version, Depth: depth, Kind: kindOf(x, parent), Licence: x.Licence.Expression, From: x.Licence.From,
				Stated: x.Licence.Stated, PURL: x.PURL, Summary: x.Summary,
			}
			if isAddress(x.Homepage) {
				row.Homepage = x.Homepage
			}
			c.data.Components = append(c.data.Components, row)
			list(x, x.Inside, depth+1)
		}
	}
	list(nil, c.Bill.Components, 0)
}

func kindOf(c, parent *bill.Component) string {
	switch {
	case c.Kind == bill.Platform:
		return "Python"
	case parent != nil && parent.Kind == bill.Platform:
		return "C library of CPython"
	case parent != nil:
		return "inside of " + parent.Name
	case strings.HasPrefix(c.PURL, "pkg:golang/"):
		return "Go module"
	}
	return "distribution"
}

// isAddress tells whether text is an address that a link of the page may have: of the web, and nothing that runs.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// natives says of machine code what it needs.
func (c *collecting) natives() error {
	for i := range c.Program.Files {
		f := &c.Program.Files[i]
		if f.Kind != "extension" && f.Kind != "library" {
			continue
		}
		n := Native{Path: f.Path, Distribution: c.distribution(f), Size: f.Length}
		data, ok, err := c.Program.Contents(f.Path)
		if err != nil {
			return err
		}
		if o, err := objfile.Read(f.Path, bytes.NewReader(data)); ok && err == nil {
			needs := glibc.NeedsOf(o.Versions)
			n.SOName, n.Needs, n.Glibc, n.Oldest = o.SOName, o.Needed, needs.String(), oldest(needs)
			n.Tag, _ = glibc.Manylinux(needs, o.Machine)
		}
		c.data.Natives = append(c.data.Natives, n)
	}
	slices.SortFunc(c.data.Natives, func(a, b Native) int { return strings.Compare(a.Path, b.Path) })
	for _, r := range c.Program.Requires {
		c.data.Systems = append(c.data.Systems, System{r.Target, r.Needs.String(), oldest(r.Needs)})
	}
	return nil
}

// oldest names the oldest systems that have what is needed.
func oldest(needs glibc.Needs) string {
	if needs.Private {
		return "none but where it was built"
	}
	if needs.String() == "" {
		return ""
	}
	var names []string
	for _, r := range glibc.Oldest(needs) {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

// maxLeft is how many files a page lists that are not in the program.
const maxLeft = 2000

func (c *collecting) verdicts() {
	counts := map[string]int{}
	for _, v := range c.Program.Manifest.Verdicts {
		counts[v.Verdict]++
		if v.Reason == "" && v.Rule == "" {
			continue
		}
		if len(c.data.Left) == maxLeft {
			c.data.LeftOut++
			continue
		}
		c.data.Left = append(c.data.Left, Left{v.Origin, v.Verdict, strings.TrimPrefix(strings.TrimSuffix(v.Rule+": "+v.Reason, ": "), ": ")})
	}
	for name, n := range counts {
		c.data.Verdicts = append(c.data.Verdicts, Total{Name: name, Files: n})
	}
	slices.SortFunc(c.data.Verdicts, func(a, b Total) int { return strings.Compare(a.Name, b.Name) })
}
