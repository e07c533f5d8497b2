package gen

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/pyc"
)

// A plan is what is known before anything is compiled for one target: which Python, which files.
type plan struct {
	opts       Options
	config     *config.Config
	python     *dist.Distribution
	platform   *dist.Platform
	targets    []target.Target // all that the package is generated for, sorted
	interp     *pyc.Interpreter
	compiler   *pyc.Compiler     // of interp; all plans have the same
	builtin    []string          // modules inside of the target's interpreter
	suffixes   []string          // of its extension modules
	inputs     []collector.Input // in the order of sys.path
	collection *collector.Collection
	rules      rule.List
	divisions  sync.Map // file of a libpython → func() (*dividedLibrary, error); see divided
	objects    sync.Map // file of a libpython → func() (*objfile.File, error); see libpythonObject
	own        []string // labels of the inputs that are the user's own sources
}

// collect finds the files, and gives each its verdict.
func (p *plan) collect(ctx context.Context) error {
	var err error
	if p.inputs, err = p.findInputs(ctx); err != nil {
		return err
	}
	if p.rules, err = p.config.RuleList(); err != nil {
		return err
	}
	options, err := p.collectorOptions()
	if err != nil {
		return err
	}
	if p.collection, err = collector.Collect(ctx, p.inputs, options); err != nil {
		return err
	}
	for _, w := range p.collection.Warnings {
		p.opts.Warn(w)
	}
	return nil
}

// settle has the last words on what was collected.
func (p *plan) settle() error {
	if err := errors.Join(p.reportIdle(), p.checkStart(), p.checkZstd()); err != nil {
		return err
	}
	p.hideBuiltins()
	p.remarkRules()
	return nil
}

// collectorOptions says what the program can load.
func (p *plan) collectorOptions() (collector.Options, error) {
	opts := collector.Options{
		ExtensionSuffixes: p.suffixes, Extensions: true, Python: p.python.Version, Rules: p.rules,
		WheelLimits: wheel.Limits{
			Members: p.config.MaxWheelFiles, MemberSize: int64(p.config.MaxWheelFileSize),
			TotalSize: int64(p.config.MaxWheelSize), Ratio: int64(p.config.MaxWheelRatio),
		},
	}
	var err error
	if opts.Base, err = filepath.Abs(p.config.Dir); err != nil {
		return opts, err
	}
	opts.Code = p.code()
	opts.Tags, err = p.tags()
	return opts, err
}

// tags returns the tags of wheels that the target takes.
func (p *plan) tags() (*tag.List, error) {
	return tag.For(p.python.Version, p.platform.Target, p.limits())
}

// packageName returns the name of the generated package, and of its files.
func (p *plan) packageName() string { return path.Base(p.config.Package) }

// tableName returns the name of the file of the target's table.
func (p *plan) tableName() string {
	if len(p.targets) == 1 {
		return p.packageName() + ".oxtable"
	}
	return p.packageName() + "_" + p.platform.Target.Suffix() + ".oxtable"
}

// commonName returns the name of the file of what the tables of several targets have in common.
func (p *plan) commonName() string { return p.packageName() + "_common.oxtable" }

