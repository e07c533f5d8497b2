package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/jail"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/trial"
)

// checkFlags are the flags of `oxgen check`.
type checkFlags struct {
	generateFlags
	only   []string
	skip   []string
	limit  time.Duration
	asJSON bool
}

func (a *app) checkCommand() *cobra.Command {
	var flags checkFlags
	c := &cobra.Command{
		Use:   "check [DIR|FILE]",
		Short: "Import every module of a program where there is nothing but it",
		Long: `Check builds the program in DIR, by default the current directory, or takes the executable
FILE, and imports every module that it holds, each in a process of its own: in the program,
in an empty root directory where the system allows that. What can't be imported there is
imported in the interpreter of its Python too, which finds the same files on disk. A module
that the interpreter can import and the program can't is a failure. Those that fail alike
are listed with --verbose. Modules named __main__ are not imported: they run.

A module that takes longer than --timeout, ends its process or exits is told as such. There
is no display for windows and no browser. The table [check] of oxgen.toml names modules to
skip.

The exit status is 0 when nothing fails, 1 when a module does, and 2 when that can't be told.`,
		Example: `  oxgen check
  oxgen check --only shop
  oxgen check --skip tkinter ./hello
  oxgen check --json > report.json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeDir,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			same, err := a.checkProgram(c, dirArgument(args), &flags)
			return a.compared(same, err)
		}),
	}
	flags.register(c)
	c.Flags().StringArrayVar(&flags.only, "only", nil, "import `MODULE` and all below it, and nothing else; repeatable")
	c.Flags().StringArrayVar(&flags.skip, "skip", nil, "leave out `MODULE` and all below it, repeatable")
	c.Flags().DurationVar(&flags.limit, "timeout", 20*time.Second, "how long the import of one module may take")
	c.Flags().BoolVar(&flags.asJSON, "json", false, "print JSON")
	mustComplete(c, "only", cobra.NoFileCompletions)
	mustComplete(c, "skip", cobra.NoFileCompletions)
	mustComplete(c, "timeout", cobra.NoFileCompletions)
	return c
}

// jailCommand is how oxgen starts itself in a jail.
func (a *app) jailCommand() *cobra.Command {
	return &cobra.Command{
		Use:    jail.CommandName,
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   a.action(func(_ *cobra.Command, args []string) error { return jail.Enter(args[0]) }),
	}
}

func (a *app) checkProgram(c *cobra.Command, path string, flags *checkFlags) (ok bool, err error) {
	if runtime.GOOS != "linux" {
		return false, diag.Errorf("", "", "programs are checked on Linux only")
	}
	if flags.limit < time.Second {
		return false, usage(c, errors.New("--timeout must be at least 1s"))
	}
	var t *trial.Program
	var interpreter string
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		t, interpreter, err = a.tryFile(c.Context(), path, flags)
		if err != nil {
			return false, err
		}
	} else if t, interpreter, err = a.tryDir(c, path, flags); err != nil {
		return false, err
	}
	t.Limit = flags.limit
	if t.Oxgen, err = os.Executable(); err != nil {
		return false, err
	}
	work, err := os.MkdirTemp("", "oxgen-check-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(work)
	return a.try(c.Context(), t, interpreter, work, flags)
}

// tryDir builds the program in a directory, in oxgen's cache.
func (a *app) tryDir(c *cobra.Command, dir string, flags *checkFlags) (*trial.Program, string, error) {
	host := target.Host()
	conf, err := flags.load(c, dir)
	if err != nil {
		return nil, "", err
	}
	out, err := a.generateFor(c, conf, &flags.generateFlags, host, a.console.Detailf)
	if err != nil {
		return nil, "", err
	}
	file, err := a.runFile(c.Context(), dir, outputFile("", out.Config.Name, host))
	if err != nil {
		return nil, "", err
	}
	overlay := ""
	if !out.Config.Interpreter.ActAsPython {
		a.console.Infof("%s: act-as-python = false: a variant of the program that lets itself be spoken to as a python is checked", out.Config.File)
		file += ".variant"
		if overlay, err = writeVariant(out, filepath.Dir(file)); err != nil {
			return nil, "", err
		}
	}
	if err := a.goBuildOver(c, dir, out, host, file, overlay); err != nil {
		return nil, "", err
	}
	flags.skip = append(flags.skip, out.Config.Check.Skip...)
	p, err := out.Program(file, host)
	return &trial.Program{File: file, Program: p}, out.Interpreter, err
}

// writeVariant writes what go build needs to build the program of a package with act-as-python: a file in the place of the
// generated one. The package on disk stays as it is.
func writeVariant(out *gen.Output, scratch string) (overlay string, err error) {
	dir, err := filepath.Abs(out.Dir())
	if err != nil {
		return "", err
	}
	name, data := out.AsPython()
	file := filepath.Join(scratch, "variant.go")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(dir, name): file}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(scratch, "overlay.json")
	return overlay, errors.Join(os.MkdirAll(scratch, 0o777), os.WriteFile(file, data, 0o666), os.WriteFile(overlay, text, 0o666))
}

// tryFile takes an executable, and the interpreter that --python names or that its Python's version has.
func (a *app) tryFile(ctx context.Context, file string, flags *checkFlags) (*trial.Program, string, error) {
	programs, err := program.Open(file)
	if err != nil {
		return nil, "", err
	}
	p := programs[0]
	switch {
	case len(programs) > 1:
		return nil, "", diag.Errorf(file, "", "holds several Python programs")
	case p.Platform != target.Host().String():
		return nil, "", diag.Errorf(file, "check it on "+p.Platform, "is for %s, and this is %s", p.Platform, target.Host())
	case slices.ContainsFunc(p.Manifest.Settings, func(s manifest.Setting) bool { return s.Name == "act-as-python" }):
		return nil, "", diag.Errorf(file, "check the directory that it was built from", "act-as-python = false: the program does not let itself be spoken to as a python")
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, "", err
	}
	store, err := a.store(ctx)
	if err != nil {
		return nil, "", err
	}
	d, err := store.Resolve(ctx, dist.Want{Flag: flags.python, Env: os.Getenv(envPython), Config: p.Python, ConfigFile: file})
	a.console.Done()
	if err != nil {
		return nil, "", err
	}
	if d.Version != p.Python {
		return nil, "", diag.Errorf(file, "name the interpreter of that version with --python", "has Python %s, and would be compared with %s", p.Python, d.Version)
	}
	return &trial.Program{File: abs, Program: p}, d.Interpreter, nil
}

// try imports the modules in both worlds and prints what is to be said.
func (a *app) try(ctx context.Context, t *trial.Program, interpreter, work string, flags *checkFlags) (bool, error) {
	dirs := map[string]string{}
	for _, name := range []string{"root", "tree", "home"} {
		dirs[name] = filepath.Join(work, name)
		if err := os.Mkdir(dirs[name], 0o777); err != nil {
			return false, err
		}
	}
	store, err := a.store(ctx)
	if err != nil {
		return false, err
	}
	bytecode := filepath.Join(store.CacheDir, "check")
	defer os.RemoveAll(filepath.Join(bytecode, work)) // the interpreter's own stays for the next time
	a.console.Progress("starting", 0, 0)
	inside, surroundings, err := t.Inside(ctx, dirs["root"])
	if err != nil {
		return false, err
	}
	outside := sync.OnceValues(func() (*trial.World, error) {
		return t.Outside(interpreter, dirs["tree"], bytecode, dirs["home"]), trial.Unpack(t.Program, dirs["tree"])
	})
	modules := trial.Modules(t.Program, flags.only, flags.skip)
	if len(modules) == 0 {
		return false, diag.Errorf(t.File, "`oxgen inspect` lists the modules", "holds no module to import")
	}
	jobs := flags.jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	findings, err := trial.Compare(ctx, inside, outside, modules, jobs, func(done int) {
		a.console.Progress("importing", int64(done), int64(len(modules)))
	})
	a.console.Done()
	if err != nil {
		return false, err
	}
	return a.tell(t, findings, surroundings, flags.asJSON)
}

func (a *app) tell(t *trial.Program, findings []trial.Finding, surroundings string, asJSON bool) (bool, error) {
	var failures, alike []trial.Finding
	for _, f := range findings {
		switch {
		case f.Fails():
			failures = append(failures, f)
		case f.Inside.Kind != trial.OK:
			alike = append(alike, f)
		}
	}
	ok := len(failures) == 0
	if asJSON {
		return ok, printJSON(a.out, map[string]any{
			"modules": len(findings), "surroundings": surroundings,
			"failures": orEmpty(failures), "alike": orEmpty(alike),
		})
	}
	l := newListing(a.out)
	for _, f := range failures {
		l.row("fails", f.Module, f.Inside.String())
	}
	if a.console.Verbose {
		for _, f := range alike {
			l.row("alike", f.Module, f.Inside.String())
		}
	}
	err := l.flush()
	a.console.Detailf("imported in %s", surroundings)
	if !strings.HasPrefix(surroundings, "a root") {
		a.console.Infof("imported in %s", surroundings)
	}
	summary := []string{fmt.Sprintf("%d of %d modules can be imported", len(findings)-len(failures)-len(alike), len(findings))}
	for _, part := range []struct {
		list []trial.Finding
		what string
	}{{failures, "fail in the program alone"}, {alike, "fail alike in the interpreter"}} {
		if len(part.list) > 0 {
			summary = append(summary, fmt.Sprintf("%d %s", len(part.list), part.what))
		}
	}
	a.console.Infof("%s: %s", filepath.Base(t.File), strings.Join(summary, ", "))
	return ok, err
}
