package config

import (
	"fmt"
	"slices"

	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/rule"
)

// checkRules reports what is wrong with each [[rule]], and notes the lines of those that are right.
func (d *document) checkRules(c *Config) {
	for i := range c.Rules {
		r := &c.Rules[i]
		at := place{d, ruleTable, i}
		if v, ok := d.findIn(ruleTable, i); ok {
			r.Line, _ = d.lines.Position(v.at)
		}
		at.checkSubject(r)
		at.checkLevels(r.Optimize)
		switch {
		case r.Include == nil && r.Source == nil && r.Optimize == nil && r.Location == "" && r.Compress == "":
			at.wrongIn(ruleTable, i, "give one of include, source, optimize, location, compress", "the rule says nothing")
		case !c.Bytecode && r.Optimize != nil:
			at.wrong("optimize", "leave it out", "there is no bytecode, with bytecode = false above the tables")
		case !c.Bytecode && r.Source != nil && !*r.Source:
			at.wrong("source", "leave it out", "bytecode is false above the tables, so nothing of these modules is left")
		}
	}
}

// checkSubject holds a rule to saying in one way what it is about.
func (at place) checkSubject(r *Rule) {
	_, match := at.findIn("rule.match", at.element)
	_, distribution := at.findIn("rule.distribution", at.element)
	switch {
	case match && distribution:
		at.wrong("distribution", "keep one of the two", "rule.match and rule.distribution exclude each other")
	case match:
		if _, err := rule.Parse(r.Match); err != nil {
			at.wrong("match", `a dotted name such as "pkg.mod" or "pkg.**", or a path such as "pkg/data/*.json"`, "rule.match %q is not a pattern: %s", r.Match, err)
		}
	case distribution && !pyname.IsDistribution(r.Distribution):
		at.wrong("distribution", "the name that pip knows, without a version", "%q is not the name of a distribution", r.Distribution)
	case !distribution:
		at.wrongIn(ruleTable, at.element, "give `match`, or `distribution`", "the rule does not say what it is about")
	}
}

func (at place) checkLevels(levels Levels) {
	v, _ := at.findIn(at.table+".optimize", at.element)
	for i, level := range levels {
		if slices.Contains(levels[:i], level) {
			at.report(v.elems[i].at, "", "rule.optimize lists %d twice", level)
		}
	}
}

// RuleList returns the rules in the form that decides about files.
func (c *Config) RuleList() (rule.List, error) {
	var list rule.List
	for i := range c.Rules {
		r := &c.Rules[i]
		one := rule.Rule{Settings: rule.Settings{Include: r.Include, Source: r.Source, Optimize: r.Optimize, Location: r.Location, Compress: r.Compress}}
		if r.Distribution != "" {
			one.Distribution = pyname.Normalize(r.Distribution)
		} else {
			var err error
			if one.Match, err = rule.Parse(r.Match); err != nil {
				return nil, fmt.Errorf("%s: rule %d: %w", c.File, i+1, err) // a Config that Parse returned has none
			}
		}
		list = append(list, one)
	}
	return list, nil
}
