package gen

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/pyembed/table"
)

// A storage says how a file of the program is stored.
type storage struct {
	source   bool   // whether the source of a module is
	levels   []int  // of bytecode of a module: one for each of the program's
	compress string // rule.None, rule.Zlib or rule.Zstd; "" is what is usual for the kind of file
}

// packs tells whether the source of a module is stored as a zlib stream, which the cache of bytecode keeps.
func (s *storage) packs() bool { return s.source && (s.compress == "" || s.compress == rule.Zlib) }

// compression returns the form that was asked for.
func (s *storage) compression() table.Compression {
	switch s.compress {
	case rule.Zlib:
		return table.Zlib
	case rule.Zstd:
		return table.Zstd
	default:
		return table.Uncompressed
	}
}

// storage returns how a file is stored: as the configuration says for all, or as the rules say for this one.
func (p *plan) storage(r *collector.Resource) storage {
	d := p.rules.Decide(r.RuleFile(), nil)
	s := storage{source: p.config.IncludeSource, levels: p.levels(), compress: d.Compress}
	if p.config.Compact {
		s.compress = rule.None // what is compressed as a whole
	}
	if d.Source != nil {
		s.source = *d.Source
	}
	if d.Optimize == nil {
		return s
	}
	for i, level := range s.levels {
		if !slices.Contains(d.Optimize, level) {
			s.levels[i] = d.Optimize[0]
		}
	}
	return s
}

// reportIdle warns of rules that match no file: a misspelt one would go unnoticed.
func (p *plan) reportIdle() error {
	var problems []error
	for _, place := range p.collection.Idle {
		problems = append(problems, p.ruleError(place, p.idleHint(place), "matches no file"))
	}
	return p.complain(problems)
}

// idleHint says what may have been meant by a rule that matches no file.
func (p *plan) idleHint(place int) string {
	if name := p.rules[place].Distribution; name != "" {
		names := map[string]bool{}
		for _, r := range p.collection.Resources {
			names[r.Distribution] = true
		}
		if near := config.Nearest(name, slices.Sorted(maps.Keys(names))); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
		return "the program has no file of such a distribution"
	}
	text, separator := p.config.Rules[place].Match, "."
	if strings.Contains(text, "/") {
		separator = "/"
	}
	return fmt.Sprintf("`oxgen inspect --verdicts` lists the files; a pattern is that of a whole name or path: %q finds it anywhere", "**"+separator+text)
}

// remarkRules has the verdicts on files name the rules by which they are stored.
func (p *plan) remarkRules() {
	if len(p.rules) == 0 {
		return
	}
	by := map[collector.Origin]string{}
	for i := range p.collection.Resources {
		r := &p.collection.Resources[i]
		d := p.rules.Decide(r.RuleFile(), nil)
		isModule := r.Kind == collector.Module
		var said []string
		for _, setting := range []struct {
			name    string
			applies bool
		}{{"source", isModule}, {"optimize", isModule}, {"location", isModule && r.IsPackage}, {"compress", true}} {
			if place, ok := d.By[setting.name]; ok && setting.applies {
				said = append(said, setting.name+" by "+p.rules.Name(place))
			}
		}
		by[r.Origin] = strings.Join(said, ", ")
	}
	for i := range p.collection.Verdicts {
		v := &p.collection.Verdicts[i]
		switch text := by[v.Origin]; {
		case text == "":
		case v.Reason == "":
			v.Reason = text
		default:
			v.Reason += "; " + text
		}
	}
}

// zstdModule is the extension module that decompresses what rules have stored as zstd frames (PEP 784).
const zstdModule = "_zstd"

// zstdRules returns the places of the rules that ask for zstd.
func (p *plan) zstdRules() []int {
	var places []int
	for place := range p.rules {
		if p.rules[place].Compress == rule.Zstd && !p.config.Compact {
			places = append(places, place)
		}
	}
	return places
}

// checkZstd refuses rules that ask for zstd when the program's Python can't decompress it.
func (p *plan) checkZstd() error {
	if slices.Contains(p.builtin, zstdModule) ||
		slices.ContainsFunc(p.collection.Resources, func(r collector.Resource) bool { return r.Module == zstdModule }) {
		return nil
	}
	var problems []error
	for _, place := range p.zstdRules() {
		problems = append(problems, p.ruleError(place, `take "zlib", or a Python that has zstd (3.14 or newer)`,
			"the program's Python %s has no module %s to decompress zstd", p.interp.Version.Feature(), zstdModule))
	}
	return errors.Join(problems...)
}

