package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/diag"
)

// sbomFormats are the forms of a bill of materials.
var sbomFormats = map[string]func(*bill.Bill, io.Writer) error{
	"cyclonedx": (*bill.Bill).WriteCycloneDX,
	"spdx":      (*bill.Bill).WriteSPDX,
}

func (a *app) sbomCommand() *cobra.Command {
	var flags subjectFlags
	var format, output string
	c := &cobra.Command{
		Use:   "sbom [FILE|DIR]",
		Short: "Write the bill of materials of a program",
		Long: `Sbom writes the bill of materials of an executable, or of the program that the configuration
in DIR, by default the current directory, describes; both have the same components. They are
CPython, the C libraries inside of it with their versions, the distributions with licences
and the sums of their wheels, the copies of others that they vendor, extension modules and
shared libraries, and the Go modules. Bills that distributions bring along (PEP 770) are
merged. Nothing is generated or built on disk.

The same program gives the same bytes: there is no time in the bill, and its serial number
comes from its contents.`,
		Example: `  oxgen sbom ./hello                         # CycloneDX 1.6 as JSON
  oxgen sbom --format spdx -o hello.spdx.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			write := sbomFormats[format]
			if write == nil {
				return usageError{diag.Errorf("", "the formats are cyclonedx and spdx", "unknown format %q", format)}
			}
			s, err := a.subject(c, dirArgument(args), &flags)
			if err != nil {
				return err
			}
			b, err := a.bill(s)
			if err != nil {
				return err
			}
			return a.writeTo(output, func(w io.Writer) error { return write(b, w) })
		}),
	}
	flags.register(c)
	c.Flags().StringVar(&format, "format", "cyclonedx", "`FORMAT` of the bill: cyclonedx (1.6) or spdx (2.3), both as JSON")
	c.Flags().StringVarP(&output, "output", "o", "", "write to `FILE` and not to standard output")
	mustComplete(c, "format", cobra.FixedCompletions([]string{"cyclonedx", "spdx"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// writeTo writes to a file, whole or not at all, or to standard output when name is "".
func (a *app) writeTo(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if name == "" {
		_, err := a.out.Write(b.Bytes())
		return err
	}
	if err := atomicfile.Write(name, b.Bytes(), 0o644); err != nil {
		var d *diag.Error
		if errors.As(err, &d) {
			err = cmp.Or(d.Err, err) // it says as much, with another hint
		}
		return diag.Errorf(name, "name a file in a directory that is there and that you may write to", "can't be written: %w", err)
	}
	a.console.Infof("%s: written (%s)", name, size(int64(b.Len())))
	return nil
}
