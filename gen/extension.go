package gen

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/oxgen/oxgen/internal/cc"
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
			found, err := p.matches("sources", pattern)
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
