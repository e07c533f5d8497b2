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
	"github.com/oxgen/oxgen/internal/inputs"
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
	var how generating
	c := &cobra.Command{
		Use:   "generate [DIR]",
		Short: "Write the Go package that holds the Python program",
		Long: `Generate reads oxgen.toml, or the table [tool.oxgen] of pyproject.toml, in DIR, by default
the current directory, and writes the Go package that it describes. Files that would
not change are not touched. When nothing that the package was made of has changed since
the last time, as far as sizes and times of files tell, nothing is read at all.

With --check nothing is written. The exit status is 0 when the package is current, 1
when it is stale, and 2 when that can't be told.`,
		Example: `  //go:generate go tool oxgen              # in a Go file: "go generate" runs it
  oxgen generate                           # by hand
  oxgen generate --check                   # in CI
  oxgen generate --target linux/amd64 --target linux/arm64`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeDir,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			return a.generate(c, dirArgument(args), &flags, how)
		}),
	}
	flags.register(c)
	c.Flags().StringArrayVar(&flags.targets, "target", nil,
		"platform `GOOS/GOARCH`, repeatable (default: targets in oxgen.toml, then that of the go command)")
	c.Flags().BoolVar(&how.force, "force", false, "read everything, whatever has changed")
	c.Flags().BoolVar(&how.check, "check", false, "write nothing, tell by the exit status whether the package is current")
	completeTargets(c)
	return c
}

// generating says how to generate.
type generating struct {
	check bool // write nothing
	force bool // trust no receipt
}

func (a *app) generate(c *cobra.Command, dir string, flags *generateFlags, how generating) error {
	receipts, err := a.receipts(c, dir, flags)
	switch {
	case err != nil && how.check:
		return a.check(nil, err)
	case err != nil:
		return err
	}
	if !how.force && !a.console.Verbose {
		if r := receipts.Current(); r != nil {
			if !how.check {
				a.repeat(r)
			}
			return nil
		}
	}
	log := inputs.Start()
	conf, err := flags.load(c, dir)
	var out *gen.Output
	if err == nil {
		out, err = a.output(c, conf, flags)
	}
	if how.check {
		return a.check(out, err)
	}
	if err != nil {
		return err
	}
	if err := a.commit(out, a.console.Infof); err != nil {
		return err
	}
	if err := receipts.Keep(log, out, a.warnings); err != nil {
		a.console.Detailf("the next run will look at everything again: %v", err)
	}
	return nil
}

// receipts returns those of what the command line asks for.
func (a *app) receipts(c *cobra.Command, dir string, flags *generateFlags) (gen.Receipts, error) {
	opts, err := a.options(c, nil, flags)
	if err != nil {
		return gen.Receipts{}, err
	}
	return opts.Receipts(dir), nil
}

// repeat says of a package that is current what was said when it was made.
func (a *app) repeat(r *gen.Receipt) {
	for _, w := range r.Warnings {
		a.console.Warn(w)
	}
	a.tellState(r.Dir, "current", r.Files, r.Bytes, a.console.Infof)
}

func (a *app) tellState(dir, state string, files int, bytes int64, tell func(format string, args ...any)) {
	tell("%s: %s (%d files, %s)", dir, state, files, size(bytes))
}

// warn prints an error that does not end the work, and keeps it for the receipt.
func (a *app) warn(err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.warnings = append(a.warnings, err)
	a.console.Warn(err)
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
		Warn:     a.warn,
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
		bytes += int64(f.Size())
	}
	a.tellMissing(out)
	a.tellState(out.Dir(), state, len(out.Manifest.Files), bytes, tell)
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
	a.warn(diag.Errorf("", "`oxgen why --missing` lists who imports them, and what is optional",
		"%d imported modules are nowhere: %s", len(needed), strings.Join(names, ", ")))
}
