package gen

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/oxgen/oxgen/internal/cc"
	"github.com/oxgen/oxgen/internal/diag"
)

// extensions returns the extension modules that are to be compiled, in the order of the configuration.
func (p *plan) extensions() ([]cc.Extension, error) {
	var list []cc.Extension
	var problems []error
	dir, err := filepath.Abs(p.config.Dir)
	if err != nil {
		return nil, err
	}
	for i := range p.config.Extensions {
		c := &p.config.Extensions[i]
		e := cc.Extension{Name: c.Name, Dir: dir, IncludeDirs: c.IncludeDirs, Libraries: c.Libraries, Defines: c.Defines, CFlags: c.CFlags}
		for _, pattern := range c.Sources {
			found, err := p.matches(dir, pattern)
			if err != nil {
				problems = append(problems, err)
			}
			for _, f := range found {
				if !slices.Contains(e.Sources, f) {
					e.Sources = append(e.Sources, f)
				}
			}
		}
		list = append(list, e)
	}
	return list, errors.Join(problems...)
}

// matches returns the files of a pattern, sorted, as the compiler is to name them.
func (p *plan) matches(dir, pattern string) ([]string, error) {
	full := pattern
	if !filepath.IsAbs(pattern) {
		full = filepath.Join(dir, filepath.FromSlash(pattern))
	}
	found, err := filepath.Glob(full)
	if err != nil || len(found) == 0 {
		return nil, diag.Errorf(p.config.File, "correct `sources` of [[extension]], or put the file there", "no file matches %q", pattern)
	}
	slices.Sort(found)
	for i, f := range found {
		if rel, err := filepath.Rel(dir, f); err == nil && !filepath.IsAbs(pattern) {
			found[i] = rel
		}
	}
	return found, nil
}
