package gen

import (
	"slices"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/hooks"
)

// lazyModules returns the modules of the program that the configuration wants to be loaded when they are first used, by name.
func (prog *program) lazyModules() []string {
	var names []string
	for i := range prog.units {
		u := &prog.units[i]
		isModule := u.Kind == collector.Module || u.Kind == collector.Extension
		if isModule && slices.ContainsFunc(prog.plan.config.Lazy, func(p string) bool { return hooks.Match(p, u.Module) }) {
			names = append(names, u.Module)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// warnLazy says which of the patterns that the configuration has for them stand for nothing in the program.
func (prog *program) warnLazy() {
	names := prog.lazyModules()
	for _, pattern := range prog.plan.config.Lazy {
		if !slices.ContainsFunc(names, func(name string) bool { return hooks.Match(pattern, name) }) {
			prog.plan.opts.Warn(diag.Errorf(prog.plan.config.File, "correct `lazy`, or leave the name out", "lazy: the program has no module %q", pattern))
		}
	}
}
