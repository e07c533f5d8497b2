package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/target"
)

// envPython names the environment variable that chooses the Python.
const envPython = "OXGEN_PYTHON"

// generateFlags are the flags that choose what is generated; build and run have them too.
type generateFlags struct {
	python  string
	targets []string
	jobs    int
	strict  bool
}

func (f *generateFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.python, "python", "", "the Python: a version, an interpreter, a directory or an archive (default $"+envPython+", then `python` of oxgen.toml, then 3.14)")
	c.Flags().IntVarP(&f.jobs, "jobs", "j", 0, "interpreters that compile at once (default: one a CPU)")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail when a source does not compile")
}

func (a *app) generateCommand() *cobra.Command {
	var flags generateFlags
	var check bool
	c := &cobra.Command{
		Use:   "generate [DIR]",
		Short: "Write the Go package that holds the Python program",
		Long: `Generate reads oxgen.toml (or [tool.oxgen] of pyproject.toml) in DIR, by default the
current directory, and writes the Go package that it describes. Files that would not
change are not touched.

With --check nothing is written: the exit status is 0 when the package is current,
1 when it is stale, 2 when that can't be told.`,
		Example: `  //go:generate go tool oxgen            in a Go file
  oxgen generate                         by hand
  oxgen generate --check                 in CI
  oxgen generate --target linux/arm64    for another platform`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return a.generate(c, dirArgument(args), &flags, check)
		},
	}
	flags.register(c)
	c.Flags().StringArrayVar(&flags.targets, "target", nil, "platform GOOS/GOARCH, repeatable (default `targets` of oxgen.toml, then that of go env)")
	c.Flags().BoolVar(&check, "check", false, "write nothing, tell by the exit status whether the package is current")
	return c
}

func dirArgument(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func (a *app) generate(c *cobra.Command, dir string, flags *generateFlags, check bool) error {
	out, err := a.output(c, dir, flags)
	if check {
		return a.check(out, err)
	}
	if err != nil {
		return err
	}
	changed, err := out.Commit()
	if err != nil {
		return err
	}
	a.report(out, changed)
	return nil
}

// output generates in memory.
func (a *app) output(c *cobra.Command, dir string, flags *generateFlags) (*gen.Output, error) {
	conf, err := config.Load(dir)
	if err != nil {
		return nil, err
	}
	store, err := a.store()
	if err != nil {
		return nil, err
	}
	var targets []target.Target
	for _, s := range flags.targets {
		t, err := target.Parse(s)
		if err != nil {
			return nil, usageError{err}
		}
		targets = append(targets, t)
	}
	defer a.console.Done()
	return gen.Generate(c.Context(), gen.Options{
		Config:   conf,
		Store:    store,
		Python:   flags.python,
		Env:      os.Getenv(envPython),
		Targets:  targets,
		Jobs:     flags.jobs,
		Strict:   flags.strict,
		Progress: a.console.Progress,
		Warn:     a.console.Warn,
	})
}

func (a *app) store() (*dist.Store, error) {
	dir, err := dist.DefaultCacheDir()
	if err != nil {
		return nil, err
	}
	return &dist.Store{
		CacheDir: dir,
		Progress: func(step string, done, total int64) { a.console.Progress(step, int(done), int(total)) },
	}, nil
}

// check says whether the package is current, by the exit status.
func (a *app) check(out *gen.Output, err error) error {
	if err != nil {
		a.fail(err)
		a.status = statusUsage
		return nil
	}
	stale, err := out.Check()
	if err != nil {
		a.fail(err)
		a.status = statusUsage
		return nil
	}
	for _, name := range stale {
		a.console.Infof("stale: %s/%s", out.Config.Package, name)
	}
	if len(stale) > 0 {
		a.status = statusProblem
	}
	return nil
}

// report tells what was generated.
func (a *app) report(out *gen.Output, changed []string) {
	for _, t := range out.Collection.Totals() {
		a.console.Detailf("%6d %s", t.Files, t.Kind)
	}
	size := 0
	for _, f := range out.Files {
		size += len(f.Data)
	}
	if len(changed) == 0 {
		a.console.Infof("%s: current (%d files, %.1f MB)", out.Config.Package, len(out.Manifest.Files), float64(size)/1e6)
		return
	}
	a.console.Infof("%s: generated (%d files, %.1f MB)", out.Config.Package, len(out.Manifest.Files), float64(size)/1e6)
}
