package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/gobuild"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) buildCommand() *cobra.Command {
	var flags generateFlags
	var output, platform string
	c := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Generate, then go build",
		Long: `Build generates the Go package as "oxgen generate" does and then runs

  go build -trimpath -ldflags "-s -w"

in DIR, by default the current directory.`,
		Example: `  oxgen build                  # ./NAME
  oxgen build -o bin/app       # another file
  oxgen build --target linux/arm64`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if platform != "" {
				flags.targets = []string{platform}
			}
			file, err := a.build(c, dirArgument(args), &flags, output)
			if err == nil {
				a.console.Infof("%s: built", file)
			}
			return err
		},
	}
	flags.register(c)
	c.Flags().StringVarP(&output, "output", "o", "", "the executable (default: the program's name, in the current directory)")
	c.Flags().StringVar(&platform, "target", "", "platform GOOS/GOARCH (default: that of go env)")
	return c
}

// build generates and builds in dir and returns the path of the executable: output, or the program's name in the current
// directory.
func (a *app) build(c *cobra.Command, dir string, flags *generateFlags, output string) (string, error) {
	t := target.Environment()
	if len(flags.targets) > 0 {
		var err error
		if t, err = target.Parse(flags.targets[0]); err != nil {
			return "", usageError{err}
		}
	}
	flags.targets = []string{t.String()}
	out, err := a.output(c, dir, flags)
	if err != nil {
		return "", err
	}
	changed, err := out.Commit()
	if err != nil {
		return "", err
	}
	a.report(out, changed)
	if output == "" {
		output = out.Config.Name
		if t.GOOS == "windows" {
			output += ".exe"
		}
	}
	if output, err = filepath.Abs(output); err != nil {
		return "", err
	}
	a.console.Progress("go build", 0, 1)
	defer a.console.Done()
	return output, gobuild.Build(c.Context(), gobuild.Options{Dir: dir, Output: output, Target: t, Stderr: a.err})
}
