package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/gobuild"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/target"
)

// A subject is a program that is asked about: one that is built, or what a configuration would make.
type subject struct {
	program *program.Program
	output  *gen.Output // of a configuration; nil for what is built
	modules []bill.Module
	goes    string // version of Go
}

// subjectFlags choose what is asked about.
type subjectFlags struct {
	generateFlags
	name string
}

func (f *subjectFlags) register(c *cobra.Command) {
	f.generateFlags.register(c)
	c.Flags().StringArrayVar(&f.targets, "target", nil, "platform `GOOS/GOARCH` of a configuration (default: as \"oxgen generate\")")
	c.Flags().StringVar(&f.name, "program", "", "the program called `NAME`, of a file with several")
	completeTargets(c)
	mustComplete(c, "program", cobra.NoFileCompletions)
}

// subject finds the program at path: an executable, a table, a generated package; or it generates, in memory, what a
// configuration says.
func (a *app) subject(c *cobra.Command, path string, flags *subjectFlags) (*subject, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		conf, err := config.Load(path)
		if err == nil {
			return a.planned(c, path, conf, flags)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	programs, err := program.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := choose(path, programs, flags.name)
	if err != nil {
		return nil, err
	}
	return &subject{program: p, modules: bill.ModulesOf(p.Build), goes: p.Go}, nil
}

// choose returns the program of that name, or the only one.
func choose(path string, programs []*program.Program, name string) (*program.Program, error) {
	programs = ofOnePlatform(programs)
	var names []string
	for _, p := range programs {
		names = append(names, p.Name)
	}
	i := slices.Index(names, name)
	switch {
	case i >= 0:
		return programs[i], nil
	case name == "" && len(programs) == 1:
		return programs[0], nil
	case name == "":
		return nil, diag.Errorf(path, "choose one by --program", "holds several programs: %s", strings.Join(names, ", "))
	}
	return nil, diag.Errorf(path, "there is "+strings.Join(names, ", "), "holds no program %q", name)
}

// ofOnePlatform returns the programs without those that differ from another one by their platform only, in the package that is
// generated for several: that of this machine stays, or the first one.
func ofOnePlatform(programs []*program.Program) []*program.Program {
	var list []*program.Program
	for _, p := range programs {
		at := slices.IndexFunc(list, func(q *program.Program) bool {
			return q.Name == p.Name && p.Manifest.Target != "" && filepath.Dir(q.File) == filepath.Dir(p.File) && q.Platform != p.Platform
		})
		switch {
		case at < 0:
			list = append(list, p)
		case p.Platform == target.Host().String():
			list[at] = p
		}
	}
	return list
}

// planned generates what the configuration in dir says, without writing it.
func (a *app) planned(c *cobra.Command, dir string, conf *config.Config, flags *subjectFlags) (*subject, error) {
	out, err := a.output(c, conf, &flags.generateFlags)
	if err != nil {
		return nil, err
	}
	p, err := out.Program(dir, out.Target)
	if err != nil {
		return nil, err
	}
	own := origin()
	s := &subject{program: p, output: out}
	modules, goes, err := gobuild.Modules(c.Context(), gobuild.Options{
		Dir: conf.Dir, Package: conf.Package, Target: out.Target, Cgo: conf.Link == config.Static, Mend: own.Mend(), Stderr: a.console.Err,
	})
	if c.Context().Err() != nil {
		return nil, c.Context().Err()
	}
	if err != nil {
		a.console.Warn(diag.Errorf(dir, "`go list -deps` there says the same", "the Go modules are not known: %w", err))
		return s, nil
	}
	s.goes = goes
	for _, m := range modules {
		module := bill.Module{Path: m.Path, Version: m.Version, Sum: m.Sum, Main: m.Main}
		if r := m.Replace; r != nil {
			module = module.ReplacedBy(bill.Module{Path: r.Path, Version: r.Version, Sum: r.Sum})
		}
		s.modules = append(s.modules, module)
	}
	return s, nil
}

// bill makes the bill of materials, and warns of what it could not read.
func (a *app) bill(s *subject) (*bill.Bill, error) {
	b, warnings, err := bill.Make(bill.Inputs{Program: s.program, Modules: s.modules, Go: s.goes, Version: release(), Licence: ownLicence})
	for _, w := range warnings {
		a.console.Warn(w)
	}
	return b, err
}
