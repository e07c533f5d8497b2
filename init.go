package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/scaffold"
	"github.com/oxgen/oxgen/internal/wheel"
)

// initFlags are the flags of init; paths are relative to the working directory.
type initFlags struct {
	sources, wheels []string
	run             config.Run
	python          string
	module          string
}

func (a *app) initCommand() *cobra.Command {
	var flags initFlags
	c := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new project",
		Long: `Init writes the files of a project into DIR, by default the current directory, and says
what to type next: oxgen.toml, main.go, go.mod and go.sum, and .gitignore. No file that is
there is changed. In a directory of an existing Go module it writes no go.mod.

Python that is in DIR already becomes the program's: the directory src if there is one,
else the packages and modules. In a directory without any, and without flags that name
some, init writes a small package to begin with.`,
		Example: `  oxgen init hello                                     # something that runs
  oxgen init                                           # around the Python that is here
  oxgen init tool --source src/tool --run-module tool
  oxgen init tool --wheel 'wheels/*.whl' --run-entry tool.cli:main
  oxgen init server --run-module http.server           # the standard library is always there`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeDir,
		RunE:              a.action(func(c *cobra.Command, args []string) error { return a.init(c, dirArgument(args), &flags) }),
	}
	f := c.Flags()
	f.StringArrayVar(&flags.sources, "source", nil, "source `PATH`, repeatable: a directory, a package, a .py file, or gomod:MODULE@VERSION/DIR")
	f.StringArrayVar(&flags.wheels, "wheel", nil, "wheel `PATH` or pattern, repeatable")
	f.StringVar(&flags.run.Module, "run-module", "", "run the module `M`, as python -m does")
	f.StringVar(&flags.run.Entry, "run-entry", "", "call the function `PKG.MOD:FUNC`, as a console script does")
	f.StringVar(&flags.run.ConsoleScript, "run-console-script", "", "run the console script `NAME` of a wheel")
	f.StringVar(&flags.run.Command, "run-command", "", "run the Python `CODE`, as python -c does")
	f.StringVar(&flags.run.File, "run-file", "", "run the script `FILE`")
	f.BoolVar(&flags.run.REPL, "repl", false, "run the interactive interpreter")
	f.StringVar(&flags.python, "python", "", "the Python, as \"oxgen generate --python\" takes it: `SPEC`")
	f.StringVar(&flags.module, "module", "", "module `PATH` for go.mod (default: example.com/ and the name of DIR)")
	c.MarkFlagsMutuallyExclusive("run-module", "run-entry", "run-console-script", "run-command", "run-file", "repl")
	mustComplete(c, "python", releaseVersions)
	return c
}

func (a *app) init(c *cobra.Command, dir string, flags *initFlags) error {
	p := &scaffold.Project{Dir: dir, Origin: origin()}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if p.Module, err = scaffold.FindModule(dir); err != nil {
		return err
	}
	switch {
	case p.Module != nil && flags.module != "":
		return usage(c, errors.New("--module in a directory of the Go module "+p.Module.Path))
	case p.Module == nil && flags.module != "":
		p.ModulePath = flags.module
	case p.Module == nil:
		p.ModulePath = scaffold.ModulePath(filepath.Base(abs))
	}
	if err := checkConfigured(dir); err != nil {
		return err
	}
	if err := flags.fill(p, abs); err != nil {
		return err
	}
	p.Name = programName(filepath.Base(abs))
	p.Config.Name = p.Name
	if err := checkValues(p.Config); err != nil {
		return err
	}
	return a.write(p)
}

// checkConfigured refuses a directory that is a project already.
func checkConfigured(dir string) error {
	_, err := config.Load(dir)
	if err != nil && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var d *diag.Error
	if errors.As(err, &d) && d.Problem == "not a directory" {
		return err
	}
	return diag.Errorf(dir, "edit its configuration, or name another directory", "is a project of oxgen already")
}

