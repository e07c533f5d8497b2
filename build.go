package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/gobuild"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) buildCommand() *cobra.Command {
	var flags generateFlags
	var output, platform, dist string
	c := &cobra.Command{
		Use:   "build [DIR|SCRIPT]",
		Short: "Generate, then go build",
		Long: `Build generates the Go package in DIR, by default the current directory, as "oxgen generate"
does, for one platform, and then has the go command build it:

  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w"

A program with link = "static" is built with cgo, by the C compiler of "go env CC".

The executable gets the name of the program, in the current directory.

With --target all, the package is generated once for all targets of the configuration, or
without any for all that there are, and built for each, several at once; the executables are
called NAME-GOOS-GOARCH. With --dist DIR they go into archives there, NAME_VERSION_GOOS_GOARCH,
each with the bill of materials of its executable, and a list of the archives' checksums; the
version is that of the embedded distribution of the program's name, if there is one.

With a SCRIPT, a file that ends in .py or whose first line names python, no project is
needed: the script is the program. Its inline metadata (PEP 723) may have dependencies,
and a table [tool.oxgen] with the keys of oxgen.toml.`,
		Example: `  oxgen build                         # ./NAME
  oxgen build -o bin/                 # bin/NAME
  oxgen build hello -o /tmp/app
  oxgen build tool.py                 # ./tool
  oxgen build --target linux/arm64    # for another platform
  oxgen build --target all -o bin/    # bin/NAME-linux-amd64 …
  oxgen build --dist dist/            # archives for all targets`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeProject,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			t := target.Environment()
			all := platform == allTargets || platform == "" && dist != ""
			if platform != "" && !all {
				list, err := parseTargets([]string{platform})
				if err != nil {
					return err
				}
				t = list[0]
			}
			if _, err := flags.parse(c); err != nil {
				return err
			}
			conf, dir, err := a.configOf(c.Context(), dirArgument(args))
			if err != nil {
				return err
			}
			if all || dist != "" {
				targets := []target.Target{t}
				if all {
					if targets, err = targetsOf(conf); err != nil {
						return err
					}
				}
				return a.buildSeveral(c, dir, conf, &flags, targets, buildOutput{dir: output, dist: dist})
			}
			tell := a.console.Infof
			if conf.Root != "" { // nobody wants to know what lies in the cache
				tell = a.console.Detailf
			}
			out, err := a.generateFor(c, conf, &flags, t, tell)
			if err != nil {
				return err
			}
			file := outputFile(output, out.Config.Name, t)
			if err := a.goBuild(c, dir, out, t, file); err != nil {
				return err
			}
			a.console.Infof("%s: built", file)
			return nil
		}),
	}
	flags.register(c)
	c.Flags().StringVarP(&output, "output", "o", "", "the executable; a `FILE` that ends in / or is a directory is where to put it")
	c.Flags().StringVar(&platform, "target", "", "platform `GOOS/GOARCH`, or all (default: that of the go command)")
	c.Flags().StringVar(&dist, "dist", "", "write archives with checksums and bills of materials to `DIR`, for all targets unless --target names one")
	completeTargets(c)
	return c
}

// generateFor generates and writes the package for one platform, and has tell say so. When the configuration names targets, the platform is
// one of them, and the package stays one for all.
func (a *app) generateFor(c *cobra.Command, conf *config.Config, flags *generateFlags, t target.Target, tell func(string, ...any)) (*gen.Output, error) {
	flags.targets = []string{t.String()}
	if len(conf.Targets) > 0 && conf.Root == "" {
		flags.targets = conf.Targets
		targets, err := parseTargets(conf.Targets)
		if err == nil && !slices.Contains(targets, t) {
			return nil, diag.Errorf(conf.File, "add "+t.String()+" to `targets`, or name one of them by --target",
				"target %s is none of those of the program, %s", t, strings.Join(conf.Targets, ", "))
		}
	}
	out, err := a.output(c, conf, flags)
	if err != nil {
		return nil, err
	}
	return out, a.commit(out, tell)
}

// targetsOf returns the targets of a configuration, or all that there are.
func targetsOf(conf *config.Config) ([]target.Target, error) {
	if len(conf.Targets) == 0 {
		return target.Known(), nil
	}
	return parseTargets(conf.Targets)
}

// outputFile returns the place of the executable. Output is what the user said, "" for nothing.
func outputFile(output, name string, t target.Target) string {
	if t.GOOS == "windows" {
		name += ".exe"
	}
	info, err := os.Stat(output)
	switch {
	case output == "":
		return name
	case os.IsPathSeparator(output[len(output)-1]), strings.HasSuffix(output, "/"), err == nil && info.IsDir():
		return filepath.Join(output, name)
	}
	return output
}

// goBuild builds what was generated in dir, and holds the executable to the limits of the configuration.
func (a *app) goBuild(c *cobra.Command, dir string, out *gen.Output, t target.Target, file string) error {
	return a.goBuildOver(c, dir, out, t, file, "")
}

// goBuildOver builds it with other files in the place of some, by an overlay of go build; "" is none.
func (a *app) goBuildOver(c *cobra.Command, dir string, out *gen.Output, t target.Target, file, overlay string) error {
	a.console.Progress("go build", 0, 0)
	a.console.Done() // what the go command says stands on lines of its own
	return goBuildTo(c.Context(), dir, out, t, file, overlay, a.console.Err)
}

// goBuildTo builds it with what the go command says going to stderr.
func goBuildTo(ctx context.Context, dir string, out *gen.Output, t target.Target, file, overlay string, stderr io.Writer) error {
	abs, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	own := origin()
	if err := gobuild.Build(ctx, gobuild.Options{
		Dir:     dir,
		Package: out.Config.Package,
		Output:  abs,
		Target:  t,
		Cgo:     out.Config.Link == config.Static,
		Overlay: overlay,
		Mend:    own.Mend(),
		Stderr:  stderr,
	}); err != nil {
		return err
	}
	return out.CheckExecutable(file, t)
}
