package collector

import (
	"cmp"
	"context"
	"errors"
	"path"
	"slices"
)

// An assembly is an editable install whose files lie in several places.
type assembly struct {
	parts   []part
	build   string   // build directory; "" for none
	rebuilt bool     // it is built when something of it is imported
	missing []string // slash paths in the program of files that should be there

	old, source string // a file that was built, and one that it is made from and that was changed since; "" for none
}

// A part is one file or one directory of an assembly, with its path in the program. Of files for one path that of an earlier part counts.
type part struct {
	Input

	sole bool // no other file of its directory is the module that it is
}

// assemble lists the files of all parts, as if they lay in one directory.
func (t *tree) assemble(ctx context.Context, opts Options) error {
	found := map[string]bool{} // files on disk
	paths := map[string]*entry{}
	sole := map[string]*entry{} // by the paths of modules
	endings := opts.endings()
	var errs []error
	for _, p := range t.input.parts {
		sub, err := gather(ctx, &p.Input, opts)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, e := range sub.entries {
			if p.Kind != SingleFile && found[e.disk] {
				continue
			}
			found[e.disk] = true
			e.Distribution = t.input.distribution
			t.entries = append(t.entries, e)
			switch first := paths[e.Path]; {
			case e.verdict != 0:
			case first != nil:
				e.shadow(first)
			default:
				paths[e.Path] = e
				if key := endings.pathOfModule(e); p.sole && key != "" {
					sole[key] = e
				}
			}
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	t.arrange(endings, sole)
	return nil
}

// arrange puts the files that have no verdict into folders. A module that is the sole one of its name shadows others.
func (t *tree) arrange(endings endings, sole map[string]*entry) {
	sorted := slices.Clone(t.entries)
	slices.SortStableFunc(sorted, func(a, b *entry) int { return cmp.Compare(a.Path, b.Path) })
	for _, e := range sorted {
		if e.verdict != 0 {
			continue
		}
		if winner := sole[endings.pathOfModule(e)]; winner != nil && winner != e {
			e.shadow(winner)
			continue
		}
		e.name = path.Base(e.Path)
		at := t.root.descend(parent(e.Path))
		at.files = append(at.files, e)
	}
	if t.input.joins {
		t.root.join()
	}
}

// join has all folders below f add to packages of earlier inputs.
func (f *folder) join() {
	for _, sub := range f.folders {
		sub.joins = true
		sub.join()
	}
}

// pathOfModule returns the path of a file without the ending of a module, "" for one that is none.
func (s endings) pathOfModule(e *entry) string {
	stem, _, ok := s.split(path.Base(e.Path))
	if !ok {
		return ""
	}
	return join(parent(e.Path), stem)
}

// passes tells whether an input passes over the file or the directory at a slash path, by itself or by a directory that it lies in.
func (in *Input) passes(rel string) bool {
	for ; in.skips != nil && rel != ""; rel = parent(rel) {
		if in.skips[rel] {
			return true
		}
	}
	return false
}
