package gen

import (
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/hooks"
)

// ruleUnused is the rule of what "used" leaves out.
const ruleUnused = "unused"

// trim leaves out what is not within reach of the program, as far as the configuration wants it so.
func (prog *program) trim() {
	c := prog.plan.config
	if c.Stdlib == config.All && c.Packages == config.All {
		return
	}
	t := newTrimming(prog)
	kept := prog.units[:0]
	unused := map[collector.Origin]collector.Verdict{}
	for i := range prog.units {
		u := &prog.units[i]
		if reason := t.reason(u); reason != "" {
			unused[u.Origin] = collector.Verdict{Origin: u.Origin, Kind: collector.VerdictExcluded, Rule: ruleUnused, Reason: reason}
			continue
		}
		kept = append(kept, *u)
	}
	clear(prog.units[len(kept):])
	prog.units = kept
	for i, v := range prog.plan.collection.Verdicts {
		if n, ok := unused[v.Origin]; ok {
			prog.plan.collection.Verdicts[i] = n
		}
	}
}

// A trimming decides what is left out.
type trimming struct {
	*program
	packages      map[string]string // directory → the package that it is
	distributions map[string]bool   // those that have modules → whether one of them is within reach
	resources     map[string]bool   // paths that traced runs have read
}

func newTrimming(prog *program) *trimming {
	t := &trimming{program: prog, packages: map[string]string{}, distributions: map[string]bool{}, resources: map[string]bool{}}
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Module && u.Kind != collector.Extension {
			continue
		}
		if u.IsPackage {
			t.packages[path.Dir(u.Path)] = u.Module
		}
		if u.Distribution != "" {
			t.distributions[u.Distribution] = t.distributions[u.Distribution] || prog.graph.Reached(u.Module)
		}
	}
	for _, r := range prog.trace.Resources {
		t.resources[r] = true
	}
	return t
}

// reason returns why a unit is left out, "" for one that stays.
func (t *trimming) reason(u *unit) string {
	extent := t.plan.config.Packages
	switch {
	case u.Distribution == collector.StdlibDistribution:
		extent = t.plan.config.Stdlib
	case t.plan.isOwn(&u.Resource):
		return ""
	}
	if extent == config.All {
		return ""
	}
	switch u.Kind {
	case collector.Module, collector.Extension:
		if !t.graph.Reached(u.Module) {
			return "nothing that the program uses imports " + u.Module
		}
		return ""
	case collector.Data:
		return t.dataReason(u)
	}
	// Metadata and libraries go with their distribution.
	if used, known := t.distributions[u.Distribution]; known && !used && !slices.Contains(t.trace.Distributions, u.Distribution) {
		return "the program uses no module of " + u.Distribution
	}
	return ""
}

// dataReason lets data go with the package that it lies in.
func (t *trimming) dataReason(u *unit) string {
	if t.resources[u.Path] {
		return ""
	}
	for _, k := range t.graph.Data {
		if hooks.Match(k.Pattern, u.Path) && t.graph.Reached(k.Module) {
			return ""
		}
	}
	for dir := path.Dir(u.Path); dir != "."; dir = path.Dir(dir) {
		if name, ok := t.packages[dir]; ok {
			if t.graph.Reached(name) {
				return ""
			}
			return "belongs to the package " + name + ", which the program does not use"
		}
		if strings.Count(dir, "/") == 0 {
			break
		}
	}
	if used, known := t.distributions[u.Distribution]; known && !used && u.Distribution != collector.StdlibDistribution {
		return "the program uses no module of " + u.Distribution
	}
	return ""
}
