package collector

import (
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/pyname"
)

// resolve gives a verdict to every file of the trees that has none yet.
func resolve(trees []*tree, opts Options) {
	r := &resolver{
		endings: opts.endings(),
		opts:    opts,
		files:   map[string]*entry{},
		dirs:    map[string]*entry{},
		dists:   map[string]*entry{},
	}
	var roots []*folder
	for _, t := range trees {
		r.metadata(&t.root)
		switch t.input.Kind {
		case SitePackages:
			r.siteFiles(t)
		case Wheel:
			pathFilesOf(&t.root)
		}
		roots = append(roots, &t.root)
		if t.input.Kind == Stdlib {
			roots = append(roots, r.lift(t.root.cut(dynload))...) // an entry of sys.path itself
		}
	}
	r.level("", roots)
	for _, f := range r.leftover {
		r.data(f)
	}
}

// dynload is the directory of the standard library's extension modules.
const dynload = "lib-dynload"

// lift gives the modules in folders at the top of a tree the paths that they would have above them: the program's only entry
// of sys.path is the virtual root.
func (r *resolver) lift(folders []*folder) []*folder {
	for _, f := range folders {
		for _, e := range f.files {
			if _, _, ok := r.split(e.name); ok {
				e.Path = strings.TrimPrefix(e.Path, f.name+"/")
			}
		}
	}
	return folders
}

