package bill

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	packageurl "github.com/package-url/packageurl-go"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
)

// A Module is a Go module that the executable is built of.
type Module struct {
	Path    string
	Version string // "" for one in a directory
	Sum     string // as in go.sum: "h1:…"; "" for one in a directory
	Main    bool   // it holds the main package
}

// ModulesOf returns the modules that go build wrote into an executable, those that replace others under their own names.
func ModulesOf(build *debug.BuildInfo) []Module {
	if build == nil {
		return nil
	}
	var list []Module
	if build.Main.Path != "" {
		list = append(list, Module{Path: build.Main.Path, Main: true})
	}
	for _, d := range build.Deps {
		m := Module{Path: d.Path, Version: d.Version, Sum: d.Sum}
		if r := d.Replace; r != nil {
			m = m.ReplacedBy(Module{Path: r.Path, Version: r.Version, Sum: r.Sum})
		}
		list = append(list, m)
	}
	return list
}

// ReplacedBy returns what is built of m where go.mod replaces it by another. One that a directory replaces keeps its name, and
// has no version that the world knows.
func (m Module) ReplacedBy(other Module) Module {
	if other.Version == "" || other.Version == "(devel)" {
		return Module{Path: m.Path}
	}
	return other
}

// goStdlib is the name of Go's standard library in package URLs.
const goStdlib = "stdlib"

// pyembedModule is the module of the runtime, which comes with oxgen.
const pyembedModule = "github.com/oxgen/oxgen/pyembed"

// addModules adds Go's modules and its standard library.
func (m *maker) addModules(modules []Module, goVersion string, own []byte) {
	if version := strings.TrimPrefix(goVersion, "go"); version != "" {
		version, _, _ = strings.Cut(version, " ")
		id := purl(packageurl.TypeGolang, goStdlib, version)
		m.top(&Component{
			Ref: id, Kind: Library, Name: goStdlib, Version: version, PURL: id, CPE: bundled.CPE("golang:go", version),
			Summary: "The standard library of Go", Homepage: "https://go.dev/", Licence: manifest.Licence{Expression: "BSD-3-Clause", From: licenceKnown},
		})
	}
	for _, mod := range modules {
		if mod.Main {
			m.bill.Program.PURL = purl(packageurl.TypeGolang, mod.Path, "")
			m.bill.Program.add("go:module", mod.Path)
			continue
		}
		id := purl(packageurl.TypeGolang, mod.Path, mod.Version)
		c := &Component{Ref: id, Kind: Library, Name: mod.Path, Version: mod.Version, PURL: id}
		c.add("go:sum", mod.Sum)
		if mod.Path == pyembedModule {
			c.Licence = manifest.Licence{Expression: "Apache-2.0", From: licenceKnown}
			if own != nil {
				c.Texts = []Text{{Path: "oxgen: LICENSE", Text: own}}
			}
		}
		m.top(c)
	}
}

// GoTexts gives the Go modules the licence texts that their sources have, and Go its own. The directory of a module's sources
// is what dir returns, "" when they are not on this machine; root is GOROOT. scan finds the licence of a text.
//
// It is no part of Make: what the module cache of a machine has must not change a bill.
func (b *Bill) GoTexts(dir func(path, version string) string, root string, scan func(text []byte) string) {
	for _, c := range b.Components {
		if !strings.HasPrefix(c.PURL, "pkg:golang/") || len(c.Texts) > 0 {
			continue
		}
		where := root
		if c.Name != goStdlib {
			where = dir(c.Name, c.Version)
		}
		if where == "" {
			continue
		}
		var expressions []string
		for _, text := range textsIn(where) {
			if e := scan(text.Text); e != "" {
				expressions = append(expressions, e)
			}
			text.Path = strings.TrimSuffix(c.Name+"@"+c.Version, "@") + "/" + text.Path
			c.Texts = append(c.Texts, text)
		}
		if !c.Licence.Known() && len(expressions) > 0 {
			c.Licence = manifest.Licence{Expression: licence.And(expressions), From: licence.FromTexts}
		}
	}
}

// textsIn returns the licence texts directly in a directory, by name.
func textsIn(dir string) []Text {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var texts []Text
	for _, e := range entries {
		if !e.Type().IsRegular() || !licence.IsText(e.Name()) && e.Name() != "PATENTS" || strings.EqualFold(e.Name(), "AUTHORS") {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			texts = append(texts, Text{Path: e.Name(), Text: data})
		}
	}
	return texts
}
