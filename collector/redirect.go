package collector

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/pyname"
)

// A redirect is what the loader of scikit-build-core knows (resources/_editable_redirect.py, ScikitBuildRedirectingFinder).
// Paths are absolute, or relative to site-packages.
type redirect struct {
	modules []pair          // modules and their files, those that CMake has installed first; a name that came before counts
	dirs    []pair          // packages and the directories of their __path__
	regular map[string]bool // packages that have an __init__
	build   string          // build directory, "" for none that is kept
	rebuild bool            // it is built when something is imported
}

// readRedirect reads the arguments of install. Until 0.12 these are the modules in the sources, those that were installed, the build
// directory, and whether to build; since 1.0 the directories and the packages stand before the build directory.
func readRedirect(args []any) (*redirect, error) {
	if len(args) < 3 {
		return nil, errForm
	}
	sources, err1 := pairsOf(args[0])
	installed, err2 := pairsOf(args[1])
	if err1 != nil || err2 != nil {
		return nil, errForm
	}
	r := &redirect{modules: slices.Concat(installed, sources), regular: map[string]bool{}}
	rest := args[2:]
	if _, ok := rest[0].(dictionary); ok {
		if len(rest) < 3 {
			return nil, errForm
		}
		var err error
		if r.dirs, err = pairsOf(rest[0]); err != nil {
			return nil, errForm
		}
		packages, ok := stringsOf(rest[1])
		if !ok {
			return nil, errForm
		}
		for _, p := range packages {
			r.regular[p] = true
		}
		rest = rest[2:]
	} else {
		r.findDirectories(slices.Concat(sources, installed))
	}
	switch build := rest[0].(type) {
	case string:
		r.build = build
	case nil:
	default:
		return nil, errForm
	}
	if len(rest) > 1 {
		var ok bool
		if r.rebuild, ok = rest[1].(bool); !ok {
			return nil, errForm
		}
	}
	return r, r.check()
}

// inPlace reads the arguments of install_inplace: packages, the directories that they lie in, the project's, and whether to build.
func inPlace(args []any) (*assembly, error) {
	a := &assembly{}
	if len(args) > 2 {
		a.build, _ = args[2].(string)
	}
	if len(args) > 3 {
		var ok bool
		if a.rebuilt, ok = args[3].(bool); !ok {
			return nil, errForm
		}
	}
	return a, nil
}

// findDirectories derives the packages and their directories from all files: a file lies in a directory of its package.
func (r *redirect) findDirectories(files []pair) {
	for _, f := range files {
		if len(f.values) != 1 {
			continue // check says so
		}
		pkg, _ := cutLast(f.name, ".")
		if strings.HasPrefix(filepath.Base(f.values[0]), "__init__.py") {
			pkg = f.name
			r.regular[pkg] = true
		}
		if pkg != "" {
			r.dirs = append(r.dirs, pair{pkg, []string{filepath.Dir(f.values[0])}})
		}
	}
}

// cutLast cuts a string at the last sep; before is "" when there is none.
func cutLast(s, sep string) (before, after string) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):]
	}
	return "", s
}

// check refuses what no version writes.
func (r *redirect) check() error {
	for _, f := range r.modules {
		if len(f.values) != 1 {
			return errForm
		}
	}
	for _, p := range slices.Concat(r.modules, r.dirs) {
		if !pyname.IsModule(p.name) || slices.ContainsFunc(p.values, func(v string) bool { return !filepath.IsAbs(v) && !filepath.IsLocal(v) }) {
			return errForm
		}
	}
	return nil
}

// assembly returns the parts of the packages: each module where it is said to be, and behind them the directories that Python looks for
// more in, with the data there. A directory of site-packages that is a namespace package belongs to others too, and is left to them.
func (r *redirect) assembly(site string) *assembly {
	a := &assembly{build: r.build, rebuilt: r.rebuild}
	found := map[string]bool{}
	for _, m := range r.modules {
		place := within(site, m.values[0])
		if found[m.name] || !isModuleFile(place) {
			continue
		}
		found[m.name] = true
		as := pathOf(m.name, filepath.Base(place))
		if !isRegular(place) {
			a.missing = append(a.missing, as)
			continue
		}
		a.parts = append(a.parts, part{Input: Input{Kind: SingleFile, Path: place, as: as}, sole: true})
	}
	var walked []part
	for _, d := range r.dirs {
		for _, place := range d.values {
			place = within(site, place)
			p := part{Input: Input{Kind: PackageDir, Path: place, as: strings.ReplaceAll(d.name, ".", "/")}}
			inSite := below(site, place) != ""
			if inSite && !r.regular[d.name] || place == filepath.Clean(site) || place == filepath.Dir(place) || !isDirectory(place) {
				continue
			}
			if r.build != "" {
				setBelow(&p.skips, place, r.build)
			}
			walked = append(walked, p)
		}
	}
	slices.SortStableFunc(walked, func(p, q part) int { return strings.Compare(p.as, q.as) })
	for i, p := range walked {
		if !slices.ContainsFunc(walked[:i], func(outer part) bool { return outer.covers(p) }) {
			a.parts = append(a.parts, p)
		}
	}
	return a
}

// covers tells whether a directory has all that another one has, at the same paths of the program.
func (p part) covers(q part) bool {
	rel := below(p.Path, q.Path)
	return rel != "" && q.as == path.Join(p.as, rel)
}

// pathOf returns the slash path in the program of a module whose file is called base.
func pathOf(module, base string) string {
	stem, _, _ := strings.Cut(base, ".")
	ending := strings.TrimPrefix(base, stem)
	if stem == "__init__" {
		return strings.ReplaceAll(module, ".", "/") + "/__init__" + ending
	}
	return strings.ReplaceAll(module, ".", "/") + ending
}

// isModuleFile tells whether a file is one that Python imports on some platform. The loaders of old list data as well.
func isModuleFile(name string) bool {
	return strings.HasSuffix(name, sourceEnding) || strings.HasSuffix(name, bytecodeEnding) ||
		(strings.HasSuffix(name, ".so") || strings.HasSuffix(name, ".pyd"))
}

// within returns a path that may be relative to dir.
func within(dir, place string) string {
	if filepath.IsAbs(place) {
		return filepath.Clean(place)
	}
	return filepath.Join(dir, place)
}

// below returns the slash path of place below dir, "." for dir itself; "" when it lies elsewhere.
func below(dir, place string) string {
	rel, err := filepath.Rel(dir, place)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}
