package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
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
	c.Flags().StringVar(&f.python, "python", "",
		"the Python: `SPEC` is a version, an interpreter, a directory or an archive (default: $"+envPython+", then python in oxgen.toml, then the newest that \"oxgen python list\" shows)")
	c.Flags().IntVarP(&f.jobs, "jobs", "j", 0, "let `N` interpreters compile at once (default: one for each CPU)")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail when a source does not compile or a rule matches nothing; without it these are warnings")
	mustComplete(c, "python", releaseVersions)
	mustComplete(c, "jobs", cobra.NoFileCompletions)
}

func (a *app) generateCommand() *cobra.Command {
	var flags generateFlags
	var check bool
	c := &cobra.Command{
		Use:   "generate [DIR]",
		Short: "Write the Go package that holds the Python program",
		Long: `Generate reads oxgen.toml, or the table [tool.oxgen] of pyproject.toml, in DIR, by default
the current directory, and writes the Go package that it describes. Files that would
not change are not touched.

With --check nothing is written. The exit status is 0 when the package is current, 1
when it is stale, and 2 when that can't be told.`,
		Example: `  //go:generate go tool oxgen              # in a Go file: "go generate" runs it
  oxgen generate                           # by hand
  oxgen generate --check                   # in CI
  oxgen generate --target linux/amd64 --target linux/arm64`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeDir,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			return a.generate(c, dirArgument(args), &flags, check)
		}),
	}
	flags.register(c)
	c.Flags().StringArrayVar(&flags.targets, "target", nil,
		"platform `GOOS/GOARCH`, repeatable (default: targets in oxgen.toml, then that of the go command)")
	c.Flags().BoolVar(&check, "check", false, "write nothing, tell by the exit status whether the package is current")
	completeTargets(c)
	return c
}

func (a *app) generate(c *cobra.Command, dir string, flags *generateFlags, check bool) error {
	conf, err := flags.load(c, dir)
	var out *gen.Output
	if err == nil {
		out, err = a.output(c, conf, flags)
	}
	if check {
		return a.check(out, err)
	}
	if err != nil {
		return err
	}
	return a.commit(out, a.console.Infof)
}

// output generates in memory.
func (a *app) output(c *cobra.Command, conf *config.Config, flags *generateFlags) (*gen.Output, error) {
	opts, err := a.options(c, conf, flags)
	if err != nil {
		return nil, err
	}
	defer a.console.Done()
	return gen.Generate(c.Context(), opts)
}

// analyse looks for imports only.
func (a *app) analyse(c *cobra.Command, conf *config.Config, flags *generateFlags) (*gen.Output, error) {
	opts, err := a.options(c, conf, flags)
	if err != nil {
		return nil, err
	}
	defer a.console.Done()
	return gen.Analyse(c.Context(), opts)
}

func (a *app) options(c *cobra.Command, conf *config.Config, flags *generateFlags) (gen.Options, error) {
	targets, err := flags.parse(c)
	if err != nil {
		return gen.Options{}, err
	}
	store, err := a.store(c.Context())
	if err != nil {
		return gen.Options{}, err
	}
	return gen.Options{
		Config:   conf,
		Store:    store,
		Python:   flags.python,
		Env:      os.Getenv(envPython),
		Targets:  targets,
		Jobs:     flags.jobs,
		Strict:   flags.strict,
		Progress: func(stage string, done, total int) { a.console.Progress(stage, int64(done), int64(total)) },
		Warn:     a.console.Warn,
	}, nil
}

// load reads the configuration of a directory. A mistake of the command line comes before those of the project.
func (f *generateFlags) load(c *cobra.Command, dir string) (*config.Config, error) {
	if _, err := f.parse(c); err != nil {
		return nil, err
	}
	return config.Load(dir)
}

// parse returns the targets, or what is wrong with the flags.
func (f *generateFlags) parse(c *cobra.Command) ([]target.Target, error) {
	if f.jobs < 0 {
		return nil, usage(c, errors.New("--jobs must not be negative"))
	}
	return parseTargets(f.targets)
}

func parseTargets(list []string) ([]target.Target, error) {
	var targets []target.Target
	for _, s := range list {
		t, err := target.Parse(s)
		if err != nil {
			return nil, usageError{err}
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// check says whether the package is current, by the exit status. All that is in the way of knowing is status 2.
func (a *app) check(out *gen.Output, err error) error {
	var stale []string
	if err == nil {
		stale, err = out.Check()
	}
	if err != nil {
		a.fail(err)
		a.status = statusUsage
		return nil
	}
	for _, name := range stale {
		a.console.Infof("%s: stale", filepath.Join(out.Dir(), name))
	}
	if len(stale) > 0 {
		a.status = statusProblem
	}
	return nil
}

// commit writes the generated package and has tell say what it is.
func (a *app) commit(out *gen.Output, tell func(format string, args ...any)) error {
	changed, err := out.Commit()
	if err != nil {
		return err
	}
	for _, t := range out.Collection.Totals() {
		a.console.Detailf("%6d %s", t.Files, t.Kind)
	}
	for _, name := range changed {
		a.console.Detailf("%s: written", filepath.Join(out.Dir(), name))
	}
	state := "current"
	if len(changed) > 0 {
		state = "generated"
	}
	var bytes int64
	for _, f := range out.Files {
		bytes += int64(len(f.Data))
	}
	a.tellMissing(out)
	tell("%s: %s (%d files, %s)", out.Dir(), state, len(out.Manifest.Files), size(bytes))
	return nil
}

// tellMissing says in a line that modules which the program seems to need are nowhere.
func (a *app) tellMissing(out *gen.Output) {
	var needed []string
	optional := 0
	for _, m := range out.Graph.Missing() {
		if m.Optional {
			optional++
		} else {
			needed = append(needed, m.Module)
		}
	}
	a.console.Detailf("%6d optional imports of modules that are nowhere", optional)
	if len(needed) == 0 {
		return
	}
	names := needed
	if len(names) > 3 {
		names = append(names[:3:3], "…")
	}
	a.console.Warn(diag.Errorf("", "`oxgen why --missing` lists who imports them, and what is optional",
		"%d imported modules are nowhere: %s", len(needed), strings.Join(names, ", ")))
}
