package collector

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"path/filepath"

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
		roots := []root{{site.Path, site.Label}}
		if project != "" {
			in.Label = t.label(project, *site, name)
			t.labels = append(t.labels, in.Label)
			roots = append(roots, root{realPath(project), in.Label})
		}
		for _, p := range a.parts {
			if t.isOwn(p) {
				in.joins = true
				continue
			}
			p.locate(t, &roots, *site, name)
			p.Label = path.Join(p.root, p.rel)
			in.parts = append(in.parts, p)
			t.taken = append(t.taken, realDir(p.Path))
		}
		if in.Label == "" {
			in.Label = join(site.Label, name)
		}
		if len(in.parts) > 0 {
			t.inputs = append(t.inputs, in)
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
	if a.rebuilt {
		warn("build it before it is embedded: `cmake --build "+t.shown(a.build)+"` and `cmake --install`, or import it once",
			"it is built when it is imported, which oxgen does not do: it is embedded as it was built last")
	}
	return len(a.missing) > 0 || a.rebuilt
}

// A root is a directory that origins are relative to.
type root struct{ dir, label string }

// locate finds the origin of a part, for which it may add a root.
func (p *part) locate(t *trail, roots *[]root, site Input, via string) {
	real := realDir(p.Path)
	for _, r := range *roots {
		if rel := below(realPath(r.dir), real); rel != "" {
			p.root, p.rel = r.label, rel
			return
		}
	}
	dir := filepath.Dir(real)
	if p.Kind != SingleFile {
		dir = real
	}
	label := t.label(dir, site, via)
	t.labels = append(t.labels, label)
	*roots = append(*roots, root{dir, label})
	p.root, p.rel = label, below(dir, real)
}

// realDir returns a path with the directory that it lies in without symbolic links.
func realDir(place string) string {
	return filepath.Join(realPath(filepath.Dir(place)), filepath.Base(place))
}

// isOwn tells whether a part is among the inputs that the user has named, at the same path.
func (t *trail) isOwn(p part) bool {
	for _, in := range t.own {
		rel := below(realPath(in.Path), realDir(p.Path))
		if in.Kind == PackageDir {
			rel = path.Join(in.at(), rel)
		}
		if rel == p.as && below(realPath(in.Path), realDir(p.Path)) != "" {
			return true
		}
	}
	return false
}

// pass has the inputs that are directories pass over what belongs to an assembly.
func (t *trail) pass() {
	for i := range t.inputs {
		in := &t.inputs[i]
		if in.Kind != SitePackages && !(in.Kind == SourceTree && in.optional) {
			continue
		}
		real := realPath(in.Path)
		for _, place := range t.taken {
			if rel := below(real, place); rel != "" && rel != "." {
				if in.skips == nil {
					in.skips = map[string]bool{}
				}
				in.skips[rel] = true
			}
		}
	}
}
