// Package program reads what executables and generated packages hold: the files of a table, joined with what the manifest
// says of them. Executables may be for any platform.
package program

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/executable"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/pyembed/table"
)

// A Program is what one table says.
type Program struct {
	File         string   `json:"file"`
	Offset       int64    `json:"offset"` // of the table in the file
	Size         uint64   `json:"size"`   // of the table
	Format       uint32   `json:"format"`
	Fingerprint  string   `json:"fingerprint"`
	Name         string   `json:"name"`
	Python       string   `json:"python"`
	PythonMagic  string   `json:"python_magic"`       // as in .pyc files, in hexadecimal digits
	Distribution string   `json:"distribution"`       // "cpython-3.14.6"
	Targets      []string `json:"targets"`            // that the package was generated for
	Platform     string   `json:"platform,omitempty"` // of an executable, or of a table that is one of several
	Go           string   `json:"go,omitempty"`       // that built an executable
	Run          string   `json:"run,omitempty"`      // "module app", "entry app.cli:main", "command …", "file …", "repl"
	Argv         []string `json:"argv,omitempty"`     // arguments that come before those of the command line
	Levels       []int    `json:"levels"`             // of optimisation that bytecode is stored for
	Extract      []string `json:"extract,omitempty"`  // packages that are put into the user's cache directory at run time

	Choices  []manifest.Choice      `json:"choices,omitempty"`  // programs that are chosen by name
	Requires []manifest.Requirement `json:"requires,omitempty"` // symbol versions that the targets must have

	Files         []File  `json:"files"`
	Kinds         []Total `json:"kinds"`
	Distributions []Total `json:"distributions"`

	Installed []manifest.Distribution `json:"installed,omitempty"` // distributions by their metadata, by name

	Verdicts []manifest.Verdict `json:"verdicts,omitempty"`

	Manifest *manifest.Manifest `json:"-"`
	Table    *table.Reader      `json:"-"`
	Build    *debug.BuildInfo   `json:"-"` // of an executable; nil without one

	byPath map[string]manifest.File // of the manifest; nil until it is asked for
}

// A File is one module or file of a program.
type File struct {
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

// A Total sums files up.
type Total struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Size  int    `json:"size"`
}

// OwnDistribution stands for what oxgen adds to a program.
const OwnDistribution = "oxgen"

// Open reads the programs of path: an executable, the directory of a generated package, or that of a project. There is at
// least one; a directory's come in the order of their files, an executable's in the order in which they lie in it.
func Open(path string) ([]*Program, error) {
	files, err := tableFiles(path)
	if err != nil {
		return nil, err
	}
	var programs []*Program
	for _, name := range files {
		commons, err := commonsBeside(name)
		if err != nil {
			return nil, err
		}
		file, err := executable.Open(name, commons...)
		if err != nil {
			return nil, err
		}
		for _, t := range file.Tables {
			p, err := read(name, file, t)
			if err != nil {
				return nil, diag.Errorf(name, "generate and build it again", "%w", err)
			}
			programs = append(programs, p)
		}
	}
	return programs, nil
}

// Read reads the program of a table in memory, with its common part, or nil; name is what File says.
func Read(name string, data, common []byte) (*Program, error) {
	whole, err := table.Expand(string(data))
	if err != nil {
		return nil, err
	}
	wholeCommon, err := table.Expand(string(common))
	if err != nil {
		return nil, err
	}
	t, err := table.OpenWith(whole, wholeCommon)
	if err != nil {
		return nil, err
	}
	return read(name, &executable.File{}, executable.Table{Reader: t})
}

// Contents returns the file at a path of the program; ok is false when there is none. Of a file that the program makes up
// (.pyc), the bytes behind its header are returned.
func (p *Program) Contents(path string) (data []byte, ok bool, err error) {
	e, ok, err := p.Table.File(path)
	if err != nil || !ok || e.Dir {
		return nil, false, err
	}
	data, err = unpack(e)
	return data, err == nil, err
}

func unpack(e table.Entry) ([]byte, error) {
	data, err := compression.Contents(e.Stored)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Path, err)
	}
	return data, nil
}

func read(name string, file *executable.File, t executable.Table) (*Program, error) {
	m, err := manifest.Decode(t.Section(table.Manifest))
	if err != nil {
		return nil, err
	}
	h := t.Header()
	p := &Program{
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
		Requires:     m.Requires,
		Installed:    m.Distributions,
		Verdicts:     m.Verdicts,
		Manifest:     m,
		Table:        t.Reader,
		Build:        file.Build,
	}
	for _, x := range t.Extract() {
		p.Extract = append(p.Extract, x.Package)
	}
	p.Platform = m.Target
	if file.Target.GOOS != "" {
		p.Platform = file.Target.String()
	}
	if p.Files, err = readFiles(t.Reader, m); err != nil {
		return nil, err
	}
	p.Kinds = sum(p.Files, func(f *File) string { return f.Kind })
	p.Distributions = sum(p.Files, func(f *File) string { return f.Distribution })
	return p, nil
}

// readFiles joins what the table holds with what the manifest says about it. The result is sorted: modules by name,
// then files by path.
func readFiles(t *table.Reader, m *manifest.Manifest) ([]File, error) {
	known := make(map[string]manifest.File, len(m.Files))
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
	var files []File
	for mod, err := range t.Modules() {
		if err != nil {
			return nil, err
		}
		f := readModule(&mod, known)
		f.Length = lengths[f.Path].Length
		delete(lengths, f.Path)
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(strings.Compare(a.Module, b.Module), strings.Compare(a.Path, b.Path))
	})
	for _, path := range sortedKeys(lengths) {
		e := lengths[path]
		f := File{Kind: "resource", Path: path, Size: len(e.Bytes), Length: e.Length}
		if k, ok := known[path]; ok {
			f.Kind, f.Distribution, f.Origin, f.Extracted = k.Kind, k.Distribution, k.Origin, k.Extracted
		}
		files = append(files, f)
	}
	return files, nil
}

func readModule(m *table.Module, known map[string]manifest.File) File {
	f := File{
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
	if path, ok := manifest.ScriptPath(m.Name); ok {
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
	f.Distribution = OwnDistribution
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
func sum(files []File, by func(*File) string) []Total {
	sums := map[string]*Total{}
	for i := range files {
		name := by(&files[i])
		if sums[name] == nil {
			sums[name] = &Total{Name: name}
		}
		sums[name].Files++
		sums[name].Size += files[i].Size
	}
	totals := make([]Total, 0, len(sums))
	for _, name := range sortedKeys(sums) {
		totals = append(totals, *sums[name])
	}
	return totals
}
