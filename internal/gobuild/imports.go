package gobuild

import (
	"context"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/oxgen/oxgen/internal/diag"
)

// checkImport reports what go build would not, or not in words that lead anywhere: a directory that is no main package,
// and a main package that leaves the Python program out.
func (o *Options) checkImport(ctx context.Context) error {
	generated := "./" + o.Package
	list, err := o.load(ctx, packages.NeedName|packages.NeedImports, ".", generated)
	if err != nil {
		return err
	}
	if len(list) != 2 {
		return nil // go build says why
	}
	slices.SortFunc(list, func(a, b *packages.Package) int { return len(a.PkgPath) - len(b.PkgPath) })
	program, code := list[0], list[1] // the one lies below the other
	switch {
	case program.Name == "":
		return diag.Errorf(o.Dir, "write a main.go there that imports "+code.PkgPath+": `oxgen init` in an empty directory shows one",
			"no Go files to build")
	case program.Name != "main":
		return diag.Errorf(o.Dir, "build the directory of the main package that imports "+code.PkgPath,
			"the Go package here is %q, not main", program.Name)
	}
	if program.Imports[code.PkgPath] != nil {
		return nil
	}
	all, err := o.load(ctx, packages.NeedName|packages.NeedImports|packages.NeedDeps, ".")
	if err != nil || slices.ContainsFunc(all, func(p *packages.Package) bool { return reaches(p, code.PkgPath) }) {
		return err
	}
	name := path.Base(o.Package)
	return diag.Errorf(o.Dir, "import it in main.go, and call "+name+".Program.Main() in main",
		"package main does not import %q, so that the Python program would be missing", code.PkgPath)
}

// reaches reports whether p imports the package of the path pkg, directly or not.
func reaches(p *packages.Package, pkg string) bool {
	found := false
	packages.Visit([]*packages.Package{p}, func(p *packages.Package) bool {
		found = found || p.PkgPath == pkg
		return !found
	}, nil)
	return found
}

// load asks the go command about packages. Errors of a package are left to go build.
func (o *Options) load(ctx context.Context, mode packages.LoadMode, patterns ...string) ([]*packages.Package, error) {
	list, err := packages.Load(&packages.Config{
		Context: ctx,
		Mode:    mode,
		Dir:     o.Dir,
		Env:     o.environ(),
	}, patterns...)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		// "err: exit status 1: stderr: go: …" is how go/packages puts what the go command says.
		_, said, _ := strings.Cut(err.Error(), "stderr: ")
		return nil, o.explain(err.Error(), strings.TrimPrefix(lastLine(said), "go: "))
	}
	return list, nil
}
