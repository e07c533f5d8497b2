package gen

import (
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/internal/manifest"
)

// neverLazy are the modules, with all that they import, that have to be there before others can wait: what the interpreter imports at its
// start (init_fs_encoding in Python/pylifecycle.c, Lib/site.py), and what importlib.util.LazyLoader uses.
var neverLazy = []string{"abc", "codecs", "encodings", "importlib.util", "io", "os", "site", "stat", "threading", "types"}

// findLazy finds the modules of the program that the configuration wants to be loaded when they are first used, and says which of its
// patterns stand for none. A pattern leaves those out that can't wait.
func (prog *program) findLazy() {
	c := prog.plan.config
	if len(c.Lazy) == 0 {
		return
	}
	early := prog.graph.ImportedWith(neverLazy...)
	for _, pattern := range c.Lazy {
		found, waits := false, false
		for i := range prog.units {
			u := &prog.units[i]
			if u.Kind != collector.Module && u.Kind != collector.Extension || manifest.IsScript(u.Module) || !hooks.Match(pattern, u.Module) {
				continue
			}
			found = true
			if top, _, _ := strings.Cut(u.Module, "."); !early[u.Module] && top != "encodings" {
				prog.lazy, waits = append(prog.lazy, u.Module), true
			}
		}
		switch {
		case !found:
			prog.plan.opts.Warn(diag.Errorf(c.File, "correct `lazy`, or leave the name out", "lazy: the program has no module %q", pattern))
		case !waits:
			prog.plan.opts.Warn(diag.Errorf(c.File, "leave the name out of `lazy`", "lazy: %s is needed before any module can wait", pattern))
		}
	}
	slices.Sort(prog.lazy)
	prog.lazy = slices.Compact(prog.lazy)
}
