package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/report"
)

func (a *app) reportCommand() *cobra.Command {
	var flags subjectFlags
	var output string
	c := &cobra.Command{
		Use:   "report --html FILE [FILE|DIR]",
		Short: "Write an HTML page about a program",
		Long: `Report writes one HTML page about an executable, or about the program that the configuration in
DIR, by default the current directory, describes. It shows what takes the space, as a map that
can be zoomed and as a list; which module imports which, with search and the chain of imports
by which each came in; modules that are imported and are nowhere; components and licences;
machine code with the systems that it runs on; and what became of the files.

The page needs nothing else: no network, no server. The same program gives the same page.`,
		Example: `  oxgen report --html hello.html ./hello
  oxgen report --html report.html`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			if output == "" {
				return usageError{diag.Errorf("", "`oxgen report --html report.html`", "--html is needed: it names the file to write")}
			}
			d, err := a.report(c, dirArgument(args), &flags)
			if err != nil {
				return err
			}
			return a.writeTo(output, func(w io.Writer) error { return report.Write(w, d) })
		}),
	}
	flags.register(c)
	c.Flags().StringVar(&output, "html", "", "write the page to `FILE`")
	return c
}

// report gathers what the page shows.
func (a *app) report(c *cobra.Command, path string, flags *subjectFlags) (*report.Data, error) {
	s, err := a.subject(c, path, flags)
	if err != nil {
		return nil, err
	}
	b, err := a.bill(s)
	if err != nil {
		return nil, err
	}
	if err := a.addGoTexts(c, b); err != nil {
		return nil, err
	}
	in := report.Inputs{Program: s.program, Bill: b}
	if in.Graph, err = graph.OfProgram(c.Context(), s.program); err != nil {
		if c.Context().Err() != nil {
			return nil, c.Context().Err()
		}
		a.console.Warn(err)
	}
	s.addSizes(&in)
	return report.Collect(in)
}

// addSizes says what there is besides the table: in an executable all the rest, among generated files libpython.
func (s *subject) addSizes(in *report.Inputs) {
	if s.output == nil {
		if info, err := os.Stat(s.program.File); err == nil && s.program.Build != nil {
			in.Size = info.Size()
			in.Other = []report.Other{{Name: "libpython and Go", Size: in.Size - int64(s.program.Size)}}
		}
		return
	}
	var libpython int64
	for _, f := range s.output.Files {
		if ext := filepath.Ext(f.Name); strings.HasPrefix(f.Name, "libpython_") && (ext == ".bin" || ext == ".syso") {
			libpython += int64(f.Size())
		}
	}
	if libpython > 0 {
		in.Other = []report.Other{{Name: "libpython", Size: libpython}}
	}
}
