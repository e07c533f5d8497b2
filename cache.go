package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/dist"
)

func (a *app) cacheCommand() *cobra.Command {
	dir := &cobra.Command{
		Use:   "dir",
		Short: "Print the directory of the cache",
		Long:  `Dir prints the directory of the cache: $OXGEN_CACHE, or "oxgen" in the user's cache directory.`,
		Args:  cobra.NoArgs,
		RunE: a.action(func(*cobra.Command, []string) error {
			dir, err := dist.DefaultCacheDir()
			if err == nil {
				_, err = fmt.Fprintln(a.out, dir)
			}
			return err
		}),
	}
	clean := &cobra.Command{
		Use:   "clean",
		Short: "Empty the cache",
		Long: `Clean removes what oxgen keeps in its cache, and nothing else. It waits for other runs of
oxgen to end, and refuses a directory that oxgen did not make. Distributions come back
from Go's module cache.`,
		Args: cobra.NoArgs,
		RunE: a.action(func(c *cobra.Command, _ []string) error { return a.cleanCache(c) }),
	}
	return groupOf(&cobra.Command{
		Use:   "cache",
		Short: "Show or empty oxgen's cache",
		Long: `Cache is about the directory where oxgen keeps what it can make again: unpacked Python
distributions, bytecode, answers of interpreters, and the executables of "oxgen run".
What was not used for two weeks goes by itself, but for distributions and wheels, which
may need a network.`,
		Example: `  oxgen cache clean
  du -sh "$(oxgen cache dir)"`,
	}, dir, clean)
}

func (a *app) cleanCache(c *cobra.Command) error {
	dir, err := dist.DefaultCacheDir()
	if err != nil {
		return err
	}
	user, err := os.UserCacheDir()
	freed, err := cachedir.Clean(c.Context(), dir, cachedir.Options{
		Trusted: err == nil && dir == filepath.Join(user, "oxgen"),
		Waiting: func() { a.console.Infof("%s: waiting for another oxgen to end", dir) },
	})
	if err != nil {
		return err
	}
	for _, name := range freed.Kept {
		a.console.Infof("%s: not oxgen's, left alone", filepath.Join(dir, name))
	}
	a.console.Infof("%s: freed %s (%d files)", dir, size(freed.Bytes), freed.Files)
	return nil
}
