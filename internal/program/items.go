package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/pyembed/table"
)

// The groups of items, in the order in which a comparison tells them.
const (
	groupPython = iota
	groupLibpython
	groupImporter
	groupSetting
	groupRun
	groupGlibc
	groupDistribution
	groupVendored
	groupBundled
	groupLicence
	groupModule
	groupFile
	groupLink
	groupVerdict
)

// items returns all that a program consists of, sorted by group and name.
func (p *Program) items(strict bool) ([]item, error) {
	items := append(p.headItems(), p.aboutItems()...)
	files := map[string]*File{}
	for i := range p.Files {
		f := &p.Files[i]
		files[f.Module+" "+f.Path] = f
	}
	origin := func(i *item, f *File) {
		if strict && f != nil {
			i.parts = append(i.parts, text("origin", f.Origin))
		}
	}
	for m, err := range p.Table.Modules() {
		if err != nil {
			return nil, err
		}
		if m.Extension != "" {
			continue // it is a file as well
		}
		f := readModule(&m, p.known())
		i := moduleItem(&m, &f, p.Levels)
		origin(&i, files[f.Module+" "+f.Path])
		items = append(items, i)
	}
	for e, err := range p.Table.Files() {
		if err != nil {
			return nil, err
		}
		f := files[" "+e.Path]
		if e.Dir || f == nil || f.Kind == "script" { // a module's source is the module's
			continue
		}
		i := item{group: groupFile, kind: f.Kind, name: e.Path, distribution: f.Distribution, size: len(e.Bytes), parts: []part{{"contents", e.Stored}}}
		origin(&i, f)
		items = append(items, i)
	}
	links, err := p.linkItems()
	if err != nil {
		return nil, err
	}
	items = append(items, links...)
	if strict {
		for _, v := range p.Manifest.Verdicts {
			if v.Path != "" {
				continue // the file says more
			}
			value := strings.Join(strings.Fields(strings.Join([]string{v.Verdict, v.Path, v.Rule, v.Reason}, " ")), " ")
			items = append(items, item{group: groupVerdict, kind: "verdict", name: v.Origin, value: value})
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return a.compare(&b) })
	return items, nil
}

// known returns what the manifest says of files, by path.
func (p *Program) known() map[string]manifest.File {
	if p.byPath == nil {
		p.byPath = make(map[string]manifest.File, len(p.Manifest.Files))
		for _, f := range p.Manifest.Files {
			p.byPath[f.Path] = f
		}
	}
	return p.byPath
}

func moduleItem(m *table.Module, f *File, levels []int) item {
	i := item{group: groupModule, kind: f.Kind, name: f.Module, distribution: f.Distribution, size: f.Size}
	switch {
	case f.Kind == "script":
		i.name = f.Path
	case f.Distribution == OwnDistribution:
		i.group, i.kind = groupImporter, "importer"
	}
	i.parts = []part{{"source", m.Source}}
	for k, code := range m.Code {
		i.parts = append(i.parts, part{fmt.Sprintf("bytecode %d", levels[min(k, len(levels)-1)]), table.Stored{Bytes: code, Length: len(code)}})
	}
	i.parts = append(i.parts, text("properties", fmt.Sprintf("sourceless %t, extracted %t", m.Sourceless, m.Extracted)))
	return i
}

// headItems returns what the program is, apart from its files.
func (p *Program) headItems() []item {
	m := p.Manifest
	items := []item{{group: groupPython, kind: "python", name: "python", value: p.Python + " (" + p.Distribution + ")", parts: []part{text("magic number", p.PythonMagic)}}}
	for _, s := range []table.Section{table.Bootstrap, table.Importer} {
		data := p.Table.Section(s)
		items = append(items, item{group: groupImporter, kind: "importer", name: "(" + s.String() + ")", size: len(data), parts: []part{text("bytecode", data)}})
	}
	add := func(group int, kind, name, value string) {
		items = append(items, item{group: group, kind: kind, name: name, value: value})
	}
	for _, l := range m.Runtimes {
		items = append(items, item{group: groupLibpython, kind: "libpython", name: l.Target, value: strings.TrimSpace(l.Name + " " + l.SHA256[:min(8, len(l.SHA256))])})
	}
	for _, l := range m.Runtimes {
		for _, e := range l.Extensions {
			add(groupLibpython, "extension", e.Module+" for "+l.Target, e.SHA256[:min(8, len(e.SHA256))])
		}
	}
	add(groupSetting, "setting", "name", p.Name)
	add(groupSetting, "setting", "targets", strings.Join(p.Targets, " "))
	add(groupSetting, "setting", "bytecode levels", strings.Trim(fmt.Sprint(p.Levels), "[]"))
	for _, s := range m.Settings {
		add(groupSetting, "setting", s.Name, s.Value)
	}
	for _, x := range p.Table.Extract() {
		items = append(items, item{group: groupSetting, kind: "setting", name: "extract " + x.Package, value: "true", parts: []part{text("files", x.Digest)}})
	}
	if p.Run != "" {
		add(groupRun, "run", "(run)", strings.Join(append([]string{p.Run}, p.Argv...), " "))
	}
	for _, c := range p.Choices {
		add(groupRun, "run", c.Name, strings.Join(append([]string{c.Run}, c.Argv...), " "))
	}
	for _, r := range p.Requires {
		add(groupGlibc, "glibc", r.Target, r.Needs.String())
	}
	for _, t := range p.Distributions {
		if t.Name == "" || t.Name == OwnDistribution {
			continue
		}
		items = append(items, item{group: groupDistribution, kind: "distribution", name: t.Name, value: p.version(t.Name), size: t.Size})
	}
	return items
}

// aboutItems returns what is not told by files: the versions of copies of distributions and of C libraries, and under which licences all of it
// comes.
func (p *Program) aboutItems() []item {
	var items []item
	licence := func(name string, l *manifest.Licence) {
		items = append(items, item{group: groupLicence, kind: "licence", name: name, value: l.Text()})
	}
	for i := range p.Installed {
		d := &p.Installed[i]
		licence(d.Normalized, &d.Licence)
		for k := range d.Vendored {
			v := &d.Vendored[k]
			name := v.Name + " in " + d.Normalized
			items = append(items, item{group: groupVendored, kind: "vendored", name: name, value: v.Version})
			licence(name, &v.Licence)
		}
	}
	for _, b := range p.Manifest.Bundled {
		name := b.Name + " in " + b.In
		items = append(items, item{group: groupBundled, kind: "bundled", name: name, value: b.Version})
		licence(name, &manifest.Licence{Expression: b.Licence})
	}
	return items
}

// version returns the version of a distribution, "" when it is not known.
func (p *Program) version(distribution string) string {
	for _, d := range p.Table.Distributions() {
		if d.Name == distribution {
			// NAME-VERSION.dist-info, NAME-VERSION-py3.11.egg-info
			_, version, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(d.Info, ".dist-info"), ".egg-info"), "-")
			version, _, _ = strings.Cut(version, "-")
			return version
		}
	}
	return ""
}

func (p *Program) linkItems() ([]item, error) {
	natives, err := p.Table.Natives()
	if err != nil {
		return nil, err
	}
	var items []item
	for _, n := range natives {
		value := strings.Join(n.Needs, " ")
		items = append(items, item{group: groupLink, kind: "link", name: n.Path, value: value, parts: []part{text("name", n.Name), text("located", fmt.Sprint(n.Located))}})
	}
	return items, nil
}
