package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/gobuild"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) licencesCommand() *cobra.Command {
	var flags subjectFlags
	var texts, asJSON bool
	var output string
	c := &cobra.Command{
		Use:     "licences [FILE|DIR]",
		Aliases: []string{"licenses"},
		Short:   "Say which licences a program comes under",
		Long: `Licences lists what is in an executable, or in the program that the configuration in DIR, by
default the current directory, describes: the component, its version, the SPDX expression of
its licence, and where that was found: in the field License-Expression or License of the
metadata, in the classifiers, in the licence texts, in oxgen.toml, or in what oxgen itself
knows. Words of the metadata that are no SPDX expression stand in quotes.

With --texts it writes the licence texts themselves, one file to ship with the program: those
in the program, those of the C libraries inside of CPython, and those of the Go modules that
are in Go's module cache.

The keys deny-licences and allow-licences of oxgen.toml make "oxgen generate" fail when
something comes under another licence.`,
		Example: `  oxgen licences ./hello
  oxgen licences --texts -o LICENCES.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			s, err := a.subject(c, dirArgument(args), &flags)
			if err != nil {
				return err
			}
			b, err := a.bill(s)
			if err != nil {
				return err
			}
			if err := a.addGoTexts(c, b); err != nil {
				return err
			}
			switch {
			case texts || output != "":
				return a.writeTo(output, b.WriteTexts)
			case asJSON:
				return printJSON(a.out, map[string]any{"licences": licenceRows(b)})
			}
			return a.listLicences(b)
		}),
	}
	flags.register(c)
	c.Flags().BoolVar(&texts, "texts", false, "write the texts of the licences")
	c.Flags().StringVarP(&output, "output", "o", "", "write the texts to `FILE`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("texts", "json")
	c.MarkFlagsMutuallyExclusive("output", "json")
	return c
}

// addGoTexts looks for the licences of Go modules in the module cache. Without a go command they stay unknown.
func (a *app) addGoTexts(c *cobra.Command, b *bill.Bill) error {
	cache, err := dist.DefaultCacheDir()
	if err != nil {
		return err
	}
	places, err := gobuild.FindPlaces(c.Context(), gobuild.Options{Dir: ".", Target: target.Host()})
	if c.Context().Err() != nil {
		return c.Context().Err()
	}
	if err != nil {
		a.console.Warn(err)
		return nil
	}
	known := licence.Cache{Dir: filepath.Join(cache, "licence")}
	b.GoTexts(places.Module, places.Root, known.Scan)
	return nil
}

// A licenceRow is what is listed about one component.
type licenceRow struct {
	Name       string   `json:"name"`
	Version    string   `json:"version,omitempty"`
	Expression string   `json:"expression,omitempty"` // SPDX; "" when it is not known
	From       string   `json:"from,omitempty"`
	Stated     string   `json:"stated,omitempty"`
	PURL       string   `json:"purl,omitempty"`
	Texts      []string `json:"texts,omitempty"`
}

func licenceRows(b *bill.Bill) []licenceRow {
	var rows []licenceRow
	for _, c := range b.Licensed() {
		row := licenceRow{Name: c.Name, Version: c.Version, Expression: c.Licence.Expression, From: c.Licence.From, Stated: c.Licence.Stated, PURL: c.PURL}
		for _, t := range c.Texts {
			row.Texts = append(row.Texts, t.Path)
		}
		rows = append(rows, row)
	}
	return rows
}

func (a *app) listLicences(b *bill.Bill) error {
	l := newListing(a.out)
	l.row("COMPONENT", "VERSION", "LICENCE", "FROM")
	unknown := 0
	for _, c := range b.Licensed() {
		if !c.Licence.Known() {
			unknown++
		}
		l.row(c.Name, c.Version, licenceText(&c.Licence), c.Licence.From)
	}
	if unknown > 0 {
		a.console.Infof("%6d without a known licence", unknown)
	}
	return l.flush()
}
