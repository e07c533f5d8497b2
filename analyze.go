package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/analysis"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/versions"
)

func (a *app) analyzeCommand() *cobra.Command {
	var asJSON bool
	var maxGlibc string
	c := &cobra.Command{
		Use:   "analyze FILE...",
		Short: "Say what native code needs and which systems it runs on",
		Long: `Analyze reads executables, shared libraries and extension modules (ELF, PE, Mach-O), also
all of those in a wheel, in a directory or in an executable that oxgen built. It prints for
each the platform, the modules that it holds, and the libraries that it needs with who has
them: the system's C library, macOS, Windows, the Python that loads it, another of the files,
or this machine. For Linux it prints the symbol versions of glibc and GCC's libraries that are
needed, the oldest releases that have them, and the manylinux tag; for macOS and Windows the
oldest version.

The exit status is 0 when all is there, 1 when a library is missing or a file needs more than
--max-glibc, and 2 when a FILE can't be read.`,
		Example: `  oxgen analyze wheels/*.whl
  oxgen analyze --max-glibc 2.28 build/lib    # in CI
  oxgen analyze --json ./hello`,
		Args: cobra.MinimumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error { return a.analyze(c, args, maxGlibc, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&maxGlibc, "max-glibc", "", "fail when a file needs a newer glibc than `VERSION`")
	mustComplete(c, "max-glibc", cobra.NoFileCompletions)
	return c
}

func (a *app) analyze(c *cobra.Command, names []string, maxGlibc string, asJSON bool) error {
	limit := strings.TrimPrefix(maxGlibc, "GLIBC_")
	if maxGlibc != "" && !versions.Valid(limit) {
		return usageError{diag.Errorf("", "a version of glibc is like 2.28", "--max-glibc: %q is no version", maxGlibc)}
	}
	report, trouble := analysis.Analyze(c.Context(), names, analysis.Options{MaxGlibc: limit, Host: &dynlink.Host{}})
	if err := c.Context().Err(); err != nil {
		return err
	}
	var err error
	if asJSON {
		err = printJSON(a.out, report)
	} else {
		err = a.listAnalysis(report, limit)
	}
	if err != nil {
		return err
	}
	switch {
	case trouble != nil:
		a.fail(trouble)
		a.status = statusUsage
	case report.Unsatisfied():
		a.status = statusProblem
	}
	return nil
}

func (a *app) listAnalysis(r *analysis.Report, limit string) error {
	l := newListing(a.out)
	for i := range r.Files {
		if i > 0 {
			l.section()
		}
		listFile(l, &r.Files[i], limit)
	}
	if r.All != nil {
		l.section()
		l.row("together", fmt.Sprintf("%d files", r.All.Files))
		listSystems(l, &r.All.Systems)
	}
	if len(r.Notes) > 0 {
		l.section()
	}
	for _, n := range r.Notes {
		l.row("note", n)
	}
	return l.flush()
}

// listFile prints what is said about one file, a property a line; each needed library has a line.
func listFile(l *listing, f *analysis.File, limit string) {
	l.row("file", f.Name)
	platform := f.Machine
	if f.Platform != "" {
		platform = fmt.Sprintf("%s (%s)", f.Platform, f.Machine)
	}
	l.row("format", fmt.Sprintf("%s %s for %s", f.Format, f.Class, platform))
	for _, p := range []struct{ name, value string }{
		{"soname", f.SOName},
		{"modules", strings.Join(f.Modules, " ")},
		{"run path", strings.Join(f.RunPath, ":")},
		{"linker", f.Linker},
	} {
		if p.value != "" {
			l.row(p.name, p.value)
		}
	}
	for _, n := range f.Needs {
		l.row("needs", n.Library, whoHas(n))
	}
	if f.ExecStack {
		l.row("note", "it asks for an executable stack, which glibc refuses from 2.41 on")
	}
	switch {
	case f.MinOS == "":
	case f.Format == "PE":
		l.row("subsystem", f.MinOS)
	default:
		l.row("macOS", f.MinOS+" or later")
	}
	listSystems(l, &f.Systems)
	for _, x := range f.Excess {
		l.row("above "+limit, strings.Join(append([]string{x.Version + ":"}, x.Symbols...), " "))
	}
}

func whoHas(n analysis.Need) string {
	who := n.By
	switch n.By {
	case analysis.ByFile:
		who = n.Path
	case analysis.ByMachine:
		who = n.Path + ", on this machine"
		if n.Package != "" {
			who += " by the package " + n.Package
		}
	case analysis.ByNobody:
		who = "not found here"
	}
	if n.Weak {
		who += " (optional)"
	}
	return who
}

// listSystems prints which GNU/Linux systems something runs on; nothing for other files.
func listSystems(l *listing, s *analysis.Systems) {
	if v := s.Versions.String(); v != "" {
		l.row("versions", v)
	}
	switch {
	case s.Versions.Private:
		l.row("since", "nowhere else than where it was built: GLIBC_PRIVATE")
	case len(s.Oldest) > 0:
		l.row("since", strings.Join(s.Oldest, ", "))
	case s.Versions.String() != "":
		l.row("since", "-")
	}
	if len(s.Manylinux) > 0 {
		l.row("tag", strings.Join(s.Manylinux, ", "))
	}
}
