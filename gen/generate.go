package gen

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"sync"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/hugeheap"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
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
// and no machine code is looked at. Output has no Files and no Manifest. It is that of one target.
func Analyse(ctx context.Context, opts Options) (*Output, error) {
	opts.silence()
	plans, err := newPlans(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer plans[0].compiler.Close()
	plan := plans[chosen(plans)]
	program, err := plan.analysed(ctx)
	if err != nil {
		return nil, err
	}
	program.trim()
	return &Output{Config: opts.Config, Target: plan.platform.Target, Collection: plan.collection, Graph: program.graph}, nil
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
	hugeheap.Reserve()
	limitMemory()
	plans, err := newPlans(ctx, opts)
	if err != nil {
		return nil, err
	}
	compiler := plans[0].compiler
	defer compiler.Close()
	libraries := bringLibraries(ctx, plans) // meanwhile
	programs := make([]*program, len(plans))
	for i, p := range plans {
		if programs[i], err = p.program(ctx); err != nil {
			return nil, err
		}
	}
	var closing sync.WaitGroup
	closing.Go(compiler.Close) // meanwhile
	defer closing.Wait()
	list, err := libraries()
	if err != nil {
		return nil, err
	}
	out := newOutput(programs[chosen(plans)])
	for i, l := range list {
		programs[i].manifest.Runtimes = []manifest.Runtime{l.about}
		out.shares[plans[i].platform.Target] = programs[i].shares()
	}
	if err := out.pack(programs); err != nil {
		return nil, err
	}
	for _, l := range list {
		out.Files = append(out.Files, l.files...)
	}
	for _, p := range plans {
		resources, err := p.windowsResources()
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, resources...)
	}
	if err := out.render(programs); err != nil {
		return nil, err
	}
	return out, out.checkSize(plans[0].targets)
}

// memoryLimit is how much memory, in bytes, may be in use before garbage is looked for more often: most of what is live are bytes of
// modules, which take no time to look through.
const memoryLimit = 768 << 20

// limitMemory keeps the heap from growing to twice what is live, where the user has set no limit ($GOMEMLIMIT).
func limitMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// newOutput returns an output without files, with what there can be one of only: that of the given program.
func newOutput(prog *program) *Output {
	return &Output{
		Config: prog.plan.config, Target: prog.plan.platform.Target, Collection: prog.plan.collection, Manifest: prog.manifest, Graph: prog.graph,
		Interpreter: prog.plan.interp.Path, shares: map[target.Target][]share{},
	}
}

// pack adds the tables, and gives the programs their fingerprints.
func (o *Output) pack(programs []*program) error {
	contents := make([]*table.Contents, len(programs))
	for i, prog := range programs {
		if err := prog.checkTable(); err != nil {
			return err
		}
		var err error
		if contents[i], err = prog.contentsOfTable(); err != nil {
			return err
		}
	}
	tables, common, err := tablesOf(contents)
	if err != nil {
		return fmt.Errorf("packing the program: %w", err)
	}
	if common != nil {
		if err := o.addTable(programs[0].plan.commonName(), common); err != nil {
			return err
		}
	}
	for i, prog := range programs {
		h, err := tables[i].Header()
		if err != nil {
			return err
		}
		prog.fingerprint = h.Fingerprint
		if err := o.addTable(prog.plan.tableName(), tables[i]); err != nil {
			return err
		}
	}
	return nil
}

// tablesOf returns the tables of some programs, and what they have in common; nil of a single one.
func tablesOf(contents []*table.Contents) (tables []*table.Table, common *table.Table, err error) {
	if len(contents) > 1 {
		return table.NewAll(contents)
	}
	t, err := table.New(contents[0])
	return []*table.Table{t}, nil, err
}

// addTable makes a file of a table.
func (o *Output) addTable(name string, t *table.Table) error {
	if !o.Config.Compact {
		o.Files = append(o.Files, File{Name: name, From: t})
		return nil
	}
	data, err := compactTable(t)
	if err != nil {
		return fmt.Errorf("packing the program: %w", err)
	}
	o.Files = append(o.Files, File{Name: name, Data: data})
	return nil
}
