package collector

import (
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/rule"
)

// applyRules lets the user's rules decide which files are left out and which are taken in that would be left out, and then
// leaves out the rest of those. It returns the places of the rules that match no file.
func applyRules(trees []*tree, opts Options) (idle []int) {
	endings := opts.endings()
	used := make([]bool, len(opts.Rules))
	for _, t := range trees {
		for _, e := range t.entries {
			if e.verdict != 0 {
				continue
			}
			d := opts.Rules.Decide(t.ruleFile(e, endings), func(place int) { used[place] = true })
			switch {
			case d.Include != nil && !*d.Include:
				e.settle(VerdictExcluded, opts.Rules.Name(d.By["include"]), opts.Rules.Describe(d.By["include"]))
				e.ruled = true
			case d.Include != nil && e.left != "":
				e.rule, e.ruled = opts.Rules.Name(d.By["include"]), true
				e.reason = opts.Rules.Describe(d.By["include"]) + ", against " + e.left
			case e.left != "":
				e.exclude(e.left)
			}
		}
	}
	for place, ok := range used {
		if !ok {
			idle = append(idle, place)
		}
	}
	return idle
}

// ruleFile returns what rules see of a file before it is known which files win: the path and the module that it has when it
// wins.
func (t *tree) ruleFile(e *entry, endings endings) rule.File {
	path := e.Path
	if t.input.Kind == Stdlib {
		path = strings.TrimPrefix(path, dynload+"/")
	}
	return rule.File{Path: path, Module: endings.module(path), Distribution: e.Distribution}
}

// RuleFile returns what rules see of a resource.
func (r *Resource) RuleFile() rule.File {
	return rule.File{Path: r.Path, Module: r.Module, Distribution: r.Distribution}
}

// module returns the dotted name of the module that a file is by its path, "" for a file that no import finds.
func (s endings) module(path string) string {
	parts := strings.Split(path, "/")
	last := len(parts) - 1
	stem, _, ok := s.split(parts[last])
	if !ok || slices.ContainsFunc(parts[:last], func(dir string) bool { return strings.Contains(dir, ".") }) {
		return ""
	}
	if parts[last] = stem; stem == "__init__" && last > 0 {
		parts = parts[:last]
	}
	return strings.Join(parts, ".")
}
