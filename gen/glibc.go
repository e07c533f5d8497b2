package gen

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

// findRequirements reads off the object files which symbol versions the program needs of the target's C library and of GCC's
// libraries, and holds them to max-glibc.
func (prog *program) findRequirements() error {
	p := prog.plan
	platform := p.platform
	if platform.Target.GOOS != "linux" {
		return nil
	}
	var problems []error
	r := manifest.Requirement{Target: platform.Target.String()}
	note := func(name, mend string, f *objfile.File) {
		r.Needs.Merge(glibc.NeedsOf(prog.ofSystem(f.Versions)))
		problems = append(problems, prog.excess(name, mend, f))
	}
	if p.config.Link == config.Mapped {
		f, err := p.libpythonObject(platform.Libpython)
		if err != nil {
			return err
		}
		note(filepath.Base(platform.Libpython), libpythonMend(p.python), f)
	}
	for i := range prog.units {
		u := &prog.units[i]
		if f := prog.object(u, platform.Target); f != nil {
			note(u.Origin.String(), prog.objectMend(u, f), f)
		}
	}
	prog.requires = append(prog.requires, r)
	return errors.Join(problems...)
}

// object returns the unit as an object file of a target, nil when it is none.
func (prog *program) object(u *unit, t target.Target) *objfile.File {
	if u.object == nil && u.Kind != collector.Module && objfile.Is(u.data[:min(len(u.data), objfile.HeadSize)]) {
		u.object, _ = objfile.Read(u.Origin.String(), bytes.NewReader(u.data)) // data like any other, if it is damaged
	}
	if f := u.object; f != nil && f.Format == objfile.ELF && f.Target == t {
		return f
	}
	return nil
}

// ofSystem leaves out the versions of libraries that the program brings.
func (prog *program) ofSystem(all []objfile.Version) []objfile.Version {
	var list []objfile.Version
	for _, v := range all {
		if !prog.brings[v.Library] {
			list = append(list, v)
		}
	}
	return list
}

// excess returns the error for a file that needs more than max-glibc allows, nil for any other.
func (prog *program) excess(name, mend string, f *objfile.File) error {
	limit := prog.plan.config.MaxGlibc
	if limit == "" {
		return nil
	}
	above := glibc.LimitOf(limit).Above(f, func(library string) bool { return prog.brings[library] })
	if len(above) == 0 {
		return nil
	}
	return diag.Errorf(name, mend+", or raise `max-glibc`", "needs %s, and max-glibc is %s", excessText(above, limit), limit)
}

// excessText names the highest version of each family, with symbols that need it.
func excessText(above []glibc.Excess, limit string) string {
	var parts []string
	for i, x := range above {
		family, _, _ := strings.Cut(x.Version, "_")
		if i+1 < len(above) && strings.HasPrefix(above[i+1].Version, family+"_") {
			continue
		}
		text := x.Version
		if x.Since != "" {
			text += " of GCC " + x.Since
		}
		if n := len(x.Symbols); n > 3 {
			text += fmt.Sprintf(" (%s and %d more)", strings.Join(x.Symbols[:3], ", "), n-3)
		} else if n > 0 {
			text += " (" + strings.Join(x.Symbols, ", ") + ")"
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, " and ")
	if has := glibc.LimitOf(limit).GLIBCXX; has != "" && strings.Contains(text, "GLIBCXX_") {
		text += ", where systems with glibc " + limit + " are sure to have GLIBCXX_" + has
	}
	return text
}

func libpythonMend(d *dist.Distribution) string {
	return "embed another Python than " + d.Name + ": the default one, and those of `oxgen python list`, run with glibc 2.17"
}

// objectMend says how to get a file that needs less.
func (prog *program) objectMend(u *unit, f *objfile.File) string {
	limit := prog.plan.config.MaxGlibc
	builder := "on a system with glibc " + limit
	switch {
	case u.Origin.Input == hostInput || u.Distribution == collector.StdlibDistribution || u.Origin.Input == distributionInput:
		return "it is this machine's: generate " + builder + ", or take a Python or a wheel that brings its own libraries"
	case u.Origin.Input == extensionInput:
		return "it is compiled here: generate " + builder
	}
	if tags := glibc.LimitOf(limit).TagsWithin(f.Machine); len(tags) > 0 {
		return "take a wheel with the tag " + strings.Join(tags, " (") + strings.Repeat(")", len(tags)-1) + " or an older one, or build it " + builder
	}
	return "build it " + builder
}

// checkLinked holds what the C linker made of a program to max-glibc.
func (o *Output) checkLinked(file string, t target.Target) error {
	limit := o.Config.MaxGlibc
	if limit == "" || t.GOOS != "linux" {
		return nil
	}
	f, err := readObject(file)
	if err != nil {
		return err
	}
	if above := glibc.LimitOf(limit).Above(f, nil); len(above) > 0 {
		return diag.Errorf(file, "it is linked with this machine's C library: build on a system with glibc "+limit+", or raise `max-glibc`",
			"needs %s, and max-glibc is %s", excessText(above, limit), limit)
	}
	return nil
}

// limits says what the machines of the targets have, for the tags of wheels: what max-glibc promises.
func (p *plan) limits() tag.Limits { return tag.Limits{Glibc: p.config.MaxGlibc} }
