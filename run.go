package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) runCommand() *cobra.Command {
	var flags generateFlags
	c := &cobra.Command{
		Use:   "run [DIR] [-- ARGS...]",
		Short: "Build the program and run it",
		Long: `Run builds the program in DIR, by default the current directory, and runs it with ARGS.
The exit status is the program's; signals are passed on to it. The executable is kept
in oxgen's cache, so that the next run starts at once.`,
		Example: `  oxgen run
  oxgen run ./hello -- --name World`,
		Args: usageArgs(func(c *cobra.Command, args []string) error {
			if at := c.ArgsLenAtDash(); at >= 0 {
				args = args[:at]
			}
			return cobra.MaximumNArgs(1)(c, args)
		}),
		RunE: func(c *cobra.Command, args []string) error {
			dirs, rest := args, []string(nil)
			if at := c.ArgsLenAtDash(); at >= 0 {
				dirs, rest = args[:at], args[at:]
			}
			return a.run(c, dirArgument(dirs), &flags, rest)
		},
	}
	flags.register(c)
	return c
}

func (a *app) run(c *cobra.Command, dir string, flags *generateFlags, args []string) error {
	file, err := a.runFile(dir)
	if err != nil {
		return err
	}
	flags.targets = []string{target.Host().String()}
	if _, err := a.build(c, dir, flags, file); err != nil {
		return err
	}
	a.status, err = pyexec.RunAttached(c.Context(), pyexec.Command{
		Path:  file,
		Args:  args,
		Env:   os.Environ(),
		Stdin: a.in,
	}, a.out, a.err)
	if err != nil {
		return diag.Errorf(file, "", "running the program: %w", err)
	}
	return nil
}

// runFile returns the place of the executable for the program in dir: one for each directory, below oxgen's cache.
func (a *app) runFile(dir string) (string, error) {
	store, err := a.store()
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(store.CacheDir, "run", digest(abs), filepath.Base(abs)), nil
}

// digest returns a short name that stands for s.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
