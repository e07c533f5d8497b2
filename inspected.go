package main

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/executable"
	"github.com/oxgen/oxgen/pyembed/table"
)

// An inspected program is what one table says.
type inspected struct {
	File         string   `json:"file"`
	Offset       int64    `json:"offset"` // of the table in the file
	Size         uint64   `json:"size"`   // of the table
	Format       uint32   `json:"format"`
	Fingerprint  string   `json:"fingerprint"`
	Name         string   `json:"name"`
	Python       string   `json:"python"`
	PythonMagic  string   `json:"python_magic"` // as in .pyc files, in hexadecimal digits
	Distribution string   `json:"distribution"`
	Targets      []string `json:"targets"`            // that the package was generated for
	Platform     string   `json:"platform,omitempty"` // of an executable
	Go           string   `json:"go,omitempty"`       // that built an executable
	Run          string   `json:"run,omitempty"`      // "module app", "entry app.cli:main", "command …", "file …", "repl"
	Argv         []string `json:"argv,omitempty"`     // arguments that come before those of the command line
	Levels       []int    `json:"levels"`             // of optimisation that bytecode is stored for
	Extract      []string `json:"extract,omitempty"`  // packages that are put into the user's cache directory at run time

	Choices []gen.ManifestChoice `json:"choices,omitempty"` // programs that are chosen by name

	Files         []inspectedFile       `json:"files"`
	Kinds         []inspectedTotal      `json:"kinds"`
	Distributions []inspectedTotal      `json:"distributions"`
	Verdicts      []gen.ManifestVerdict `json:"verdicts,omitempty"`
}

// An inspectedFile is one module or file of a program.
type inspectedFile struct {
	Kind         string `json:"kind"` // module, package, namespace, script, resource, metadata
	Module       string `json:"module,omitempty"`
	Path         string `json:"path,omitempty"` // "" for a namespace package
	Size         int    `json:"size"`           // stored, in bytes: code and source
	Code         int    `json:"code,omitempty"` // of all levels; 0 for a module that is compiled when it is imported
	Source       int    `json:"source,omitempty"`
	Length       int    `json:"length,omitempty"` // of the file as the program reads it
	Distribution string `json:"distribution,omitempty"`
	Origin       string `json:"origin,omitempty"`
	Extracted    bool   `json:"extracted,omitempty"`
}

// An inspectedTotal sums files up.
type inspectedTotal struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Size  int    `json:"size"`
}

// ownDistribution stands for what oxgen adds to a program.
const ownDistribution = "oxgen"

func inspectTable(name string, file *executable.File, t executable.Table) (*inspected, error) {
	m, err := gen.ReadManifest(t.Section(table.Manifest))
	if err != nil {
		return nil, err
	}
	h := t.Header()
	p := &inspected{
		File:         name,
		Offset:       t.Offset,
		Size:         h.Size,
		Format:       h.Version,
		Fingerprint:  h.Fingerprint,
		Name:         m.Name,
		Python:       m.Python,
		PythonMagic:  hex.EncodeToString(h.PythonMagic[:]),
		Distribution: m.Distribution,
		Targets:      m.Targets,
		Go:           file.GoVersion,
		Run:          m.Run,
		Argv:         m.Argv,
		Levels:       t.Levels(),
		Choices:      m.Choices,
		Verdicts:     m.Verdicts,
	}
	for _, x := range t.Extract() {
		p.Extract = append(p.Extract, x.Package)
	}
	if file.Target.GOOS != "" {
		p.Platform = file.Target.String()
	}
	if p.Files, err = inspectFiles(t.Reader, m); err != nil {
		return nil, err
	}
	p.Kinds = sum(p.Files, func(f *inspectedFile) string { return f.Kind })
	p.Distributions = sum(p.Files, func(f *inspectedFile) string { return f.Distribution })
	return p, nil
}

// inspectFiles joins what the table holds with what the manifest says about it. The result is sorted: modules by name,
// then files by path.
func inspectFiles(t *table.Reader, m *gen.Manifest) ([]inspectedFile, error) {
	known := make(map[string]gen.ManifestFile, len(m.Files))
	for _, f := range m.Files {
		known[f.Path] = f
	}
	lengths := map[string]table.Entry{}
	for e, err := range t.Files() {
		if err != nil {
			return nil, err
		}
		if !e.Dir {
			lengths[e.Path] = e
		}
	}
	var files []inspectedFile
	for mod, err := range t.Modules() {
		if err != nil {
			return nil, err
		}
		f := inspectModule(&mod, known)
		f.Length = lengths[f.Path].Length
		delete(lengths, f.Path)
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b inspectedFile) int {
		return cmp.Or(strings.Compare(a.Module, b.Module), strings.Compare(a.Path, b.Path))
	})
	for _, path := range sortedKeys(lengths) {
		e := lengths[path]
		f := inspectedFile{Kind: "resource", Path: path, Size: len(e.Bytes), Length: e.Length}
		if k, ok := known[path]; ok {
			f.Kind, f.Distribution, f.Origin, f.Extracted = k.Kind, k.Distribution, k.Origin, k.Extracted
		}
		files = append(files, f)
	}
	return files, nil
}

