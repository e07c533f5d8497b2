package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) runCommand() *cobra.Command {
	var flags generateFlags
	c := &cobra.Command{
		Use:   "run [DIR|SCRIPT] [-- ARGS...]",
		Short: "Build the program and run it",
		Long: `Run builds the program in DIR, by default the current directory, or that of a SCRIPT, as
"oxgen build" does, and runs it with ARGS. The program gets standard input, output and
error as they are, and signals are passed on. The exit status is the program's; 128 + N
when signal N ended it.

The executable is kept in oxgen's cache, where "oxgen cache clean" removes it.`,
		Example: `  oxgen run
  oxgen run hello -- --name World
  oxgen run tool.py -- --help`,
		Args: func(c *cobra.Command, args []string) error {
			dirs, _ := splitAtDash(c, args)
			if len(dirs) > 1 {
				return diag.Errorf("", fmt.Sprintf("arguments of the program come after --: `%s %s -- %s`", c.CommandPath(), dirs[0], strings.Join(args[1:], " ")),
					"one directory or script can be run, and there are %d arguments", len(dirs))
			}
			return nil
		},
		ValidArgsFunction: completeProject,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			dirs, rest := splitAtDash(c, args)
			return a.run(c, dirArgument(dirs), &flags, rest)
		}),
	}
	flags.register(c)
	return c
}

// splitAtDash returns the arguments before and behind "--".
func splitAtDash(c *cobra.Command, args []string) (before, behind []string) {
	if at := c.ArgsLenAtDash(); at >= 0 {
		return args[:at], args[at:]
	}
	return args, nil
}

func (a *app) run(c *cobra.Command, place string, flags *generateFlags, args []string) error {
	if _, err := flags.parse(c); err != nil {
		return err
	}
	t := target.Host()
	conf, dir, err := a.configOf(c.Context(), place)
	if err != nil {
		return err
	}
	out, err := a.generateFor(c, conf, flags, t, a.console.Detailf) // what follows is the program's to say
	if err != nil {
		return err
	}
	file, err := a.runFile(c.Context(), dir, outputFile("", out.Config.Name, t))
	if err != nil {
		return err
	}
	if err := a.goBuild(c, dir, out, t, file); err != nil {
		return err
	}
	a.releaseCache() // the program may run for long; that its file is removed meanwhile does not hurt it
	a.status, err = pyexec.RunAttached(c.Context(), pyexec.Command{
		Path:  file,
		Args:  args,
		Env:   os.Environ(),
		Stdin: a.in,
	}, a.out, a.console.Err)
	if err != nil {
		return diag.Errorf(file, "if the file system is mounted noexec, set OXGEN_CACHE to a directory on another one",
			"running the program: %w", err)
	}
	return nil
}

// runFile returns the place of the executable of the program in dir: one for each directory, below oxgen's cache.
func (a *app) runFile(ctx context.Context, dir, name string) (string, error) {
	store, err := a.store(ctx)
	if err != nil {
		return "", err
	}
	place, err := cachePlace(filepath.Join(store.CacheDir, "run"), dir)
	return filepath.Join(place, name), err
}

// cachePlace returns the directory below an entry of the cache for a file or directory of the user's, and notes that it is in use.
func cachePlace(entry, path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(abs))
	place := filepath.Join(entry, hex.EncodeToString(sum[:8]))
	cachedir.Touch(place)
	return place, nil
}
