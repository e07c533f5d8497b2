package gen

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pep723"
	"github.com/oxgen/oxgen/internal/pip"
)

// requirementsInput begins the labels of wheels that pip has brought: where its cache is concerns nobody.
const requirementsInput = "requirements/"

// requirements returns the wheels of what the program requires, sorted by name.
func (p *plan) requirements(ctx context.Context) ([]collector.Input, error) {
	lines := slices.Clone(p.config.Requirements)
	more, err := p.scriptRequirements()
	if lines = append(lines, more...); len(lines) == 0 || err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(p.config.Dir)
	if err != nil {
		return nil, err
	}
	store := p.opts.Store
	runner := pip.Pip{
		Interpreter: p.interp.Path, Version: p.python.Version, Foreign: !p.python.IsRelease(),
		Bring: store.Pip, CacheDir: filepath.Join(store.CacheDir, "requirements"), Env: store.Env,
		Progress: func(step string) { p.opts.Progress(step, 0, 0) },
	}
	wheels, err := runner.Download(ctx, pip.Request{File: p.config.File, Lines: lines, Dir: dir, Target: p.platform.Target, Limits: p.limits()})
	if err != nil {
		return nil, err
	}
	var inputs []collector.Input
	for _, w := range wheels {
		inputs = append(inputs, collector.Input{Kind: collector.Wheel, Path: w, Label: requirementsInput + filepath.Base(w)})
	}
	slices.SortFunc(inputs, func(a, b collector.Input) int { return strings.Compare(a.Label, b.Label) })
	return inputs, nil
}

// scriptRequirements returns the dependencies that the scripts which run name in their metadata (PEP 723). A script that is not
// for the program's Python is an error.
func (p *plan) scriptRequirements() ([]string, error) {
	var lines []string
	var problems []error
	for _, run := range p.runs() {
		name := p.scriptOf(run)
		if name == "" {
			continue
		}
		place, err := p.absolute(name)
		if err != nil {
			return nil, err
		}
		source, err := inputs.ReadFile(place)
		if err != nil {
			continue // the error comes when the script is taken
		}
		m, err := pep723.Parse(name, source)
		if err == nil && m != nil {
			err = m.Check(name, p.python.Version)
			lines = append(lines, m.Dependencies...)
		}
		problems = append(problems, err)
	}
	return lines, errors.Join(problems...)
}

// scriptOf returns the single file that is run, "" when it is no such file: a script, or a module that is a source by itself.
func (p *plan) scriptOf(run config.Run) string {
	if run.File != "" || run.Module == "" {
		return run.File
	}
	for _, s := range p.config.Sources {
		if filepath.Base(s) == run.Module+".py" {
			return s
		}
	}
	return ""
}

// runs returns what the program runs, of [run] and of every [[program]].
func (p *plan) runs() []config.Run {
	runs := []config.Run{p.config.Run}
	for _, program := range p.config.Programs {
		runs = append(runs, program.Run)
	}
	return runs
}

// code returns the Python that runs and is in no input: as far as it imports something.
func (p *plan) code() []string {
	var all []string
	for _, run := range p.runs() {
		module, _, _ := strings.Cut(run.Entry, ":")
		all = append(all, "import "+run.Module, "import "+module, run.Command)
		if run.File == "" {
			continue
		}
		if place, err := p.absolute(run.File); err == nil {
			text, _ := inputs.ReadFile(place) // the error comes when the script is taken
			all = append(all, string(text))
		}
	}
	return all
}
