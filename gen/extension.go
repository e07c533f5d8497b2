package gen

import (
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/cc"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
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

// extensionInput is the origin of extension modules that are compiled from sources.
const extensionInput = "extension"

// addExtensions compiles the configuration's extension modules for the dynamic linker, and puts them among the units. With
// static linking they are part of the executable instead.
func (prog *program) addExtensions(ctx context.Context) error {
	p := prog.plan
	if len(p.config.Extensions) == 0 || p.config.Link == config.Static {
		return nil
	}
	list, err := p.extensions()
	if err != nil {
		return err
	}
	if t := p.platform.Target; t != target.Host() {
		return diag.Errorf(p.config.File, "generate on "+t.String(),
			"extension modules are compiled for the platform that oxgen runs on, %s, not for %s", target.Host(), t)
	}
	compiler, err := cc.Find(ctx)
	if err != nil {
		return err
	}
	static := p.python.Static()
	for i := range list {
		object, err := compiler.SharedExtension(ctx, static, &list[i])
		if err != nil {
			return err
		}
		for _, name := range object.Missing {
			p.opts.Warn(cc.DynamicLibrary(list[i].Name, name))
		}
		prog.addExtension(list[i].Name, object.Data)
	}
	slices.SortFunc(prog.units, func(a, b unit) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// addExtension adds an extension module in the place of what else has its name: as in a directory, it comes first.
func (prog *program) addExtension(name string, data []byte) {
	p := prog.plan
	r := collector.Resource{
		Kind:   collector.Extension,
		Path:   strings.ReplaceAll(name, ".", "/") + p.suffixes[0],
		Module: name,
		Origin: collector.Origin{Input: extensionInput, File: name},
		Size:   int64(len(data)),
	}
	prog.units = slices.DeleteFunc(prog.units, func(u unit) bool {
		if u.Module != name {
			return false
		}
		p.overrule(u.Origin, collector.Verdict{
			Kind: collector.VerdictExcluded, Rule: "shadowed", Reason: "shadowed by the extension module of the configuration",
		})
		return true
	})
	prog.units = append(prog.units, unit{Resource: r, digest: sha256.Sum256(data), length: len(data), data: data})
	p.collection.Verdicts = append(p.collection.Verdicts, collector.Verdict{Origin: r.Origin, Kind: collector.VerdictExtension, Path: r.Path})
}
