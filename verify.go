package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) verifyCommand() *cobra.Command {
	var flags generateFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify FILE [DIR]",
		Short: "Say whether an executable holds the program of a configuration",
		Long: `Verify generates the program of DIR, by default of the current directory, in memory, for the
platforms that the executable FILE was generated for, and says whether FILE holds the same,
byte for byte: libpython, the importer, what runs and with which settings, the bytecode and
source of each module, each file, and where all of it came from. What differs is printed,
a line each: the kind, the name, the change and the parts that differ, with the digests, in
FILE and in what DIR gives. FILE may be for another platform than this machine's.

Nothing is written. Go code is not compared; "go version -m FILE" tells of which it was
built.

The exit status is 0 when FILE holds the same program, 1 when something differs, and 2 when
that can't be told.`,
		Example: `  oxgen verify ./hello
  oxgen verify dist/shop-linux-arm64 shop`,
		Args: cobra.RangeArgs(1, 2),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			same, err := a.verify(c, args[0], dirArgument(args[1:]), &flags, asJSON)
			return a.compared(same, err)
		}),
	}
	flags.register(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// compared makes the exit status of a comparison.
func (a *app) compared(same bool, err error) error {
	switch {
	case err != nil:
		a.fail(err)
		a.status = statusUsage
	case !same:
		a.status = statusProblem
	}
	return nil
}

func (a *app) verify(c *cobra.Command, file, dir string, flags *generateFlags, asJSON bool) (same bool, err error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return false, diag.Errorf(file, "`oxgen generate --check` compares a generated package", "is a directory, not an executable")
	}
	have, err := programOf(file, dir)
	if err != nil {
		return false, err
	}
	flags.targets = have.Targets
	conf, err := flags.load(c, dir)
	if err != nil {
		return false, err
	}
	out, err := a.output(c, conf, flags)
	if err != nil {
		return false, err
	}
	t, err := target.Parse(have.Platform)
	if err != nil { // a table alone
		t, err = target.Parse(have.Targets[0])
	}
	if err != nil {
		return false, err
	}
	own, common := out.Table(t)
	want, err := program.Read(dir, own, common)
	if err != nil {
		return false, err
	}
	var changes []program.Change
	if have.Fingerprint != want.Fingerprint {
		if changes, err = program.Compare(want, have, true); err != nil {
			return false, err
		}
		if len(changes) == 0 {
			changes = []program.Change{{Change: program.Changed, Kind: "table", Name: "(layout)", Old: want.Fingerprint[:8], New: have.Fingerprint[:8]}}
		}
	}
	absent, err := absentFiles(file, have, out)
	if err != nil {
		return false, err
	}
	changes = append(absent, changes...)
	if asJSON {
		return len(changes) == 0, printJSON(a.out, map[string]any{"same": len(changes) == 0, "differences": orEmpty(changes)})
	}
	if len(changes) == 0 {
		a.console.Infof("%s: the same program as %s, byte for byte (fingerprint %s)", file, out.Config.File, have.Fingerprint)
		return true, nil
	}
	return false, a.listDifferences(changes)
}

// programOf returns the program of an executable that comes from the configuration of a directory: the only one, or that of
// its name.
func programOf(file, dir string) (*program.Program, error) {
	programs, err := program.Open(file)
	if err != nil {
		return nil, err
	}
	conf, err := config.Load(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range programs {
		if len(programs) == 1 || p.Name == conf.Name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, diag.Errorf(file, "name the directory of one of them", "holds the programs %s, and %s is for %s", strings.Join(names, ", "), conf.File, conf.Name)
}

// absentFiles returns a change for each part of libpython that the executable does not hold.
func absentFiles(file string, have *program.Program, out *gen.Output) ([]program.Change, error) {
	t, err := target.Parse(have.Platform)
	if err != nil {
		return nil, nil // a table alone
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	names, err := out.Absent(data, t)
	var changes []program.Change
	for _, name := range names {
		changes = append(changes, program.Change{Change: program.Changed, Kind: "libpython", Name: name, What: []string{"contents"}})
	}
	return changes, err
}

// listDifferences prints what differs. The old program is what is generated, the new one what is in the executable.
func (a *app) listDifferences(changes []program.Change) error {
	l := newListing(a.out)
	for i := range changes {
		c := &changes[i]
		l.row(c.Kind, c.Name, how(c))
	}
	return l.flush()
}

func how(c *program.Change) string {
	switch {
	case c.Change == program.Added:
		return strings.TrimSuffix("only in the executable: "+c.New, ": ")
	case c.Change == program.Removed:
		return strings.TrimSuffix("missing in the executable, generated: "+c.Old, ", generated: ")
	case c.Old == "" && c.New == "":
		return "differs in " + strings.Join(c.What, ", ")
	case len(c.What) == 0:
		return fmt.Sprintf("differs: %s, generated: %s", orDash(c.New), orDash(c.Old))
	}
	return fmt.Sprintf("differs in %s: %s, generated: %s", strings.Join(c.What, ", "), orDash(c.New), orDash(c.Old))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