// findInputs returns what the configuration names, in the order of sys.path: the program's own sources, the standard library,
// installed packages, wheels.
func (p *plan) findInputs(ctx context.Context) ([]collector.Input, error) {
	var inputs []collector.Input
	var problems []error
	add := func(label string, kind collector.InputKind) {
		input, err := p.input(ctx, label, kind)
		if err != nil {
			problems = append(problems, err)
			return
		}
		inputs = append(inputs, input)
	}
	for _, s := range p.config.Sources {
		add(s, 0)
	}
	for i := range inputs {
		if kind := inputs[i].Kind; kind != collector.SitePackages && kind != collector.Wheel {
			p.own = append(p.own, inputs[i].Label)
		}
	}
	inputs = append(inputs, collector.Input{Kind: collector.Stdlib, Path: p.platform.Stdlib, Label: "stdlib"})
	if p.platform.Target.GOOS == "windows" && p.platform.LibDynload != "" { // elsewhere it is a part of the other
		inputs = append(inputs, collector.Input{Kind: collector.Stdlib, Path: p.platform.LibDynload, Label: "DLLs"})
	}
	for _, s := range p.config.SitePackages {
		found, err := p.environment(ctx, s)
		inputs, problems = append(inputs, found...), append(problems, err)
	}
	first := len(inputs)
	for _, pattern := range p.config.Wheels {
		wheels, err := p.matches("wheels", pattern)
		if err != nil {
			problems = append(problems, err)
		}
		for _, w := range wheels {
			if !slices.ContainsFunc(inputs[first:], func(in collector.Input) bool { return in.Label == w }) { // of another pattern
				add(w, collector.Wheel)
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	locked, err := p.lockInputs(ctx, inputs[first:])
	if err != nil {
		return nil, err
	}
	required, err := p.requirements(ctx)
	return append(slices.Insert(inputs, first, locked...), required...), err
}

// environment returns the directories of installed distributions that an element of site-packages means.
func (p *plan) environment(ctx context.Context, label string) ([]collector.Input, error) {
	place, err := p.place(ctx, label)
	if err != nil {
		return nil, err
	}
	if info, err := inputs.Stat(place); err != nil || !info.IsDir() {
		if err == nil {
			return nil, diag.Errorf(label, "name a virtual environment, or a directory of installed packages", "not a directory")
		}
		_, err = collector.Classify(place, label)
		return nil, err
	}
	inputs, warning, err := collector.Environment(place, label, p.python.Version)
	if warning != nil {
		p.opts.Warn(warning)
	}
	return inputs, err
}

// input finds one input on disk. Kind is what the configuration says it is, 0 to find out.
func (p *plan) input(ctx context.Context, label string, kind collector.InputKind) (collector.Input, error) {
	place, err := p.place(ctx, label)
	if err != nil {
		return collector.Input{}, err
	}
	input, err := collector.Classify(place, label)
	if err == nil && kind != 0 {
		input.Kind = kind
	}
	return input, err
}

// place returns the absolute path of an input: relative to the configuration, or inside of a Go module.
func (p *plan) place(ctx context.Context, label string) (string, error) {
	module, ok, err := config.ParseGoMod(label)
	if err != nil {
		return "", err
	}
	if ok {
		dir, err := p.opts.Store.Module(ctx, module.Path+"@"+module.Version)
		return filepath.Join(dir, filepath.FromSlash(module.Dir)), err
	}
	return p.absolute(label)
}

// readFile reads a file that a key of the configuration names.
func (p *plan) readFile(key, label string) ([]byte, error) {
	file, err := p.absolute(label)
	if err != nil {
		return nil, err
	}
	data, err := inputs.ReadFile(file)
	if err != nil {
		return nil, diag.Errorf(p.config.File, "correct `"+key+"`", "%s: can't read %q: %w", key, label, err)
	}
	return data, nil
}

func (p *plan) absolute(name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.config.Dir, name)
	}
	return filepath.Abs(name)
}

// matches returns the files that a pattern of a key matches, as the user would have written them, in order.
func (p *plan) matches(key, pattern string) ([]string, error) {
	full, err := p.absolute(pattern)
	if err != nil {
		return nil, err
	}
	found, err := inputs.Glob(full)
	if err != nil {
		return nil, diag.Errorf(p.config.File, "correct `"+key+"`", "pattern %q: %w", pattern, err)
	}
	if len(found) == 0 {
		return nil, diag.Errorf(p.config.File, "correct `"+key+"`, or put the file there", "%s: no file matches %q", key, pattern)
	}
	slices.Sort(found)
	dir, err := filepath.Abs(p.config.Dir)
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		if rel, err := filepath.Rel(dir, f); err == nil && !filepath.IsAbs(pattern) {
			found[i] = filepath.ToSlash(rel)
		}
	}
	return found, nil
}

// hideBuiltins leaves out the modules that a module inside of the interpreter hides, as it does for python: a built-in
// module is found before any file.
func (p *plan) hideBuiltins() {
	c := p.collection
	hidden := func(r collector.Resource) bool {
		top, _, _ := strings.Cut(r.Module, ".")
		return slices.Contains(p.builtin, top)
	}
	for _, r := range c.Resources {
		if hidden(r) {
			p.overrule(r.Origin, collector.Verdict{
				Kind:   collector.VerdictExcluded,
				Rule:   "built-in",
				Reason: fmt.Sprintf("shadowed by the module %s inside of the interpreter", r.Module),
			})
		}
	}
	c.Resources = slices.DeleteFunc(c.Resources, hidden)
}

// overrule replaces the collector's verdict on one file by what was found out later.
func (p *plan) overrule(origin collector.Origin, v collector.Verdict) {
	v.Origin = origin
	for i := range p.collection.Verdicts {
		if p.collection.Verdicts[i].Origin == origin {
			p.collection.Verdicts[i] = v
		}
	}
}