// fill gives the project the flags' values, and what can be found out where they say nothing.
func (f *initFlags) fill(p *scaffold.Project, abs string) error {
	var problems []error
	v := &p.Config
	for _, s := range f.sources {
		rel, err := f.source(abs, s)
		problems = append(problems, err)
		v.Sources = append(v.Sources, rel)
	}
	for _, s := range f.wheels {
		problems = append(problems, checkWheels(s))
		v.Wheels = append(v.Wheels, relative(abs, s))
	}
	v.Run, v.Python = f.run, f.python
	if strings.ContainsAny(f.python, `/\`) {
		v.Python = relative(abs, f.python)
	}
	if f.run.File != "" {
		if info, err := os.Stat(f.run.File); err != nil || !info.Mode().IsRegular() {
			problems = append(problems, diag.Errorf(f.run.File, "correct --run-file", "no such file"))
		}
		v.Run.File = relative(abs, f.run.File)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return f.guess(p)
}

// source checks a source and returns it as the configuration has it.
func (f *initFlags) source(abs, s string) (string, error) {
	if _, ok, err := config.ParseGoMod(s); ok || err != nil {
		return s, err
	}
	_, err := classify(s)
	return relative(abs, s), err
}

func checkWheels(pattern string) error {
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return diag.Errorf(pattern, "correct --wheel, or put the file there", "no such wheel")
	}
	var problems []error
	for _, name := range found {
		if _, err := wheel.ParseFilename(filepath.Base(name)); err != nil {
			problems = append(problems, diag.Errorf(name, "a wheel is named NAME-VERSION-PYTHON-ABI-PLATFORM.whl", "%w", err))
		}
	}
	return errors.Join(problems...)
}

// relative returns a path, typed in the working directory, as it is from the directory abs. An absolute path stays.
func relative(abs, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(abs, full)
	if err != nil {
		return full
	}
	return filepath.ToSlash(rel)
}

// guess finds the sources and what to run where no flag says it.
func (f *initFlags) guess(p *scaffold.Project) error {
	v := &p.Config
	named := len(f.sources)+len(f.wheels) > 0
	decided := !f.run.IsZero()
	if !named {
		layout, err := scaffold.FindLayout(p.Dir)
		if err != nil {
			return err
		}
		v.Sources = layout.Sources
		switch {
		case decided:
			return nil
		case len(layout.Sources) == 0:
			p.Hello = true
			v.Sources, v.Run.Module = []string{"src"}, "app"
			return nil
		}
		v.Run.Module = layout.Run
	} else if !decided && len(f.sources) == 1 {
		v.Run.Module = scaffold.RunIn(f.sources[0])
	}
	if decided || v.Run.Module != "" {
		return nil
	}
	return usageError{diag.Errorf("", "add one of --run-module, --run-entry, --run-command, --run-file, --repl",
		"what to run can't be told from the sources")}
}

// programName returns the name of a directory, "app" where that can't be the name of a program.
func programName(name string) string {
	values := config.TemplateValues{Name: name, Run: config.Run{REPL: true}}
	if c, err := config.Parse(config.FileName, config.Template(values)); err != nil || c.Name != name {
		return "app"
	}
	return name
}

// checkValues has the configuration checked before anything is written, and says what is wrong as an error of the flags.
func checkValues(v config.TemplateValues) error {
	_, err := config.Parse(config.FileName, config.Template(v))
	var d *diag.Error
	if errors.As(err, &d) {
		return usageError{&diag.Error{Problem: d.Problem, Hint: d.Hint, Err: err}}
	}
	return err
}

// write writes the project and says what to type next.
func (a *app) write(p *scaffold.Project) error {
	files, err := p.Files()
	if err != nil {
		return err
	}
	ignore, err := scaffold.Write(p.Dir, files)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Name != ".gitignore" || ignore == nil {
			a.console.Infof("%s: written", filepath.Join(p.Dir, filepath.FromSlash(f.Name)))
		}
	}
	if ignore != nil {
		a.console.Infof("\n%s is there; these lines belong into it:\n", filepath.Join(p.Dir, ".gitignore"))
		for line := range strings.Lines(string(ignore)) {
			if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
				a.console.Infof("  %s", strings.TrimSpace(line))
			}
		}
	}
	a.console.Infof("\nNext:\n")
	for _, s := range p.Next() {
		if s.Purpose == "" {
			a.console.Infof("  %s", s.Command)
		} else {
			a.console.Infof("  %-16s # %s", s.Command, s.Purpose)
		}
	}
	return nil
}
