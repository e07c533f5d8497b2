package pylock

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/wheel"
)

// A Target is what packages are selected for.
type Target struct {
	Env  marker.Env // without extras and groups
	Tags *tag.List
}

// A Choice is what a user asks of a lock file.
type Choice struct {
	Extras []string // must be among File.Extras
	Groups []string // must be among File.Groups; nil is File.DefaultGroups
}

// A Pick is a package of the selection, with its wheel.
type Pick struct {
	Package *Package
	Wheel   *Wheel // nil when no wheel fits, and for what is to be built
	Missing error  // why there is no wheel: a *diag.Error; nil with one
}

// Select returns what is to be installed for a target, sorted by name. The error joins a *diag.Error for each thing that the lock file
// forbids.
func (f *File) Select(t Target, choice Choice) ([]Pick, error) {
	if err := f.checkChoice(choice); err != nil {
		return nil, err
	}
	if err := f.checkTarget(t); err != nil {
		return nil, err
	}
	env := t.Env
	env.Extras, env.Groups = choice.Extras, choice.Groups
	if choice.Groups == nil {
		env.Groups = f.DefaultGroups
	}
	var picks []Pick
	var problems []error
	names := map[string]*Package{}
	for i := range f.Packages {
		p := &f.Packages[i]
		in, err := f.wants(p, env)
		if err == nil && in && names[p.Name] != nil {
			err = f.doc.problem(p.at, hintLock, "%s is locked twice for %s: the other one is in line %d",
				p.Name, t.Tags.Target(), f.doc.problem(names[p.Name].at, "", "").Line)
		}
		if err != nil {
			problems = append(problems, err)
		} else if in {
			names[p.Name] = p
			picks = append(picks, f.pick(p, t.Tags))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	slices.SortStableFunc(picks, func(a, b Pick) int { return cmp.Compare(a.Package.Name, b.Package.Name) })
	return picks, nil
}

// checkChoice refuses extras and groups that the lock file does not have.
func (f *File) checkChoice(choice Choice) error {
	var problems []error
	check := func(key, what string, asked, known []string) {
		for _, name := range asked {
			if !slices.ContainsFunc(known, func(k string) bool { return pyname.Normalize(k) == pyname.Normalize(name) }) {
				list := "it has none"
				if len(known) > 0 {
					list = "it has " + strings.Join(known, ", ")
				}
				problems = append(problems, diag.Errorf(f.doc.file, "correct `"+key+"`: "+list, "has no %s %q", what, name))
			}
		}
	}
	check("lock-extras", "extra", choice.Extras, f.Extras)
	check("lock-groups", "dependency group", choice.Groups, append(slices.Clone(f.Groups), f.DefaultGroups...))
	return errors.Join(problems...)
}

// checkTarget holds a target to requires-python and environments.
func (f *File) checkTarget(t Target) error {
	version, _ := pep440.Parse(t.Env.Values["python_full_version"])
	if !f.RequiresPython.Has(version) {
		return f.doc.problem(f.pythonAt, "choose another `python`, or lock for this one",
			"the lock file is for Python %s, and %s is to be embedded", f.RequiresPython, version)
	}
	if len(f.Environments) == 0 {
		return nil
	}
	for _, m := range f.Environments {
		holds, err := m.Eval(t.Env)
		if err != nil {
			return f.unknown(f.environmentsAt, m, err)
		}
		if holds {
			return nil
		}
	}
	return f.doc.problem(f.environmentsAt, "lock for this target too, or choose another of `targets`",
		"none of the environments that the lock file is for is %s", t.Tags.Target())
}

// wants tells whether a package is to be installed in an environment.
func (f *File) wants(p *Package, env marker.Env) (bool, error) {
	holds, err := p.Marker.Eval(env)
	if err != nil {
		return false, f.unknown(p.at, p.Marker, err)
	}
	version, _ := pep440.Parse(env.Values["python_full_version"])
	if holds && !p.RequiresPython.Has(version) {
		return false, f.doc.problem(p.at, "choose another `python`, or lock for this one",
			"%s is for Python %s, and %s is to be embedded", p.title(), p.RequiresPython, version)
	}
	return holds, nil
}

func (f *File) unknown(at int, m marker.Marker, err error) error {
	return f.doc.problem(at, "lock without this marker", "marker %q: %w", m.String(), err)
}

// title returns name and version.
func (p *Package) title() string { return strings.TrimSpace(p.Name + " " + p.Version) }

// pick chooses the wheel of a package.
func (f *File) pick(p *Package, list *tag.List) Pick {
	names := make([]wheel.Filename, len(p.Wheels))
	for i := range p.Wheels {
		names[i] = p.Wheels[i].Filename
	}
	if best := wheel.Best(names, list); best >= 0 {
		return Pick{Package: p, Wheel: &p.Wheels[best]}
	}
	return Pick{Package: p, Missing: f.missing(p, names, list)}
}

// missing is the error for a package without a wheel that fits.
func (f *File) missing(p *Package, names []wheel.Filename, list *tag.List) error {
	build := fmt.Sprintf("build a wheel of it, as by `pip wheel --no-deps %s`, and name it under `wheels`", requirement(p))
	switch p.Source.Kind {
	case "vcs":
		return f.doc.problem(p.at, build, "%s is locked as a repository, and oxgen builds no packages", p.title())
	case "archive":
		return f.doc.problem(p.at, build, "%s is locked as an archive of sources, and oxgen builds no packages", p.title())
	case "directory":
		return f.doc.problem(p.at, "name the directory of its modules under `sources`, or a wheel of it under `wheels`",
			"%s is locked as the directory %q", p.title(), p.Source.Path)
	}
	if len(names) == 0 {
		return f.doc.problem(p.at, build, "%s is locked as a source distribution alone, and oxgen builds no packages", p.title())
	}
	return f.doc.problem(p.at, build, "%s has no wheel that fits: %s", p.title(), wheel.Misfit(names, list))
}

func requirement(p *Package) string {
	if p.Version == "" {
		return p.Name
	}
	return p.Name + "==" + p.Version
}

// Problem returns an error about a wheel of the file, at its place.
func (f *File) Problem(w *Wheel, hint, format string, args ...any) error {
	return f.doc.problem(w.at, hint, format, args...)
}
