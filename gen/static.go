package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/oxgen/oxgen/internal/cc"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/target"
)

// needsCgo is what the compiler complains about when a statically linked program is built without cgo: it is the one
// sentence that a user sees then.
const needsCgo = "this_program_links_libpython_statically_build_it_with_CGO_ENABLED_1_and_a_C_compiler"

// staticFiles returns the files that link libpython into the executable by cgo. The object goes by go build's own door for
// foreign objects (.syso), so that a changed one is noticed, which an archive named by a linker flag is not.
func (p *plan) staticFiles(ctx context.Context, platform *dist.Platform) (files []File, warnings []error, err error) {
	static := p.python.Static()
	switch {
	case platform.Target != target.Host():
		return nil, nil, diag.Errorf(p.config.File, "leave `link` out, or generate on "+platform.Target.String(),
			"link = \"static\" works for the platform that oxgen runs on, %s, not for %s", target.Host(), platform.Target)
	case static.Archive == "":
		return nil, nil, cc.MissingLibpython(static, p.interp.Version.Feature(), p.python.Name)
	}
	archive, err := os.ReadFile(static.Archive)
	if err != nil {
		return nil, nil, fmt.Errorf("reading libpython: %w", err)
	}
	compiler, err := cc.Find(ctx)
	if err != nil {
		return nil, nil, err
	}
	object, err := compiler.Libpython(ctx, static)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range object.Missing {
		warnings = append(warnings, cc.DynamicLibrary(static, name))
	}
	digest := sha256.Sum256(archive)
	suffix := platform.Target.Suffix()
	files = []File{{Name: "libpython_" + suffix + ".syso", Data: object.Data}}
	for _, make := range []func() (File, error){
		func() (File, error) {
			return p.renderStatic(suffix, static.Name, hex.EncodeToString(digest[:]), object.Flags)
		},
		func() (File, error) { return p.renderWithoutCgo(suffix) },
	} {
		f, err := make()
		if err != nil {
			return nil, nil, err
		}
		files = append(files, f)
	}
	return files, warnings, nil
}

func (p *plan) renderStatic(suffix, name, digest string, flags []string) (File, error) {
	f := newFile(p)
	f.CgoPreamble("#cgo LDFLAGS: " + strings.Join(flags, " "))
	f.Comment("The object libpython_" + suffix + ".syso links libpython into the executable.")
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").CustomFunc(multi, func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(name)
		g.Id("Digest").Op(":").Lit(digest)
		g.Id("Linked").Op(":").True()
	})
	return render("libpython_"+suffix+".go", f)
}

// renderWithoutCgo renders the file that takes the place of the other when cgo is off. It does not compile.
func (p *plan) renderWithoutCgo(suffix string) (File, error) {
	f := newFile(p)
	f.HeaderComment("//go:build !cgo")
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").Values(jen.Id("Name").Op(":").Id(needsCgo))
	return render("nocgo_"+suffix+".go", f)
}
