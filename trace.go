package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/tracefile"
)

func (a *app) traceCommand() *cobra.Command {
	var flags generateFlags
	var output string
	c := &cobra.Command{
		Use:   "trace [DIR] [-- ARGS...]",
		Short: "Run the program and note which modules it uses",
		Long: `Trace builds a variant of the program in DIR, by default the current directory, that has all
modules and notes which of them it uses; runs it with ARGS, as "oxgen run" does; and adds
the notes to the file oxgen.trace.toml beside the configuration. What the file lists is in
the program when the configuration leaves out what is not used (stdlib, packages). Child
processes of the program are traced too. Run it several times, so that all parts of the
program are used once.

The variant is kept in oxgen's cache. No other program notes anything.`,
		Example: `  oxgen trace -- --help
  oxgen trace hello -- serve --once`,
		Args: func(c *cobra.Command, args []string) error {
			dirs, _ := splitAtDash(c, args)
			return cobra.MaximumNArgs(1)(c, dirs)
		},
		ValidArgsFunction: completeDir,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			dirs, rest := splitAtDash(c, args)
			return a.trace(c, dirArgument(dirs), &flags, output, rest)
		}),
	}
	flags.register(c)
	c.Flags().StringVarP(&output, "output", "o", "", "the `FILE` to add to (default: the first of the key trace, then oxgen.trace.toml)")
	return c
}

func (a *app) trace(c *cobra.Command, dir string, flags *generateFlags, output string, args []string) error {
	t := target.Host()
	conf, err := flags.load(c, dir)
	if err != nil {
		return err
	}
	out, err := a.generateFor(c, conf, flags, t, a.console.Detailf)
	if err != nil {
		return err
	}
	file, err := a.runFile(c.Context(), dir, outputFile("", out.Config.Name, t))
	if err != nil {
		return err
	}
	place := filepath.Join(filepath.Dir(file), "trace")
	if err := os.MkdirAll(place, 0o777); err != nil {
		return diag.Errorf(place, "set OXGEN_CACHE to another directory", "making a place for the traced program: %w", err)
	}
	notes := filepath.Join(place, "notes")
	overlay, err := a.traced(c, flags, out.Config, place, notes)
	if err != nil {
		return err
	}
	file = filepath.Join(place, filepath.Base(file))
	if err := a.goBuildOver(c, dir, out, t, file, overlay); err != nil {
		return err
	}
	a.releaseCache()
	a.status, err = pyexec.RunAttached(c.Context(), pyexec.Command{Path: file, Args: args, Env: os.Environ(), Stdin: a.in}, a.out, a.console.Err)
	if err != nil {
		return diag.Errorf(file, "if the file system is mounted noexec, set OXGEN_CACHE to a directory on another one", "running the program: %w", err)
	}
	return a.keepTrace(out.Config, output, notes)
}

// traced generates the variant that notes what it uses, into place, and returns the overlay that has go build take it.
func (a *app) traced(c *cobra.Command, flags *generateFlags, conf *config.Config, place, notes string) (string, error) {
	opts, err := a.options(c, conf, flags)
	if err != nil {
		return "", err
	}
	defer a.console.Done()
	opts.Config.Stdlib, opts.Config.Packages = config.All, config.All
	opts.Trace = notes
	opts.Warn = nil // the plain program has said it all
	out, err := gen.Generate(c.Context(), opts)
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(out.Dir())
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for _, f := range out.Files {
		if f.Same(filepath.Join(abs, f.Name)) {
			continue
		}
		name := filepath.Join(place, f.Name)
		data, err := f.Bytes()
		if err != nil {
			return "", err
		}
		if err := atomicfile.Write(name, data, 0o666); err != nil {
			return "", err
		}
		replace[filepath.Join(abs, f.Name)] = name
	}
	text, err := json.Marshal(map[string]any{"Replace": replace}) // with sorted keys
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(place, "overlay.json")
	return overlay, atomicfile.Write(overlay, text, 0o666)
}

// keepTrace adds what was noted to the trace file.
func (a *app) keepTrace(conf *config.Config, output, notes string) error {
	file := output
	if file == "" {
		name := config.DefaultTrace
		if len(conf.Trace) > 0 {
			name = conf.Trace[0]
		}
		if file = filepath.FromSlash(name); !filepath.IsAbs(file) {
			file = filepath.Join(conf.Dir, file)
		}
	}
	text, err := os.ReadFile(notes)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	used := tracefile.ParseNotes(text)
	found := len(used.Modules)
	old, err := tracefile.Read(file, file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known := 0
	if old != nil {
		known = len(old.Modules)
		used.Merge(old)
	}
	if err := atomicfile.Write(file, used.Format(), 0o666); err != nil {
		return err
	}
	if err := os.Remove(notes); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	a.console.Infof("%s: %d modules used, %d of them new", file, found, len(used.Modules)-known)
	return nil
}
