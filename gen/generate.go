package gen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/target"
)

// Options say what to generate. Config and Store must be set; the zero values of the others work.
type Options struct {
	Config  *config.Config
	Store   *dist.Store
	Python  string          // value of --python
	Env     string          // value of $OXGEN_PYTHON
	Targets []target.Target // instead of those of Config; nil for those, and the platform of the environment when it has none
	Jobs    int             // interpreters and compressors at once; 0 is GOMAXPROCS
	Strict  bool            // what is a warning about sources and rules is an error
	Trace   string          // makes a program that notes what it uses, in the file of this absolute path; "" for any other

	Progress func(stage string, done, total int) // called often, from one goroutine at a time; nil is none
	Warn     func(error)                         // called for what does not stop the generation; nil is none
}

// Analyse makes the graph of imports of a configuration, and gives every file its verdict, as Generate does. Nothing is packed
// and no machine code is looked at. Output has no Files and no Manifest.
func Analyse(ctx context.Context, opts Options) (*Output, error) {
	opts.silence()
	plan, err := newPlan(ctx, opts)
	if err != nil {
		return nil, err
	}
	program, err := plan.analysed(ctx)
	if err != nil {
		return nil, err
	}
	program.trim()
	return &Output{Config: opts.Config, Collection: plan.collection, Graph: program.graph}, nil
}

// silence gives the functions that are nil a body.
func (o *Options) silence() {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if o.Warn == nil {
		o.Warn = func(error) {}
	}
}

// Generate makes the generated package in memory. Nothing is written but caches.
func Generate(ctx context.Context, opts Options) (*Output, error) {
	opts.silence()
	plan, err := newPlan(ctx, opts)
	if err != nil {
		return nil, err
	}
	libraries := plan.libraries(ctx) // meanwhile
	program, err := plan.program(ctx)
	if err != nil {
		return nil, err
	}
	list, err := libraries()
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		program.manifest.Runtimes = append(program.manifest.Runtimes, l.about)
	}
	slices.SortFunc(program.manifest.Runtimes, func(a, b manifest.Runtime) int { return strings.Compare(a.Target, b.Target) })
	packed, err := program.table()
	if err != nil {
		return nil, fmt.Errorf("packing the program: %w", err)
	}
	out := &Output{Config: opts.Config, Collection: plan.collection, Manifest: program.manifest, Graph: program.graph, shares: program.shares()}
	out.Files = append(out.Files, File{Name: plan.tableName(), Data: packed.data})
	for _, l := range list {
		out.Files = append(out.Files, l.files...)
	}
	source, err := renderProgram(plan, program, packed)
	if err != nil {
		return nil, err
	}
	out.Files = append(out.Files, source)
	return out, out.checkSize(plan.platforms)
}

// targets returns the platforms to generate for: the flag's, the configuration's, or the one of the environment.
func (o *Options) targets() ([]target.Target, error) {
	targets := o.Targets
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
	var problems []error
	for _, t := range targets {
		if t.GOOS != "linux" {
			problems = append(problems, diag.Errorf("", "the targets that work in this release are linux/amd64 and linux/arm64",
				"target %s is not supported yet", t))
		}
	}
	return targets, errors.Join(problems...)
}
