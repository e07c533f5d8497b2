package graph

import (
	"context"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/pyc"
	"github.com/oxgen/oxgen/pyembed/table"
)

// OfProgram makes the graph of a program that is built or generated, of the bytecode in its table and of what its manifest
// says. It is the graph that its generation had, but for modules that were left out. A program without bytecode, and one
// of an earlier version of oxgen, gives a *diag.Error.
func OfProgram(ctx context.Context, p *program.Program) (*Graph, error) {
	imports := p.Manifest.Imports
	if imports == nil {
		return nil, diag.Errorf(p.File, "generate and build it again", "was built by an oxgen that did not note what its imports start from")
	}
	version, err := pyc.MagicVersion(p.Table.Header().PythonMagic)
	if err != nil {
		return nil, diag.Errorf(p.File, "", "its bytecode is of an unknown Python: %w", err)
	}
	in := Input{
		Version:     version,
		GOOS:        imports.GOOS,
		Builtin:     imports.Builtin,
		Roots:       imports.Roots,
		Hooks:       imports.Hooks,
		EntryPoints: imports.EntryPoints,
	}
	if in.Modules, err = modulesOf(p, imports); err != nil {
		return nil, err
	}
	return Build(ctx, in)
}

func modulesOf(p *program.Program, imports *manifest.Imports) ([]Module, error) {
	files := make(map[string]*program.File, len(p.Files))
	for i := range p.Files {
		if f := &p.Files[i]; f.Kind == "script" {
			files[manifest.ScriptModule(f.Path)] = f
		} else if f.Module != "" {
			files[f.Module] = f
		}
	}
	known := make(map[string]manifest.File, len(p.Manifest.Files))
	for _, f := range p.Manifest.Files {
		known[f.Path] = f
	}
	natives := map[string][]byte{}
	for e, err := range p.Table.Files() {
		if err != nil {
			return nil, err
		}
		if known[e.Path].Kind == "extension" && e.Compression == table.Uncompressed && known[e.Path].Distribution != standard {
			natives[e.Path] = e.Bytes
		}
	}
	var modules []Module
	for m, err := range p.Table.Modules() {
		if err != nil {
			return nil, err
		}
		if m.Namespace {
			continue
		}
		n := Module{Name: m.Name, Package: m.Package}
		if f := files[m.Name]; f != nil {
			n.File, n.Path, n.Distribution, n.Size = f.Origin, f.Path, f.Distribution, f.Size
		}
		switch {
		case m.Extension != "":
			k := known[m.Extension]
			n.Extension, n.Native = true, natives[m.Extension]
			n.Path, n.File, n.Distribution = m.Extension, k.Origin, k.Distribution
		case len(m.Code) > 0:
			n.Code = m.Code[0]
		}
		if n.Distribution == program.OwnDistribution {
			n.File = "<oxgen>/" + strings.TrimPrefix(m.Name, "_oxgen_") + ".py"
		}
		n.Own = n.Distribution != standard && isOwn(n.File, imports.Own)
		modules = append(modules, n)
	}
	return modules, nil
}

// isOwn tells whether an origin is of one of the inputs.
func isOwn(origin string, inputs []string) bool {
	for _, input := range inputs {
		if origin == input || strings.HasPrefix(origin, input+"/") {
			return true
		}
	}
	return false
}
