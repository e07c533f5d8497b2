package collector

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/oxgen/oxgen/internal/diag"
)

// loaders follows the loaders in a directory of installed distributions (readLoader) and returns their assemblies. Such
// a loader comes first in sys.meta_path, so its modules are found before those of the directory.
func (t *trail) loaders(site *Input, list []fs.DirEntry) {
	for _, d := range list {
		name := d.Name()
		l := readLoader(site.Path, name)
		if l == nil {
			continue
		}
		a, err := l.assembly(site.Path)
		project := projectOf(site.Path, list, l.distribution)
		if t.report(*site, l, a, err, project) {
			t.told = append(t.told, filepath.Join(site.Path, name))
		}
		if err != nil {
			continue
		}
		site.followed = append(site.followed, name)
		in := Input{Kind: Assembled, Path: filepath.Join(site.Path, name), distribution: l.distribution, optional: true}
		roots := []root{{realPath(site.Path), site.Label}}
		if project != "" {
			in.Label = t.label(project, *site, name)
			t.labels = append(t.labels, in.Label)
			roots = append(roots, root{realPath(project), in.Label})
		}
		for _, p := range a.parts {
			real := realDir(p.Path)
			if t.isOwn(p, real) {
				in.joins = true
				continue
			}
			p.Label = t.labelled(p, real, &roots, *site, name)
			in.parts = append(in.parts, p)
			t.taken = append(t.taken, real)
		}
		if in.Label == "" {
			in.Label = join(site.Label, name)
		}
		if len(in.parts) > 0 {
			t.inputs = append(t.inputs, in)
		}
		if a.build != "" {
			t.builds = append(t.builds, realPath(a.build))
		}
	}
}

// projectOf returns the directory that a distribution was installed from in the editable way, "" when nothing says so.
func projectOf(site string, list []fs.DirEntry, distribution string) string {
	for _, d := range list {
		if distributionOf(d.Name()) == distribution {
			if dir, ok := editableProject(filepath.Join(site, d.Name(), "direct_url.json")); ok {
				return dir
			}
		}
	}
	return ""
}

// report warns of what an assembly lacks, and tells whether it did. err is that of loader.assembly.
func (t *trail) report(site Input, l *loader, a *assembly, err error, project string) bool {
	shown := "PROJECT"
	if project != "" {
		shown = t.shown(project)
	}
	warn := func(hint, cause string) {
		t.warnings = append(t.warnings, diag.Errorf(join(site.Label, l.file), hint, "editable install of %s, by %s: %s", l.distribution, l.backend, cause))
	}
	again := "install the project again: `python3 -m pip install --no-build-isolation -e " + shown + "`"
	var g *gap
	switch {
	case errors.As(err, &g):
		warn(cmp.Or(g.hint, again), g.cause)
		return true
	case err != nil:
		return false
	}
	if len(a.missing) > 0 {
		hint := again
		if l.backend == mesonPython {
			hint = "build it: `meson compile -C " + t.shown(a.build) + "`"
		}
		warn(hint, lost(a.missing))
	}
	if a.old != "" {
		warn("build it: `meson compile -C "+t.shown(a.build)+"`", a.source+" was changed after "+a.old+" was built: it is embedded as it was built last")
	}
	if a.rebuilt {
		warn("import it with the environment's python before it is embedded: that builds it",
			"it is built when it is imported (editable.rebuild), which oxgen does not do: it is embedded as it was built last")
	}
	return len(a.missing) > 0 || a.rebuilt || a.old != ""
}

// A root is a directory that labels of parts start with. dir has no symbolic links.
type root struct{ dir, label string }

// labelled returns what messages and the program call a part, which lies at real: the label of the first of the roots that it lies in,
// with its path from there. It adds a root where there is none.
func (t *trail) labelled(p part, real string, roots *[]root, site Input, via string) string {
	for _, r := range *roots {
		if rel := below(r.dir, real); rel != "" {
			return path.Join(r.label, rel)
		}
	}
	dir := filepath.Dir(real)
	if p.Kind != SingleFile {
		dir = real
	}
	label := t.label(dir, site, via)
	t.labels = append(t.labels, label)
	*roots = append(*roots, root{dir, label})
	return path.Join(label, below(dir, real))
}

// realDir returns a path with the directory that it lies in without symbolic links.
func realDir(place string) string {
	return filepath.Join(realPath(filepath.Dir(place)), filepath.Base(place))
}

// isOwn tells whether a part, which lies at real, is among the inputs that the user has named, at the same path.
func (t *trail) isOwn(p part, real string) bool {
	return slices.ContainsFunc(t.own, func(in Input) bool {
		rel := below(in.Path, real)
		return rel != "" && (in.Kind == SourceTree && rel == p.as || in.Kind == PackageDir && path.Join(in.as, rel) == p.as)
	})
}

// pass has the inputs that are directories pass over the files of assemblies, and leave out build directories. What the user has named
// stays as it is but for those.
func (t *trail) pass() {
	for i := range t.inputs {
		in := &t.inputs[i]
		if in.Kind != SitePackages && in.Kind != SourceTree && in.Kind != PackageDir {
			continue
		}
		own := in.Kind != SitePackages && !in.optional
		real := realPath(in.Path)
		for _, build := range t.builds {
			setBelow(&in.builds, real, build)
		}
		for _, place := range t.taken {
			if !own || slices.ContainsFunc(t.builds, func(build string) bool { return below(build, place) != "" }) {
				setBelow(&in.skips, real, place)
			}
		}
	}
}

// setBelow adds the slash path of place below dir to a set, which is nil when it is empty.
func setBelow(set *map[string]bool, dir, place string) {
	rel := below(dir, place)
	if rel == "" || rel == "." {
		return
	}
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[rel] = true
}