func inspectModule(m *table.Module, known map[string]gen.ManifestFile) inspectedFile {
	f := inspectedFile{
		Kind:   "module",
		Module: m.Name,
		Source: len(m.Source.Bytes),
	}
	for i, code := range m.Code {
		if i == 0 || !bytes.Equal(code, m.Code[i-1]) { // what levels have in common is stored once
			f.Code += len(code)
		}
	}
	f.Size = f.Code + f.Source
	if path, ok := gen.ScriptPath(m.Name); ok {
		f.Kind, f.Module, f.Path, f.Origin = "script", "", path, known[path].Origin
		return f
	}
	stem := strings.ReplaceAll(m.Name, ".", "/")
	switch {
	case m.Namespace:
		f.Kind = "namespace"
		return f
	case m.Package:
		f.Kind = "package"
		stem += "/__init__"
	}
	for _, ending := range []string{".py", ".pyc"} {
		if k, ok := known[stem+ending]; ok {
			f.Path, f.Distribution, f.Origin, f.Extracted = k.Path, k.Distribution, k.Origin, k.Extracted
			return f
		}
	}
	f.Distribution = ownDistribution
	return f
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sum adds files up by a property, sorted by it.
func sum(files []inspectedFile, by func(*inspectedFile) string) []inspectedTotal {
	sums := map[string]*inspectedTotal{}
	for i := range files {
		name := by(&files[i])
		if sums[name] == nil {
			sums[name] = &inspectedTotal{Name: name}
		}
		sums[name].Files++
		sums[name].Size += files[i].Size
	}
	totals := make([]inspectedTotal, 0, len(sums))
	for _, name := range sortedKeys(sums) {
		totals = append(totals, *sums[name])
	}
	return totals
}

// list prints the program for people.
func (p *inspected) list(l *listing) {
	p.head(l)
	l.section()
	l.row("KIND", "NAME", "SIZE", "DISTRIBUTION", "ORIGIN")
	for i := range p.Files {
		f := &p.Files[i]
		name := f.Module
		if name == "" {
			name = f.Path
		}
		l.row(f.Kind, name, fmt.Sprint(f.Size), f.Distribution, f.Origin)
	}
	for _, totals := range []struct {
		title string
		list  []inspectedTotal
	}{{"KIND", p.Kinds}, {"DISTRIBUTION", p.Distributions}} {
		l.section()
		l.row(totals.title, "FILES", "SIZE")
		for _, t := range totals.list {
			l.row(t.Name, fmt.Sprint(t.Files), fmt.Sprint(t.Size))
		}
	}
}

func (p *inspected) head(l *listing) {
	l.row("program", p.Name)
	l.row("file", p.File)
	l.row("table", fmt.Sprintf("format %d, %d bytes at offset %d", p.Format, p.Size, p.Offset))
	l.row("fingerprint", p.Fingerprint)
	l.row("python", fmt.Sprintf("%s (%s), magic number %s", p.Python, p.Distribution, p.PythonMagic))
	l.row("bytecode", "optimisation "+strings.Trim(fmt.Sprint(p.Levels), "[]"))
	if len(p.Extract) > 0 {
		l.row("extracts", strings.Join(p.Extract, " "))
	}
	l.row("targets", strings.Join(p.Targets, " "))
	if p.Platform != "" {
		l.row("built for", p.Platform+" by "+p.Go)
	}
	if p.Run != "" {
		l.row("runs", strings.Join(append([]string{p.Run}, p.Argv...), " "))
	}
	for _, c := range p.Choices {
		l.row("runs as "+c.Name, strings.Join(append([]string{c.Run}, c.Argv...), " "))
	}
}

// listVerdicts prints what became of the files of the sources, as scan does.
func (p *inspected) listVerdicts(l *listing) {
	for _, v := range p.Verdicts {
		l.row(v.Verdict, v.Path, v.Origin, because(v.Rule, v.Reason))
	}
}
