package gen

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/dave/jennifer/jen"
	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/libpython"
	"github.com/oxgen/oxgen/internal/manifest"
)

// payloadSymbol names libpython's segments in the object that go build links.
const payloadSymbol = "oxgen_libpython"

// A library is libpython for one platform: the files that carry it, or that say where it is.
type library struct {
	files    []File // go build picks them by their names' endings
	about    manifest.Runtime
	warnings []error
}

// bringLibraries brings libpython for all plans into its form in the background. The function that it returns waits for them,
// in the order of the plans.
func bringLibraries(ctx context.Context, plans []*plan) func() ([]library, error) {
	list := make([]library, len(plans))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range plans {
		group.Go(func() error {
			l, err := p.library(ctx, p.platform)
			if err == nil {
				l.about.Target, l.about.Link = p.platform.Target.String(), string(p.config.Link)
				list[i] = *l
			}
			return err
		})
	}
	return func() ([]library, error) {
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for i, l := range list {
			for _, w := range l.warnings {
				plans[i].opts.Warn(w)
			}
		}
		return list, nil
	}
}

func (p *plan) library(ctx context.Context, platform *dist.Platform) (*library, error) {
	switch p.config.Link {
	case config.Static:
		return p.staticLibrary(ctx, platform)
	case config.Shared:
		return p.sharedLibrary(platform)
	}
	if platform.Target.GOOS != "linux" {
		return p.cachedLibrary(platform)
	}
	return p.mappedLibrary(platform)
}

// cachedLibrary returns a libpython that is put into the user's cache directory at run time: Windows and macOS load files only.
func (p *plan) cachedLibrary(platform *dist.Platform) (*library, error) {
	contents, err := inputs.ReadFile(platform.Libpython)
	if err != nil {
		return nil, fmt.Errorf("reading libpython: %w", err)
	}
	digest := sha256.Sum256(contents)
	img := &libpython.Image{
		Name: filepath.Base(platform.Libpython), Size: int64(len(contents)), Digest: digest, Data: contents,
		Skeleton: []libpython.Extent{{Size: int64(len(contents))}}, Whole: "the platform loads files only",
	}
	base := "libpython_" + platform.Target.Suffix()
	l := &library{about: manifest.Runtime{Name: img.Name, SHA256: hex.EncodeToString(digest[:]), Size: img.Size}}
	if f, err := p.libpythonObject(platform.Libpython); err == nil {
		l.about.Needs = f.Needed
	}
	source, err := renderLibrary(p, img, base, false)
	l.files = []File{{Name: base + ".bin", Data: contents}, source}
	return l, err
}

// mappedLibrary returns a divided libpython. A warning says why it is not divided.
func (p *plan) mappedLibrary(platform *dist.Platform) (*library, error) {
	img, err := p.divided(platform.Libpython)
	if err != nil {
		return nil, err
	}
	base := "libpython_" + platform.Target.Suffix()
	l := &library{about: manifest.Runtime{Name: img.Name, SHA256: hex.EncodeToString(img.Digest[:]), Size: img.Length}}
	if f, err := p.libpythonObject(platform.Libpython); err == nil {
		l.about.Needs = f.Needed
	}
	l.files = []File{{Name: base + ".bin", Data: img.Data}}
	switch {
	case p.config.Compact:
		packed, err := p.packedLibrary(img)
		if err != nil {
			return nil, err
		}
		l.files[0].Data = packed
	case img.Whole == "":
		l.files = append(l.files,
			File{Name: base + ".syso", Data: img.Object},
			File{Name: base + ".s", Data: []byte("// " + generated + "\n\n#include \"textflag.h\"\n\n" + assemblies[img.Machine])})
	default:
		l.warnings = []error{diag.Errorf(img.Name, "", "is copied into memory at every start, some 20 ms: %s", img.Whole)}
	}
	source, err := renderLibrary(p, &img.Image, base, p.config.Compact)
	l.files = append(l.files, source)
	return l, err
}

// assemblies return the address of the payload: Go can't name a symbol of another object.
var assemblies = map[elf.Machine]string{
	elf.EM_X86_64: `// func payload() uintptr
TEXT ·payload(SB), NOSPLIT, $0-8
	LEAQ ` + payloadSymbol + `(SB), AX
	MOVQ AX, ret+0(FP)
	RET
`,
	elf.EM_AARCH64: `// func payload() uintptr
TEXT ·payload(SB), NOSPLIT, $0-8
	MOVD $` + payloadSymbol + `(SB), R0
	MOVD R0, ret+0(FP)
	RET
`,
}

// renderLibrary renders the file that says where the parts of libpython belong, or that it is packed.
func renderLibrary(p *plan, img *libpython.Image, base string, packed bool) (File, error) {
	f := newFile(p)
	f.Anon("embed")
	f.Comment("//go:embed " + base + ".bin")
	f.Var().Id("libraryData").String()
	f.Line()
	if img.Whole == "" && !packed {
		f.Comment("payload returns the address of the parts of libpython that lie in " + base + ".syso.")
		f.Func().Id("payload").Params().Uintptr()
		f.Line()
	}
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").CustomFunc(multi, func(g *jen.Group) {
		field := func(name string, value any) { g.Id(name).Op(":").Lit(value) }
		field("Name", img.Name)
		field("Size", int(img.Size))
		field("Digest", hex.EncodeToString(img.Digest[:]))
		g.Id("Data").Op(":").Id("libraryData")
		if packed {
			g.Id("Packed").Op(":").True()
			return
		}
		g.Id("Skeleton").Op(":").Add(extents(img.Skeleton))
		if img.Whole != "" {
			return
		}
		g.Id("Original").Op(":").Add(extents(img.Original))
		field("Relocations", len(img.Relocations))
		if img.Page != 4096 {
			field("Page", img.Page)
		}
		g.Id("Payload").Op(":").Id("payload")
		g.Id("Mapped").Op(":").Add(extents(img.Mapped))
		g.Id("Protect").Op(":").Qual(pyembedPath, "Extent").Values(
			jen.Id("Address").Op(":").Lit(int(img.Protect.Address)),
			jen.Id("Size").Op(":").Lit(int(img.Protect.Size)))
		if img.Memory.Size > 0 {
			g.Id("Memory").Op(":").Qual(pyembedPath, "Extent").Values(
				jen.Id("Size").Op(":").Lit(int(img.Memory.Size)),
				jen.Id("Address").Op(":").Lit(int(img.Memory.Address)))
			field("Zeros", int(img.Zeros))
		}
		field("Init", int(img.Init))
		field("Array", int(img.Array))
		field("Inits", img.Inits)
		if len(img.Merged) > 0 {
			g.Id("Merged").Op(":").Index().Int64().ValuesFunc(func(g *jen.Group) {
				for _, at := range img.Merged {
					g.Lit(int(at))
				}
			})
			field("LibC", int(img.LibC))
		}
	})
	return render(base+".go", f)
}

func extents(list []libpython.Extent) jen.Code {
	return jen.Index().Qual(pyembedPath, "Extent").CustomFunc(multi, func(g *jen.Group) {
		for _, e := range list {
			values := []jen.Code{
				jen.Id("Offset").Op(":").Lit(int(e.Offset)),
				jen.Id("Size").Op(":").Lit(int(e.Size)),
			}
			if e.Address != 0 {
				values = append(values, jen.Id("Address").Op(":").Lit(int(e.Address)))
			}
			if e.Exec {
				values = append(values, jen.Id("Exec").Op(":").True())
			}
			if e.Write {
				values = append(values, jen.Id("Write").Op(":").True())
			}
			g.Values(values...)
		}
	})
}
