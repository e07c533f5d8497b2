package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/executable"
)

func (a *app) inspectCommand() *cobra.Command {
	var asJSON, verdicts bool
	c := &cobra.Command{
		Use:   "inspect FILE|DIR",
		Short: "Say what an executable or a generated package holds",
		Long: `Inspect prints what a built executable, a generated package or the package of a project
holds: the version of the format, the Python, the platforms, what runs, and every module
and file with its kind, its size in the executable, its distribution and its origin; then
the totals by kind and by distribution. The executable may be one for another platform.

With --verdicts it prints instead what became of every file of the sources, as "oxgen scan"
does.`,
		Example: `  oxgen inspect ./hello
  oxgen inspect --verdicts ./hello
  oxgen inspect --json pyapp`,
		Args: cobra.ExactArgs(1),
		RunE: a.action(func(_ *cobra.Command, args []string) error { return a.inspect(args[0], asJSON, verdicts) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&verdicts, "verdicts", false, "print what became of each file of the sources")
	return c
}

func (a *app) inspect(path string, asJSON, verdicts bool) error {
	files, err := tableFiles(path)
	if err != nil {
		return err
	}
	var programs []*inspected
	for _, name := range files {
		file, err := executable.Open(name)
		if err != nil {
			return err
		}
		for _, t := range file.Tables {
			p, err := inspectTable(name, file, t)
			if err != nil {
				return diag.Errorf(name, "generate and build it again", "%w", err)
			}
			if !verdicts {
				p.Verdicts = nil
			}
			programs = append(programs, p)
		}
	}
	if asJSON {
		return printJSON(a.out, map[string]any{"programs": programs})
	}
	l := newListing(a.out)
	for i, p := range programs {
		if i > 0 {
			l.section()
		}
		if verdicts {
			p.listVerdicts(l)
		} else {
			p.list(l)
		}
	}
	return l.flush()
}

// tableFiles returns the files to look into: path itself, or the tables of a generated package, which path or its
// configuration names.
func tableFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // executable.Open knows the words for what is wrong
	}
	if tables, err := tablesIn(path); err != nil || len(tables) > 0 {
		return tables, err
	}
	conf, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errorf(path, "name an executable, a generated package, or a directory with an oxgen.toml",
			"holds no Python program of oxgen")
	}
	if err != nil {
		return nil, err
	}
	tables, err := tablesIn(filepath.Join(conf.Dir, filepath.FromSlash(conf.Package)))
	if err == nil && len(tables) == 0 {
		err = diag.Errorf(path, fmt.Sprintf("`oxgen generate %s` makes it", path), "the package %s is not generated yet", conf.Package)
	}
	return tables, err
}

// tablesIn returns the table files in a directory, sorted; nil when it does not exist.
func tablesIn(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errorf(dir, "make it readable (chmod u+rx)", "can't be read")
	}
	var names []string
	for _, e := range list {
		if filepath.Ext(e.Name()) == ".oxtable" && e.Type().IsRegular() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}
