package gen

import (
	"slices"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/hooks"
)

// findLazy finds the modules of the program that the configuration wants to be loaded when they are first used, and says which of its
// patterns stand for none.
func (prog *program) findLazy() {
	c := prog.plan.config
	for _, pattern := range c.Lazy {
		found := false
		for i := range prog.units {
			u := &prog.units[i]
			if (u.Kind == collector.Module || u.Kind == collector.Extension) && hooks.Match(pattern, u.Module) {
				prog.lazy, found = append(prog.lazy, u.Module), true
			}
		}
		if !found {
			prog.plan.opts.Warn(diag.Errorf(c.File, "correct `lazy`, or leave the name out", "lazy: the program has no module %q", pattern))
		}
	}
	slices.Sort(prog.lazy)
	prog.lazy = slices.Compact(prog.lazy)
}