// startModules are those that CPython can't start without.
var startModules = []string{"abc", "codecs", "encodings", "encodings.aliases", "encodings.utf_8", "io"}

// checkStart refuses rules that leave out what Python starts with.
func (p *plan) checkStart() error {
	var problems []error
	for _, name := range startModules {
		file := strings.ReplaceAll(name, ".", "/")
		for _, path := range []string{file + ".py", file + "/__init__.py"} {
			d := p.rules.Decide(rule.File{Path: path, Module: name, Distribution: collector.StdlibDistribution}, nil)
			isThere := slices.ContainsFunc(p.collection.Resources, func(r collector.Resource) bool { return r.Module == name })
			if d.Include != nil && !*d.Include && !isThere {
				problems = append(problems, p.ruleError(d.By["include"], "add a rule behind it that includes "+name, "Python does not start without %s", name))
				break
			}
		}
	}
	return errors.Join(problems...)
}

// complain warns of what is no error, or returns it where it is one by the user's wish.
func (p *plan) complain(problems []error) error {
	if p.opts.Strict {
		return errors.Join(problems...)
	}
	for _, problem := range problems {
		p.opts.Warn(problem)
	}
	return nil
}

// placed returns the packages that are put on disk: those of the key extract, and of rules, which have the last word. In such
// a package no rule can keep another one in memory.
func (prog *program) placed() (onDisk map[string]bool, problems []error) {
	p := prog.plan
	onDisk = map[string]bool{}
	for _, name := range p.config.Extract {
		onDisk[name] = true
	}
	memory := map[string]int{} // by package, the place of the rule
	put := map[int]bool{}      // rules that put something on disk
	for _, f := range prog.packageFiles() {
		d := p.rules.Decide(f, nil)
		switch d.Location {
		case rule.Extract:
			onDisk[f.Module], put[d.By["location"]] = true, true
		case rule.Memory:
			onDisk[f.Module], memory[f.Module] = false, d.By["location"]
		}
	}
	maps.DeleteFunc(onDisk, func(_ string, on bool) bool { return !on })
	for _, name := range slices.Sorted(maps.Keys(memory)) {
		for outer := range parents(name) {
			if onDisk[outer] {
				problems = append(problems, p.ruleError(memory[name], "leave the rule out, or the one for "+outer,
					"%s can't stay in memory: %s, which it is part of, is put on disk as a whole", name, outer))
			}
		}
	}
	for place := range p.rules {
		if p.rules[place].Location == rule.Extract && !put[place] && !slices.Contains(p.collection.Idle, place) {
			p.opts.Warn(p.ruleError(place, "name a package, as it is imported; it is put on disk as a whole", "location is about packages, and it decides about none"))
		}
	}
	return onDisk, problems
}

// packageFiles returns what rules see of the packages of the program, by name. A namespace package has no file of its own: it stands as if
// it had an __init__.py, of the distribution that all modules below it are of.
func (prog *program) packageFiles() []rule.File {
	own := map[string]rule.File{}
	below := map[string]map[string]bool{} // package → distributions
	for i := range prog.units {
		u := &prog.units[i]
		if u.Module == "" {
			continue
		}
		if u.IsPackage {
			own[u.Module] = u.RuleFile()
		}
		for name := range parents(u.Module) {
			if below[name] == nil {
				below[name] = map[string]bool{}
			}
			below[name][u.Distribution] = true
		}
	}
	var files []rule.File
	for _, name := range prog.packages() {
		f, ok := own[name]
		if !ok {
			f = rule.File{Path: strings.ReplaceAll(name, ".", "/") + "/__init__.py", Module: name}
			if len(below[name]) == 1 {
				f.Distribution = slices.Collect(maps.Keys(below[name]))[0]
			}
		}
		files = append(files, f)
	}
	return files
}

// parents yields the packages that a module lies in, the nearest one first.
func parents(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for dot := strings.LastIndexByte(name, '.'); dot >= 0 && yield(name[:dot]); dot = strings.LastIndexByte(name, '.') {
			name = name[:dot]
		}
	}
}

// ruleError returns an error about the rule at a place.
func (p *plan) ruleError(place int, hint, format string, args ...any) error {
	return &diag.Error{
		File: p.config.File, Line: p.config.Rules[place].Line, Hint: hint,
		Problem: fmt.Sprintf("%s (%s): ", p.rules.Name(place), p.rules.Describe(place)) + fmt.Sprintf(format, args...),
	}
}
