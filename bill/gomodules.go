package bill

import (
	"runtime/debug"
	"strings"

	packageurl "github.com/package-url/packageurl-go"

	"github.com/oxgen/oxgen/internal/bundled"
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

// addModules adds Go's modules and its standard library.
func (m *maker) addModules(modules []Module, goVersion string) {
	if version := strings.TrimPrefix(goVersion, "go"); version != "" {
		version, _, _ = strings.Cut(version, " ")
		id := purl(packageurl.TypeGolang, "stdlib", version)
		m.top(&Component{
			Ref: id, Kind: Library, Name: "stdlib", Version: version, PURL: id, CPE: bundled.CPE("golang:go", version),
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
		m.top(c)
	}
}
