package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/program"
)

func (a *app) diffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what differs between two programs",
		Long: `Diff prints what differs between two executables, or generated packages, or projects, or one
of each: the Python and libpython, settings, what runs, distributions with their versions,
C libraries inside of CPython, licences, and modules and files, with bytes as they are
stored. Within each group what has changed its size most comes first. The digests are those
of the rows in generated code.

The exit status is 0 when nothing differs, 1 when something does, and 2 when that can't be
told.`,
		Example: `  oxgen diff shop-1.0 shop-1.1
  oxgen diff --json shop-1.0 .    # an executable and what is generated now`,
		Args: cobra.ExactArgs(2),
		RunE: a.action(func(_ *cobra.Command, args []string) error {
			same, err := a.diff(args[0], args[1], asJSON)
			return a.compared(same, err)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// A programDiff is what differs between two programs of one name.
type programDiff struct {
	Name    string           `json:"name"`
	Old     *diffSide        `json:"old,omitempty"` // nil: only the new file has the program
	New     *diffSide        `json:"new,omitempty"`
	Changes []program.Change `json:"changes"`

	old, new *program.Program
}

// A diffSide is one of two programs.
type diffSide struct {
	File        string `json:"file"`
	FileSize    int64  `json:"file_size"`  // in bytes
	TableSize   uint64 `json:"table_size"` // in bytes
	Fingerprint string `json:"fingerprint"`
	Platform    string `json:"platform,omitempty"`
}

func (a *app) diff(old, new string, asJSON bool) (same bool, err error) {
	pairs, err := pair(old, new)
	if err != nil {
		return false, err
	}
	same = true
	for _, d := range pairs {
		if d.old != nil && d.new != nil {
			if d.Changes, err = program.Compare(d.old, d.new, false); err != nil {
				return false, err
			}
		}
		d.Changes = orEmpty(d.Changes)
		same = same && len(d.Changes) == 0 && d.old != nil && d.new != nil
	}
	if asJSON {
		return same, printJSON(a.out, map[string]any{"same": same, "programs": pairs})
	}
	l := newListing(a.out)
	for i, d := range pairs {
		if i > 0 {
			l.section()
		}
		listDiff(l, d)
	}
	if same {
		a.console.Infof("%s and %s: the same programs", old, new)
	}
	return same, l.flush()
}

// pair finds the programs of two files that belong together: those of one name, or the only ones.
func pair(old, new string) ([]*programDiff, error) {
	a, err := program.Open(old)
	if err != nil {
		return nil, err
	}
	b, err := program.Open(new)
	if err != nil {
		return nil, err
	}
	var pairs []*programDiff
	for _, p := range a {
		d := &programDiff{Name: p.Name, old: p, Old: sideOf(p)}
		at := slices.IndexFunc(b, func(q *program.Program) bool { return q.Name == p.Name && q.Platform == p.Platform })
		if at < 0 {
			at = slices.IndexFunc(b, func(q *program.Program) bool { return q.Name == p.Name || len(a)+len(b) == 2 })
		}
		if at >= 0 {
			d.Name, d.new, d.New = b[at].Name, b[at], sideOf(b[at])
			b = slices.Delete(b, at, at+1)
		}
		pairs = append(pairs, d)
	}
	for _, p := range b {
		pairs = append(pairs, &programDiff{Name: p.Name, new: p, New: sideOf(p)})
	}
	if len(pairs) == 0 {
		return nil, diag.Errorf(old, "", "holds no program")
	}
	return pairs, nil
}

func sideOf(p *program.Program) *diffSide {
	s := &diffSide{File: p.File, TableSize: p.Size, Fingerprint: p.Fingerprint, Platform: p.Platform}
	if info, err := os.Stat(p.File); err == nil {
		s.FileSize = info.Size()
	}
	return s
}

// listDiff prints the changes of one program in four groups: what it is, its distributions, their licences, its modules and files.
func listDiff(l *listing, d *programDiff) {
	switch {
	case d.Old == nil:
		l.row("added", "program", d.Name, fmt.Sprintf("%v", config.ByteSize(d.New.TableSize)))
		return
	case d.New == nil:
		l.row("removed", "program", d.Name, fmt.Sprintf("%v", config.ByteSize(d.Old.TableSize)))
		return
	case len(d.Changes) == 0:
		return
	}
	l.row("program", d.Name)
	l.row("files", fmt.Sprintf("%s, %v", d.Old.File, config.ByteSize(d.Old.FileSize)), fmt.Sprintf("%s, %v", d.New.File, config.ByteSize(d.New.FileSize)),
		growth(d.New.FileSize-d.Old.FileSize))
	l.row("tables", fmt.Sprint(config.ByteSize(d.Old.TableSize)), fmt.Sprint(config.ByteSize(d.New.TableSize)),
		growth(int64(d.New.TableSize)-int64(d.Old.TableSize)))
	var groups [4][]program.Change
	for _, c := range d.Changes {
		groups[groupOfChange(c.Kind)] = append(groups[groupOfChange(c.Kind)], c)
	}
	for i, list := range groups {
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(a, b program.Change) int { return cmp.Compare(abs(b.Growth()), abs(a.Growth())) })
		l.section()
		if i == 0 || i == 2 {
			l.row("CHANGE", "KIND", "NAME", "OLD", "NEW")
		} else {
			l.row("CHANGE", "KIND", "NAME", "OLD", "NEW", "BYTES", "WHAT")
		}
		for _, c := range list {
			row := []string{c.Change, c.Kind, c.Name, c.Old, c.New}
			if i == 1 || i == 3 {
				row = append(row, growth(int64(c.Growth())), strings.Join(c.What, ", "))
			}
			l.row(row...)
		}
	}
}

// groupOfChange returns 0 for what a program is, 1 for distributions, 2 for licences and what else has no bytes of its own, 3 for modules and
// files.
func groupOfChange(kind string) int {
	switch kind {
	case "python", "glibc", "libpython", "setting", "run":
		return 0
	case "distribution":
		return 1
	case "vendored", "bundled", "licence":
		return 2
	}
	return 3
}

func growth(n int64) string { return fmt.Sprintf("%+d", n) }

func abs(n int) int { return max(n, -n) }