// cut takes the folder called name out of f: one folder, or none.
func (f *folder) cut(name string) []*folder {
	i := slices.IndexFunc(f.folders, func(s *folder) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	found := f.folders[i]
	f.folders = slices.Delete(f.folders, i, i+1)
	return []*folder{found}
}

// A resolver decides between files of the same name.
type resolver struct {
	endings
	opts     Options
	files    map[string]*entry // resources by path
	dirs     map[string]*entry // for each directory of the virtual root, a resource in it
	dists    map[string]*entry // for each distribution, a file of its metadata
	leftover []*folder         // what portions that lost hold besides modules; comes after all that is found by import
}

// A claim is what the portions seen so far make of one module name.
type claim struct {
	name     string
	winner   *entry    // module file or __init__; nil while there are only portions
	rank     int       // place of the winner's ending
	home     *folder   // the package, when winner is its __init__
	portions []*folder // directories without __init__, of a namespace package
	joined   []*folder // directories of later inputs that add to the package home
}

// level decides on all names in one importable directory: the virtual root, or a package. Its portions are the
// directories that make it up, in order; a regular package has one, unless an editable install adds to it. prefix is "" or the package's name and a dot.
func (r *resolver) level(prefix string, portions []*folder) {
	claims := map[string]*claim{}
	var order []*claim
	var plain []*folder
	for _, p := range portions {
		modules := r.modules(p)
		names := make([]string, 0, len(modules)+len(p.folders))
		folders := map[string]*folder{}
		for name := range modules {
			names = append(names, name)
		}
		for _, f := range p.folders {
			if !r.importable(f) {
				plain = append(plain, f)
				continue
			}
			folders[f.name] = f
			if modules[f.name] == nil {
				names = append(names, f.name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			c := claims[name]
			if c == nil {
				c = &claim{name: name}
				claims[name] = c
				order = append(order, c)
			}
			r.consider(c, modules[name], folders[name])
		}
	}
	for _, c := range order {
		r.grant(prefix, c)
	}
	for _, f := range plain {
		r.data(f)
	}
	for _, p := range portions {
		for _, e := range p.files {
			r.other(e)
		}
	}
}

// A candidate is a file that could be a module.
type candidate struct {
	*entry
	rank int
}

// modules returns the files directly in f that imports can find, by module name, the first choice first.
func (r *resolver) modules(f *folder) map[string][]candidate {
	found := map[string][]candidate{}
	for _, e := range f.files {
		if e.verdict != 0 {
			continue
		}
		if stem, rank, ok := r.split(e.name); ok {
			found[stem] = append(found[stem], candidate{e, rank})
		}
	}
	for _, list := range found {
		slices.SortFunc(list, func(a, b candidate) int { return a.rank - b.rank })
	}
	return found
}

// inits returns the __init__ files of a package, the first choice first; nil if f is no regular package.
func (r *resolver) inits(f *folder) []candidate {
	if f == nil || !isPackageName(f.name) {
		return nil
	}
	var found []candidate
	for _, e := range f.files {
		if stem, rank, ok := r.split(e.name); ok && stem == "__init__" && e.verdict == 0 {
			found = append(found, candidate{e, rank})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return a.rank - b.rank })
	return found
}

// importable says whether f can be a package. A directory whose name is no identifier is one only by its __init__:
// a namespace package that no import statement can name is a directory of data.
func (r *resolver) importable(f *folder) bool {
	return pyname.IsIdentifier(f.name) || len(r.inits(f)) > 0
}

// consider puts what one portion has under the claimed name, files and a folder or either, against what came before
// (FileFinder.find_spec within the portion, PathFinder._get_spec between portions).
func (r *resolver) consider(c *claim, files []candidate, dir *folder) {
	inits := r.inits(dir)
	switch {
	case c.winner != nil && c.home != nil && dir != nil && dir.joins:
		shadowAll(files, c.winner)
		shadowAll(inits, c.winner)
		c.joined = append(c.joined, dir)
		return
	case c.winner != nil:
		shadowAll(files, c.winner)
		r.lose(dir, c.winner)
		return
	case len(inits) > 0:
		c.winner, c.rank, c.home = inits[0].entry, inits[0].rank, dir
		shadowAll(inits[1:], c.winner)
		shadowAll(files, c.winner)
	case len(files) > 0:
		c.winner, c.rank = files[0].entry, files[0].rank
		shadowAll(files[1:], c.winner)
		r.lose(dir, c.winner)
	default:
		c.portions = append(c.portions, dir)
		return
	}
	for _, p := range c.portions {
		r.lose(p, c.winner)
	}
}

// lose gives up the modules of a directory that is no part of the package that winner won. A regular package goes as a
// whole; of a portion of a namespace package the data stays.
func (r *resolver) lose(f *folder, winner *entry) {
	switch {
	case f == nil:
		return
	case len(r.inits(f)) > 0:
		f.shadow(winner)
		return
	}
	rest := &folder{name: f.name}
	for _, e := range f.files {
		if _, _, ok := r.split(e.name); ok {
			e.shadow(winner)
		} else {
			rest.files = append(rest.files, e)
		}
	}
	for _, sub := range f.folders {
		if r.importable(sub) {
			r.lose(sub, winner)
		} else {
			rest.folders = append(rest.folders, sub)
		}
	}
	r.leftover = append(r.leftover, rest)
}

// grant carries a decided claim out, and goes on below it.
func (r *resolver) grant(prefix string, c *claim) {
	name := prefix + c.name
	if c.winner == nil {
		r.level(name+".", c.portions)
		return
	}
	e := c.winner
	e.Module = name
	e.IsPackage = c.home != nil
	e.Bytecode = strings.HasSuffix(e.name, bytecodeEnding)
	if r.isExtension(c.rank) {
		r.include(e, Extension)
	} else {
		r.include(e, Module)
	}
	if c.home != nil {
		r.level(name+".", append([]*folder{c.home}, c.joined...))
	}
}

// other decides on a file that no import finds, in a directory where modules lie.
func (r *resolver) other(e *entry) {
	switch {
	case e.verdict != 0:
	case isLibrary(e.name):
		r.include(e, Library)
	case isShared(e.name):
		e.settle(VerdictUnsupported, "", r.refusal(e.name))
	case strings.HasSuffix(e.name, sourceEnding):
		e.reason = "a name with a dot can't be imported"
		r.include(e, Data)
	default:
		r.include(e, Data)
	}
}

// refusal says why the extension module called name is not embedded.
func (r *resolver) refusal(name string) string {
	ours := len(r.opts.ExtensionSuffixes) == 0
	for _, s := range r.opts.ExtensionSuffixes {
		stem, ok := strings.CutSuffix(name, s)
		ours = ours || ok && !strings.Contains(stem, ".")
	}
	if !ours {
		return "extension module for another interpreter or platform"
	}
	return "extension modules are not embedded for this target, or for several at once"
}

// data takes all of a directory that holds no modules; its .py files are data too.
func (r *resolver) data(f *folder) {
	for _, e := range f.files {
		switch {
		case e.verdict != 0:
		case isShared(e.name):
			r.include(e, Library)
		default:
			r.include(e, Data)
		}
	}
	for _, sub := range f.folders {
		r.data(sub)
	}
}

var verdictOfKind = [...]VerdictKind{
	Module: VerdictModule, Extension: VerdictExtension, Library: VerdictLibrary,
	Data: VerdictResource, Metadata: VerdictMetadata,
}

// include makes e a resource, unless its path is taken: by a file, by a directory, or because a file has the name of
// a directory that it lies in.
func (r *resolver) include(e *entry, kind Kind) {
	winner := r.files[e.Path]
	if winner == nil {
		winner = r.dirs[e.Path]
	}
	for dir := parent(e.Path); winner == nil && dir != "" && r.dirs[dir] == nil; dir = parent(dir) {
		winner = r.files[dir]
	}
	if winner != nil {
		e.shadow(winner)
		return
	}
	e.Kind, e.verdict = kind, verdictOfKind[kind]
	r.files[e.Path] = e
	for dir := parent(e.Path); dir != "" && r.dirs[dir] == nil; dir = parent(dir) {
		r.dirs[dir] = e
	}
}

// parent returns the directory part of a slash path, "" at the top.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// shadow leaves e out because of winner.
func (e *entry) shadow(winner *entry) {
	e.settle(VerdictExcluded, ruleShadowed, "shadowed by "+winner.Origin.String())
}

func shadowAll(files []candidate, winner *entry) {
	for _, c := range files {
		c.shadow(winner)
	}
}

// shadow leaves out all that f holds.
func (f *folder) shadow(winner *entry) {
	for _, e := range f.files {
		e.shadow(winner)
	}
	for _, sub := range f.folders {
		sub.shadow(winner)
	}
}
