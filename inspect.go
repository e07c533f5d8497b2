package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
)

func (a *app) inspectCommand() *cobra.Command {
	var asJSON, verdicts bool
	c := &cobra.Command{
		Use:   "inspect FILE|DIR",
		Short: "Say what an executable or a generated package holds",
		Long: `Inspect prints what a built executable, a generated package or the package of a project
holds: the version of the format, the Python, the platforms, what runs, and every module
and file with its kind, its size in the executable, its distribution and its origin; then
the distributions with their versions and licences, and the totals by kind and by
distribution. The executable may be one for another platform.

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
	programs, err := program.Open(path)
	if err != nil {
		return err
	}
	if !verdicts {
		for _, p := range programs {
			p.Verdicts = nil
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
			listVerdicts(l, p)
		} else {
			listProgram(l, p)
		}
	}
	return l.flush()
}

// listProgram prints the program for people.
func listProgram(l *listing, p *program.Program) {
	listHead(l, p)
	l.section()
	l.row("KIND", "NAME", "SIZE", "DISTRIBUTION", "ORIGIN")
	for i := range p.Files {
		f := &p.Files[i]
		name := f.Module
		if name == "" {
			name = f.Path
		}
		l.row(f.Kind, name, fmt.Sprint(f.Size), f.Distribution, f.Origin)
	}
	if len(p.Installed) > 0 {
		l.section()
		l.row("DISTRIBUTION", "VERSION", "LICENCE", "FROM")
		for _, d := range p.Installed {
			l.row(d.Name, d.Version, licenceText(&d.Licence), d.Input)
		}
	}
	for _, totals := range []struct {
		title string
		list  []program.Total
	}{{"KIND", p.Kinds}, {"DISTRIBUTION", p.Distributions}} {
		l.section()
		l.row(totals.title, "FILES", "SIZE")
		for _, t := range totals.list {
			l.row(t.Name, fmt.Sprint(t.Files), fmt.Sprint(t.Size))
		}
	}
}

func listHead(l *listing, p *program.Program) {
	l.row("program", p.Name)
	l.row("file", p.File)
	l.row("table", fmt.Sprintf("format %d, %d bytes at offset %d", p.Format, p.Size, p.Offset))
	l.row("fingerprint", p.Fingerprint)
	l.row("python", fmt.Sprintf("%s (%s), magic number %s", p.Python, p.Distribution, p.PythonMagic))
	l.row("bytecode", "optimisation "+strings.Trim(fmt.Sprint(p.Levels), "[]"))
	if len(p.Extract) > 0 {
		l.row("extracts", strings.Join(p.Extract, " "))
	}
	l.row("targets", strings.Join(p.Targets, " "))
	for _, r := range p.Requires {
		if needs := r.Needs.String(); needs != "" {
			l.row("needs on "+r.Target, needs, since(r.Needs))
		}
	}
	switch {
	case p.Go != "":
		l.row("built for", p.Platform+" by "+p.Go)
	case p.Platform != "":
		l.row("for", p.Platform)
	}
	if p.Run != "" {
		l.row("runs", strings.Join(append([]string{p.Run}, p.Argv...), " "))
	}
	for _, c := range p.Choices {
		l.row("runs as "+c.Name, strings.Join(append([]string{c.Run}, c.Argv...), " "))
	}
}

// licenceText says in a line what is known about a licence; words that are no SPDX expression stand in quotes.
func licenceText(l *manifest.Licence) string {
	if l.Expression == "" && l.Stated != "" {
		return strconv.Quote(l.Stated)
	}
	return l.Expression
}

// listVerdicts prints what became of the files of the sources, as scan does.
func listVerdicts(l *listing, p *program.Program) {
	for _, v := range p.Verdicts {
		l.row(v.Verdict, v.Path, v.Origin, because(v.Rule, v.Reason))
	}
}

// since names the oldest releases that have what is needed.
func since(n glibc.Needs) string {
	if n.Private {
		return "nowhere else than where it was built"
	}
	var names []string
	for _, r := range glibc.Oldest(n) {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}
