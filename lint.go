package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/program"
)

func (a *app) lintCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "lint FILE|DIR",
		Short: "Name packages that may need real files",
		Long: `Lint looks through the bytecode of an executable, a generated package or the package of a
project for functions that use __file__ together with something that knows nothing of the
program's virtual files: other programs (subprocess), databases (sqlite3.connect), C
libraries. It prints the package, the module, the function and its line, and what it uses.
Such a package belongs into extract in oxgen.toml if it really hands over a path beside
__file__. It is a guess by names: not every line is a problem, and not every problem has a
line. open, os, pathlib, importlib.resources, ctypes.CDLL and the certificates of ssl need
nothing and are not listed, nor are the standard library and packages that are extracted.

The exit status is 0 when nothing is found, 1 when something is, and 2 when that can't be
told.`,
		Example: `  oxgen lint .
  oxgen lint --json ./hello`,
		Args: cobra.ExactArgs(1),
		RunE: a.action(func(_ *cobra.Command, args []string) error {
			clean, err := a.lint(args[0], asJSON)
			return a.compared(clean, err)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) lint(path string, asJSON bool) (clean bool, err error) {
	programs, err := program.Open(path)
	if err != nil {
		return false, err
	}
	var all []gen.Advice
	for _, p := range programs {
		list, err := gen.Lint(p)
		if err != nil {
			return false, diag.Errorf(path, "generate it again", "%w", err)
		}
		all = append(all, list...)
	}
	if asJSON {
		return len(all) == 0, printJSON(a.out, map[string]any{"advice": orEmpty(all)})
	}
	l := newListing(a.out)
	for _, x := range all {
		l.row(x.Package, x.Module, x.Place, strconv.Itoa(x.Line), x.Uses)
	}
	return len(all) == 0, l.flush()
}
