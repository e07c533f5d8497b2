package collector

import (
	"path/filepath"
	"slices"
	"strings"
)

// metadata takes the .dist-info and .egg-info directories and files at the top of one input. Of two for
// one distribution the first counts: an earlier input's, and .dist-info before .egg-info.
func (r *resolver) metadata(root *folder) {
	found := slices.Clone(root.folders)
	for _, e := range root.files {
		found = append(found, &folder{name: e.name, files: []*entry{e}})
	}
	for _, ending := range []string{".dist-info", ".egg-info"} {
		for _, f := range found {
			if strings.HasSuffix(f.name, ending) {
				r.distribution(distributionOf(f.name), f)
			}
		}
	}
}

// distribution takes the metadata of the distribution called name.
func (r *resolver) distribution(name string, f *folder) {
	winner := r.dists[name]
	if winner != nil {
		f.shadow(winner)
		return
	}
	f.each(func(e *entry) {
		if r.include(e, Metadata); r.dists[name] == nil {
			r.dists[name] = e
		}
	})
}

// each calls do for all files of f.
func (f *folder) each(do func(*entry)) {
	for _, e := range f.files {
		if e.verdict == 0 {
			do(e)
		}
	}
	for _, sub := range f.folders {
		sub.each(do)
	}
}

// siteFiles settles what the site module and setuptools leave at the top of site-packages to change sys.path: what it leads to
// is an input of its own (followPaths).
func (r *resolver) siteFiles(t *tree) {
	root := &t.root
	for _, e := range root.files {
		switch {
		case e.verdict != 0:
		case isFinder(e.name):
			if _, err := readFinder(e.disk); err != nil {
				e.settle(VerdictUnsupported, "", "editable install that can't be followed: "+err.Error())
			}
			e.settle(VerdictExcluded, rulePathFile, "editable install: the packages that it names are looked through")
		case loaderName.MatchString(e.name):
			t.loader(e)
		case strings.HasSuffix(e.name, ".start"):
			if t.input.follows("import " + strings.TrimSuffix(e.name, ".start")) {
				e.settle(VerdictExcluded, rulePathFile, "editable install: what it would start is followed")
			}
		case strings.HasSuffix(e.name, ".egg-link"):
			t.eggLink(e)
		case strings.HasSuffix(e.name, ".pth") && !strings.HasPrefix(e.name, "."):
			if p, err := readPathFile(t.input.Path, e.name); err == nil {
				p.settle(e, t.input)
			}
		case strings.HasSuffix(e.name, ".egg"):
			e.settle(VerdictUnsupported, "", eggReason)
		}
	}
	for _, f := range root.folders {
		if strings.HasSuffix(f.name, ".egg") {
			f.each(func(e *entry) { e.settle(VerdictUnsupported, "", eggReason) })
		}
	}
}

// loader settles a file that may be a loader (readLoader). None goes into a program: it has paths of this machine, and would build
// something there.
func (t *tree) loader(e *entry) {
	l := readLoader(t.input.Path, e.name)
	switch {
	case l == nil:
	case slices.Contains(t.input.followed, e.name):
		e.settle(VerdictExcluded, rulePathFile, "editable install: the files that it leads to are an input of their own")
	default:
		e.settle(VerdictUnsupported, "", "editable install by "+l.backend+": it is not followed")
	}
}

// eggLink settles the file that marks an editable install of old: its first line is a directory, which easy-install.pth names
// too where it is found.
func (t *tree) eggLink(e *entry) {
	data, err := e.Read()
	dir, _, _ := strings.Cut(string(data), "\n")
	followed := false
	for _, f := range t.root.files {
		if strings.HasSuffix(f.name, ".pth") && err == nil {
			if p, err := readPathFile(t.input.Path, f.name); err == nil {
				followed = followed || slices.Contains(p.dirs, filepath.Clean(strings.TrimSpace(dir)))
			}
		}
	}
	if followed {
		e.settle(VerdictExcluded, rulePathFile, "editable install: its directory is looked through")
	} else {
		e.settle(VerdictUnsupported, "", "editable install that no .pth file leads to: name the project's directory under sources in oxgen.toml")
	}
}

const eggReason = "egg: install the distribution from a wheel"

// pathFilesOf settles the files of a wheel that an installer would put where site looks for them: nothing leads from a wheel to
// anywhere else.
func pathFilesOf(root *folder) {
	for _, e := range root.files {
		switch {
		case strings.HasPrefix(e.name, "__editable__"):
			e.settle(VerdictUnsupported, "", "editable install: name the project's directory under sources in oxgen.toml")
		case strings.HasSuffix(e.name, ".pth"):
			e.settle(VerdictUnsupported, "", "path configuration file: what it adds to sys.path is not followed")
		}
	}
}
