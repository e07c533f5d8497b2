package gen

import (
	"github.com/dave/jennifer/jen"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/manifest"
)

// sharedLibrary returns the file that names the libpython which the target system has.
func (p *plan) sharedLibrary(platform *dist.Platform) (*library, error) {
	if platform.Target.GOOS != "linux" {
		return nil, diag.Errorf(p.config.File, "leave `link` out, or "+platform.Target.String()+" out of the targets",
			"link = \"shared\" is for Linux, whose systems have a libpython")
	}
	name, err := platform.Soname()
	if err != nil {
		return nil, err
	}
	f := newFile(p)
	f.Comment("The system that the executable runs on has libpython.")
	f.Var().Id("library").Op("=").Qual(pyembedPath, "Library").CustomFunc(multi, func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(name)
		g.Id("Shared").Op(":").True()
	})
	file, err := render("libpython_"+platform.Target.Suffix()+".go", f)
	return &library{files: []File{file}, about: manifest.Runtime{Name: name}}, err
}
