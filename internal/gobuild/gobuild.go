// Package gobuild runs go build.
package gobuild

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

// Options say what to build.
type Options struct {
	Dir    string // directory of the main package
	Output string // the executable, absolute
	Target target.Target
	Stderr io.Writer // gets what the go command says
}

// Build builds the main package in a directory, without build paths and symbol tables. The caller's environment is the
// go command's, but for the target.
func Build(ctx context.Context, o Options) error {
	env := append(pyexec.Environ("GOOS", "GOARCH"), "GOOS="+o.Target.GOOS, "GOARCH="+o.Target.GOARCH)
	status, err := pyexec.RunAttached(ctx, pyexec.Command{
		Path: "go",
		Args: []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", o.Output, "."},
		Dir:  o.Dir,
		Env:  env,
	}, o.Stderr, o.Stderr)
	if err != nil {
		return diag.Errorf("", "install Go and put it in PATH", "running go build: %w", err)
	}
	if status != 0 {
		return diag.Errorf(o.Dir, "", "go build: %w", errors.New("exit status "+strconv.Itoa(status)))
	}
	return nil
}
