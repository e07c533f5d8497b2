package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/pyexec"
)

const buildText = "One line of one Python file changes; then `oxgen generate` and `go build` make the new executable, " +
	"with Go's build cache as the build before left it. The executable holds libpython and the whole standard library."

// newBuild measures the way from a changed line to a new executable.
func newBuild(ctx context.Context, w *workshop) (*benchmark, error) {
	source := filepath.Join(w.path("build"), "src", "program.py")
	if err := os.MkdirAll(filepath.Dir(source), 0o755); err != nil {
		return nil, err
	}
	line := 0
	change := func(context.Context) error {
		line++
		return os.WriteFile(source, fmt.Appendf(nil, "def answer():\n    return %d\n\n\nanswer()\n", line), 0o644)
	}
	if err := change(ctx); err != nil {
		return nil, err
	}
	dir, err := w.project(ctx, "build", "--source", filepath.Dir(source), "--run-module", "program")
	if err != nil {
		return nil, err
	}
	const changed = "generate and build, one line changed"
	return &benchmark{
		name:       "build",
		title:      "Building",
		text:       buildText,
		contenders: []contender{{name: changed, before: change, turn: w.buildTurn(dir)}},
		rows: []row{
			{contender: changed, measure: wall, goal: 2},
			{contender: changed, measure: gobuild},
			{contender: changed, measure: cpu},
			{contender: changed, measure: peak},
			{contender: changed, measure: size, goal: 40e6},
		},
	}, nil
}

// builtName is the name of an executable in the directory of its project.
const builtName = "program"

// buildTurn returns a turn that generates and builds. Its times are the sums, its peak that of the larger one.
func (w *workshop) buildTurn(dir string) func(context.Context) (sample, error) {
	build := w.goBuildTurn(dir)
	return func(ctx context.Context) (sample, error) {
		s, _, err := w.measure(ctx, pyexec.Command{Path: w.oxgen, Args: []string{"--quiet", "generate", dir}})
		if err != nil {
			return nil, err
		}
		b, err := build(ctx)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(filepath.Join(dir, builtName))
		if err != nil {
			return nil, err
		}
		s[gobuild] = b[wall]
		s[wall] += b[wall]
		s[cpu] += b[cpu]
		s[peak] = max(s[peak], b[peak])
		s[size] = float64(info.Size())
		return s, nil
	}
}
