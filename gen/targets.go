package gen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyc"
)

// newPlans makes a plan for each target, in the order of their names. All have one Python and one interpreter that compiles: the
// compiler of them all is to be closed.
func newPlans(ctx context.Context, opts Options) (plans []*plan, err error) {
	targets, err := opts.targets()
	if err != nil {
		return nil, err
	}
	opts.Warn = once(opts.Warn)
	c := opts.Config
	want := dist.Want{Flag: opts.Python, Env: opts.Env, Config: c.Python, ConfigFile: c.File, Static: c.Link == config.Static}
	python, err := opts.Store.Resolve(ctx, want)
	if err != nil {
		return nil, err
	}
	plans = make([]*plan, len(targets))
	for i, t := range targets {
		plans[i] = &plan{opts: opts, config: c, python: python, targets: targets}
		if plans[i].platform, err = python.Target(ctx, t); err != nil {
			return nil, err
		}
	}
	interp, err := probe(ctx, python)
	if err != nil {
		return nil, err
	}
	if err := checkSettings(c, interp.Version); err != nil {
		return nil, err
	}
	var problems []error
	compiler := pyc.NewCompiler(ctx, interp, compilerFlags(c)...)
	compiler.Begin(min(2, plans[0].jobs())) // while files are looked for; most generations need no more
	defer func() {
		if err != nil {
			compiler.Close()
		}
	}()
	for _, p := range plans {
		p.interp, p.compiler = interp, compiler
		p.tellTarget()
		if err := p.findNative(); err != nil {
			return nil, err
		}
		problems = append(problems, p.collect(ctx))
	}
	if err := joinOnce(problems); err != nil {
		return nil, err
	}
	shareIdle(plans)
	for _, p := range plans {
		problems = append(problems, p.settle())
	}
	return plans, joinOnce(problems)
}

// compilerFlags returns the options of the interpreter for what the configuration wants of bytecode.
func compilerFlags(c *config.Config) []string {
	if c.DebugRanges {
		return nil
	}
	return []string{"-X", "no_debug_ranges"}
}

// tellTarget has the progress name the target, where there are several.
func (p *plan) tellTarget() {
	if progress := p.opts.Progress; len(p.targets) > 1 {
		p.opts.Progress = func(stage string, done, total int) {
			progress(stage+" for "+p.platform.Target.String(), done, total)
		}
	}
}

// findNative finds out what the target's interpreter has inside of it, and how its extension modules are called. Of this
// machine's the interpreter that compiles says so; of others, libpython.
func (p *plan) findNative() error {
	t := p.platform.Target
	if t == target.Host() {
		p.builtin, p.suffixes = p.interp.Builtin, p.interp.ExtensionSuffixes
		return nil
	}
	p.suffixes = pyname.ExtensionSuffixes(p.interp.Version.Feature(), t.GOOS, t.GOARCH)
	if p.platform.Libpython == "" {
		p.builtin = p.interp.Builtin
		return nil
	}
	f, err := inputs.Open(p.platform.Libpython)
	if err != nil {
		return fmt.Errorf("reading libpython: %w", err)
	}
	defer f.Close()
	if p.builtin, err = objfile.BuiltinModules(f); err != nil {
		return diag.Errorf(p.platform.Libpython, "`oxgen cache clean` has it brought again", "libpython of %s: %w", t, err)
	}
	return nil
}

// shareIdle lets a rule be idle only where no target has a file for it: rules may be about one platform.
func shareIdle(plans []*plan) {
	idle := slices.Clone(plans[0].collection.Idle)
	for _, p := range plans[1:] {
		idle = slices.DeleteFunc(idle, func(place int) bool { return !slices.Contains(p.collection.Idle, place) })
	}
	for _, p := range plans {
		p.collection.Idle = idle
	}
}

// chosen returns the place of the plan that stands for all where there can be one only: that of this machine, or the first.
func chosen(plans []*plan) int {
	return max(slices.IndexFunc(plans, func(p *plan) bool { return p.platform.Target == target.Host() }), 0)
}

// targets returns the platforms to generate for, sorted: the flag's, the configuration's, or the one of the environment.
func (o *Options) targets() ([]target.Target, error) {
	targets := slices.Clone(o.Targets)
	if len(targets) == 0 {
		for _, s := range o.Config.Targets {
			t, err := target.Parse(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", o.Config.File, err)
			}
			targets = append(targets, t)
		}
	}
	if len(targets) == 0 {
		targets = []target.Target{target.Environment()}
	}
	slices.SortFunc(targets, func(a, b target.Target) int { return strings.Compare(a.String(), b.String()) })
	targets = slices.Compact(targets)
	return targets, nil
}

// once passes each warning on the first time only: targets have most of them in common.
func once(warn func(error)) func(error) {
	var mutex sync.Mutex
	told := map[string]bool{}
	return func(err error) {
		mutex.Lock()
		known := told[err.Error()]
		told[err.Error()] = true
		mutex.Unlock()
		if !known {
			warn(err)
		}
	}
}

// joinOnce joins errors of several targets. What is the same in all of them is there once.
func joinOnce(problems []error) error {
	var list []error
	add := once(func(err error) { list = append(list, err) })
	var each func(error)
	each = func(err error) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				each(e)
			}
		} else if err != nil {
			add(err)
		}
	}
	for _, err := range problems {
		each(err)
	}
	return errors.Join(list...)
}
