package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/oxgen/oxgen/internal/cc"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/target"
)

// needsCgo is what the compiler complains about when a statically linked program is built without cgo: it is the one
// sentence that a user sees then.
const needsCgo = "this_program_links_libpython_statically_build_it_with_CGO_ENABLED_1_and_a_C_compiler"

// A staticLink is libpython, and what else the C linker puts into an executable.
type staticLink struct {
	plan      *plan
	suffix    string // of the names of files
	static    *dist.Static
	about     manifest.Runtime // of the archive
	files     []File
	libraries []string // as after -l, in the order in which they are linked
	warnings  []error
}

// staticLibrary returns the files that link libpython into the executable by cgo. Objects go by go build's own door for
// foreign ones (.syso), so that a changed one is noticed, which an archive named by a linker flag is not.
func (p *plan) staticLibrary(ctx context.Context, platform *dist.Platform) (*library, error) {
	static := p.python.Static()
	switch {
	case platform.Target != target.Host():
		return nil, diag.Errorf(p.config.File, "leave `link` out, or generate on "+platform.Target.String(),
			"link = \"static\" works for the platform that oxgen runs on, %s, not for %s", target.Host(), platform.Target)
	case static.Archive == "":
		return nil, cc.MissingLibpython(static, p.python.Name)
	}
	compiler, err := cc.Find(ctx)
	if err != nil {
		return nil, err
	}
	l := &staticLink{plan: p, suffix: platform.Target.Suffix(), static: static}
	if err := l.addLibpython(ctx, compiler); err != nil {
		return nil, err
	}
	if err := l.addExtensions(ctx, compiler); err != nil {
		return nil, err
	}
	for _, render := range []func() (File, error){l.render, l.renderWithoutCgo} {
		f, err := render()
		if err != nil {
			return nil, err
		}
		l.files = append(l.files, f)
	}
	return &library{files: l.files, about: l.about, warnings: l.warnings}, nil
}

func (l *staticLink) addLibpython(ctx context.Context, compiler *cc.Compiler) error {
	archive, err := inputs.ReadFile(l.static.Archive)
	if err != nil {
		return fmt.Errorf("reading libpython: %w", err)
	}
	digest := sha256.Sum256(archive)
	l.about = manifest.Runtime{Name: filepath.Base(l.static.Archive), SHA256: hex.EncodeToString(digest[:]), Size: int64(len(archive))}
	object, err := compiler.Libpython(ctx, l.static)
	if err != nil {
		return err
	}
	l.add("libpython", l.static.Name, object)
	return nil
}

func (l *staticLink) addExtensions(ctx context.Context, compiler *cc.Compiler) error {
	extensions, err := l.plan.extensions()
	if err != nil {
		return err
	}
	for i := range extensions {
		e := &extensions[i]
		object, err := compiler.Extension(ctx, l.static, e, initialiser(i))
		if err != nil {
			return err
		}
		l.add("extension_"+strings.ReplaceAll(e.Name, ".", "-"), e.Name, object)
		digest := sha256.Sum256(object.Data)
		l.about.Extensions = append(l.about.Extensions, manifest.Linked{
			Module: e.Name, Object: l.files[len(l.files)-1].Name, SHA256: hex.EncodeToString(digest[:]), Libraries: e.Libraries,
		})
	}
	return nil
}

// add adds an object. Of is what it is made of.
func (l *staticLink) add(file, of string, object *cc.Object) {
	l.files = append(l.files, File{Name: file + "_" + l.suffix + ".syso", Data: object.Data})
	for _, name := range object.Libraries {
		if !slices.Contains(l.libraries, name) {
			l.libraries = append(l.libraries, name)
		}
	}
	for _, name := range object.Missing {
		l.warnings = append(l.warnings, cc.DynamicLibrary(of, name))
	}
}

// initialiser is the symbol of an extension module: names of modules may have the same end.
func initialiser(i int) string { return fmt.Sprintf("oxgen_extension_%d", i) }

// flags returns the arguments of the linker, all of which cgo lets pass.
func (l *staticLink) flags() string {
	flags := []string{"-rdynamic", "-Wl,--push-state", "-Wl,--as-needed"} // extension modules find the C API in the executable
	for _, name := range l.libraries {
		flags = append(flags, "-l"+name)
	}
	return strings.Join(append(flags, "-Wl,--pop-state"), " ")
}

func (l *staticLink) render() (File, error) {
	f := newFile(l.plan)
	f.CgoPreamble("#cgo LDFLAGS: " + l.flags())
	f.Comment("The object libpython_" + l.suffix + ".syso links libpython into the executable.")
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").CustomFunc(multi, func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(l.static.Name)
		g.Id("Digest").Op(":").Lit(l.about.SHA256)
		g.Id("Linked").Op(":").True()
		if len(l.plan.config.Extensions) == 0 {
			return
		}
		g.Id("Extensions").Op(":").Index().Qual(pyembedPath, "LinkedExtension").CustomFunc(multi, func(g *jen.Group) {
			for i, e := range l.plan.config.Extensions {
				g.Values(jen.Id("Name").Op(":").Lit(e.Name), jen.Id("Symbol").Op(":").Lit(initialiser(i)))
			}
		})
	})
	return render("libpython_"+l.suffix+".go", f)
}

// renderWithoutCgo renders the file that takes the place of the other when cgo is off. It does not compile.
func (l *staticLink) renderWithoutCgo() (File, error) {
	f := newFile(l.plan)
	f.HeaderComment("//go:build !cgo")
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").Values(jen.Id("Name").Op(":").Id(needsCgo))
	return render("nocgo_"+l.suffix+".go", f)
}
