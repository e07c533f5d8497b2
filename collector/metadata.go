package collector

import (
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

// siteFiles settles what the site module and setuptools leave at the top of site-packages to change sys.path.
func (r *resolver) siteFiles(root *folder) {
	for _, e := range root.files {
		switch {
		case strings.HasPrefix(e.name, "__editable__"), strings.HasSuffix(e.name, ".egg-link"):
			e.settle(VerdictUnsupported, "", "editable install: name the project's directory under sources in oxgen.toml")
		case strings.HasSuffix(e.name, ".pth"):
			e.settle(VerdictUnsupported, "", "path configuration file: what it adds to sys.path is not followed")
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

const eggReason = "egg: install the distribution from a wheel"
