package gen

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/objfile"
)

// A holder is a piece of machine code of the program that may hold C libraries.
type holder struct {
	path  string   // in the program, or manifest.Libpython
	needs []string // names of the libraries that it is linked with

	version func(*bundled.Library) string // the version of one as the code tells it, "" when it does not
}

// in returns a version function that reads code.
func in(code func() []byte) func(*bundled.Library) string {
	return func(lib *bundled.Library) string { return lib.VersionIn(code()) }
}

// findBundled finds out which C libraries CPython's modules bring along. An executable can't tell: its libpython is divided, and
// many libraries don't say their versions.
func (prog *program) findBundled(ctx context.Context) error {
	p := prog.plan
	versions, err := p.python.Bundled(ctx)
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		p.opts.Warn(diag.Errorf(p.python.Interpreter, "the bill of materials lacks some versions", "does not say which libraries it has: %w", err))
	}
	libpython := p.libpython()
	linked := linkedLibraries(p.python.Linked())
	for i := range bundled.All {
		lib := &bundled.All[i]
		version, known := versions[lib.Name]
		at := prog.holderOf(lib, libpython)
		if at == nil {
			continue
		}
		if version == "" {
			version = at.version(lib)
		}
		stated, recorded := linked[lib]
		if known || recorded || version != "" || lib.IsFile(path.Base(at.path)) {
			prog.bundled = append(prog.bundled, manifest.Bundled{Name: lib.Name, Version: version, Licence: cmp.Or(stated, lib.LicenceOf(version)), In: at.path})
		}
	}
	prog.addUnknown(p.python.Linked(), libpython)
	return nil
}

// linkedLibraries returns the libraries that a distribution's own record says are linked into modules, each with its licence by that
// record; "" where it stands for several libraries of a module together, or is no expression.
func linkedLibraries(list []dist.LinkedLibrary) map[*bundled.Library]string {
	all := map[string]map[*bundled.Library]bool{} // those of each module
	for _, l := range list {
		if all[l.Module] == nil {
			all[l.Module] = map[*bundled.Library]bool{}
		}
		all[l.Module][bundled.ByLink(l.Name)] = true
	}
	licences := map[*bundled.Library]string{}
	for _, l := range list {
		lib := bundled.ByLink(l.Name)
		if lib == nil || !slices.Contains(lib.Modules, l.Module) && lib.Within == "" {
			continue
		}
		expression, ok := licence.Parse(l.Licence)
		if alone := len(all[l.Module]) == 1; ok && alone {
			licences[lib] = expression
		} else if _, seen := licences[lib]; !seen {
			licences[lib] = ""
		}
	}
	return licences
}

// addUnknown adds the libraries of that record that oxgen does not know, each once.
func (prog *program) addUnknown(list []dist.LinkedLibrary, libpython *holder) {
	for _, l := range list {
		isKnown := func(b manifest.Bundled) bool { return b.Name == l.Name }
		if bundled.ByLink(l.Name) != nil || slices.ContainsFunc(prog.bundled, isKnown) {
			continue
		}
		if at := prog.moduleHolder(l.Module, libpython); at != nil {
			expression, _ := licence.Parse(l.Licence)
			prog.bundled = append(prog.bundled, manifest.Bundled{Name: l.Name, Licence: expression, In: at.path})
		}
	}
	slices.SortFunc(prog.bundled, func(a, b manifest.Bundled) int { return strings.Compare(a.Name, b.Name) })
}

// libpython returns the libpython of the first target; nil when it does not come into the executable.
func (p *plan) libpython() *holder {
	file := p.platform.Libpython
	switch p.config.Link {
	case config.Static:
		file = p.python.Static().Archive
	case config.Shared:
		return nil
	}
	if file == "" {
		return nil // which is an error of linking, and told there
	}
	h := &holder{path: manifest.Libpython, version: in(sync.OnceValue(func() []byte {
		code, _ := inputs.ReadFile(file) // what links it has just read it
		return code
	}))}
	if p.config.Link != config.Static {
		if d, err := p.divided(file); err == nil {
			h.version = func(lib *bundled.Library) string { return d.Versions[lib.Name] }
		}
	}
	if f, err := p.libpythonObject(file); err == nil { // an archive is none
		h.needs = f.Needed
	}
	return h
}

// holderOf returns what holds a library: a file of its own, an extension module, or libpython; nil when the program has none
// of the modules that are made with it, and when the target's system has the library.
func (prog *program) holderOf(lib *bundled.Library, libpython *holder) *holder {
	if lib.Within != "" {
		return prog.holderOf(bundled.Find(lib.Within), libpython)
	}
	for _, module := range lib.Modules {
		h := prog.moduleHolder(module, libpython)
		if h == nil {
			continue
		}
		if u := prog.libraryFile(lib); u != nil {
			return &holder{path: u.Path, version: in(func() []byte { return u.data })}
		}
		if !slices.ContainsFunc(h.needs, lib.IsFile) {
			return h
		}
	}
	return nil
}

// moduleHolder returns the extension module of that name of the standard library, or libpython when it is built in.
func (prog *program) moduleHolder(module string, libpython *holder) *holder {
	if slices.Contains(prog.plan.builtin, module) {
		return libpython
	}
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Extension || u.Module != module || u.Distribution != collector.StdlibDistribution {
			continue
		}
		h := &holder{path: u.Path, version: in(func() []byte { return u.data })}
		if f, err := objfile.Read(u.Path, bytes.NewReader(u.data)); err == nil {
			h.needs = f.Needed
		}
		return h
	}
	return nil
}

// libraryFile returns the file of the program that a library is, nil when there is none.
func (prog *program) libraryFile(lib *bundled.Library) *unit {
	for i := range prog.units {
		if u := &prog.units[i]; u.Kind == collector.Library && path.Dir(u.Path) == libraryDir && lib.IsFile(path.Base(u.Path)) {
			return u
		}
	}
	return nil
}
