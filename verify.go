package main

import (
	"fmt"
	"os"
	"path/filepath"
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
		Use:   "verify FILE|PACKAGE [DIR]",
		Short: "Say whether an executable or a package holds the program of a configuration",
		Long: `Verify generates the program of DIR, by default of the current directory, in memory, for the
platforms that the executable FILE was generated for, and says whether FILE holds the same,
byte for byte: libpython, the importer, what runs and with which settings, the bytecode and
source of each module, each file, and where all of it came from. What differs is printed,
a line each: the kind, the name, the change and the parts that differ, with the digests, in
FILE and in what DIR gives. FILE may be for another platform than this machine's.

Of the generated Go code an executable keeps the fingerprint of its table, which is looked
for; "go version -m FILE" tells of which modules it was built. Of a generated PACKAGE, a
directory wherever it lies, each file is compared, Go code too, and the first line or byte
that differs is named; files that go build would take besides are told.

Nothing is written.

The exit status is 0 when FILE holds the same program, 1 when something differs, and 2 when
that can't be told.`,
		Example: `  oxgen verify ./hello
  oxgen verify dist/shop-linux-arm64 shop
  oxgen verify vendor/example.com/shop/pyapp shop`,
		Args: cobra.RangeArgs(1, 2),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			v := &verification{app: a, c: c, file: args[0], dir: dirArgument(args[1:]), flags: &flags, asJSON: asJSON}
			same, err := v.run()
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

// A verification compares a file with what a configuration gives.
type verification struct {
	*app
	c         *cobra.Command
	file, dir string
	flags     *generateFlags
	asJSON    bool
	isPackage bool // file is a directory
}

func (v *verification) run() (same bool, err error) {
	info, err := os.Stat(v.file)
	v.isPackage = err == nil && info.IsDir()
	have, err := programOf(v.file, v.dir)
	if err != nil {
		return false, err
	}
	v.flags.targets = have.Targets
	conf, err := v.flags.load(v.c, v.dir)
	if err != nil {
		return false, err
	}
	out, err := v.output(v.c, conf, v.flags)
	if err != nil {
		return false, err
	}
	changes, err := v.changes(have, out)
	if err != nil {
		return false, err
	}
	if v.asJSON {
		return len(changes) == 0, printJSON(v.out, map[string]any{"same": len(changes) == 0, "differences": orEmpty(changes)})
	}
	if len(changes) == 0 {
		v.console.Infof("%s: the same program as %s, byte for byte (fingerprint %s)", v.file, out.Config.File, have.Fingerprint)
		return true, nil
	}
	return false, v.listDifferences(changes)
}

// changes returns what differs: files of the package and of libpython, then what the table says.
func (v *verification) changes(have *program.Program, out *gen.Output) ([]program.Change, error) {
	t, err := target.Parse(have.Platform)
	if err != nil { // a table alone
		t, err = target.Parse(have.Targets[0])
	}
	if err != nil {
		return nil, err
	}
	want, err := out.Program(v.dir, t)
	if err != nil {
		return nil, err
	}
	var first []program.Change
	if v.isPackage {
		first, err = fileChanges(filepath.Dir(have.File), out)
	} else {
		first, err = absentFiles(v.file, have, out)
	}
	if err != nil || have.Fingerprint == want.Fingerprint {
		return first, err
	}
	changes, err := program.Compare(want, have, true)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		changes = []program.Change{{Change: program.Changed, Kind: "table", Name: "(layout)", Old: want.Fingerprint[:8], New: have.Fingerprint[:8]}}
	}
	return append(first, changes...), nil
}

// fileChanges returns a change for each file of a generated package that differs.
func fileChanges(dir string, out *gen.Output) ([]program.Change, error) {
	list, err := out.CompareDir(dir)
	var changes []program.Change
	for _, d := range list {
		c := program.Change{Change: d.Change, Kind: "file", Name: d.Name, Old: d.Want, New: d.Have}
		if d.Where != "" {
			c.What = []string{d.Where}
		}
		changes = append(changes, c)
	}
	return changes, err
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

// absentFiles returns a change for each part of libpython that the executable does not hold, and for a fingerprint that is not that of its
// table.
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
	if gen.FingerprintMissing(data, have.Fingerprint) {
		changes = append(changes, program.Change{Change: program.Changed, Kind: "code", Name: "(generated)", What: []string{"fingerprint"}})
	}
	return changes, err
}

// listDifferences prints what differs. The old program is what is generated, the new one what is in the executable.
func (v *verification) listDifferences(changes []program.Change) error {
	place := "executable"
	if v.isPackage {
		place = "package"
	}
	l := newListing(v.out)
	for i := range changes {
		c := &changes[i]
		l.row(c.Kind, c.Name, how(c, place))
	}
	return l.flush()
}

// how says in words what differs; place is what the program is in.
func how(c *program.Change, place string) string {
	switch {
	case c.Change == program.Added:
		return strings.TrimSuffix("only in the "+place+": "+c.New, ": ")
	case c.Change == program.Removed:
		return strings.TrimSuffix("missing in the "+place+", generated: "+c.Old, ", generated: ")
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
