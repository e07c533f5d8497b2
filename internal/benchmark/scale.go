package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/oxgen/oxgen/internal/pyexec"
)

const scaleText = "The same program alone, and with %d copies of the standard library as packages of its own and %d MB of data. " +
	"Neither has anything to do with the rest."

// dataPerCopy is how much data comes with a copy of the standard library, in files of 1 MB, so that 32 of them are 20,000 modules and 500 MB.
const dataPerCopy = 16

// newScale compares the starts of a small and a large program.
func newScale(ctx context.Context, w *workshop) (*benchmark, error) {
	w = w.apart()
	small, err := w.program(ctx, "scale-small", peerLine, "")
	if err != nil {
		return nil, err
	}
	dir, err := w.scaled(ctx, w.scale)
	if err != nil {
		return nil, err
	}
	large, err := w.executable(ctx, dir)
	if err != nil {
		return nil, err
	}
	const alone, much = "alone", "with much else"
	return &benchmark{
		name:  "scale",
		title: "Start of a large program",
		text:  fmt.Sprintf(scaleText, w.scale, w.scale*dataPerCopy),
		contenders: []contender{
			{name: alone, turn: w.sizedTurn(small, small)},
			{name: much, turn: w.sizedTurn(large, large)},
		},
		rows: []row{
			{contender: alone, measure: wall},
			{contender: much, measure: wall, against: alone, goal: 1.03},
			{contender: much, measure: cpu, against: alone},
			{contender: much, measure: peak, against: alone},
			{contender: alone, measure: size},
			{contender: much, measure: size},
		},
	}, nil
}

const largeText = "`oxgen generate --force`, with all bytecode in the cache, and `go build` after one line has changed, of the project of the " +
	"benchmark before and of one with half as much in it. The disk has written what was made before."

// newLarge compares what it takes to make a large program and one of half the size.
func newLarge(ctx context.Context, w *workshop) (*benchmark, error) {
	w = w.apart()
	half, err := w.scaled(ctx, max(w.scale/2, 1))
	if err != nil {
		return nil, err
	}
	whole, err := w.scaled(ctx, w.scale)
	if err != nil {
		return nil, err
	}
	const generateHalf, generateWhole = "oxgen generate --force, half", "oxgen generate --force"
	const buildHalf, buildWhole = "go build, half", "go build"
	return &benchmark{
		name:  "large",
		title: "Making a large program",
		text:  largeText,
		contenders: []contender{
			{name: generateHalf, before: flush, turn: w.generateTurn(half, w.path("cache"), "--force")},
			{name: generateWhole, before: flush, turn: w.generateTurn(whole, w.path("cache"), "--force")},
			{name: buildHalf, before: w.changing(half), turn: w.goBuildTurn(half)},
			{name: buildWhole, before: w.changing(whole), turn: w.goBuildTurn(whole)},
		},
		rows: []row{
			{contender: generateHalf, measure: wall},
			{contender: generateWhole, measure: wall, against: generateHalf, goal: 2.1},
			{contender: buildHalf, measure: wall},
			{contender: buildWhole, measure: wall, against: buildHalf, goal: 2.1},
			{contender: generateHalf, measure: peak},
			{contender: generateWhole, measure: peak, goal: 1.07e9}, // a gibibyte
			{contender: buildWhole, measure: peak},
		},
	}, nil
}

// scaled makes a project that is large by copies of the standard library, if it was not made before, and returns its directory.
func (w *workshop) scaled(ctx context.Context, copies int) (string, error) {
	name := "scale-" + strconv.Itoa(copies)
	if _, err := os.Stat(w.path(name)); err == nil {
		return w.path(name), nil
	}
	dir, err := w.project(ctx, name, "--run-command", peerLine)
	if err != nil {
		return "", err
	}
	sources := filepath.Join(dir, "src")
	if err := copyLibrary(sources, w.lib, copies); err != nil {
		return "", err
	}
	data := filepath.Join(sources, "data")
	if err := os.Mkdir(data, 0o755); err != nil {
		return "", err
	}
	random := rand.NewChaCha8([32]byte{seed & 0xff})
	piece := make([]byte, 1e6)
	for i := range copies * dataPerCopy {
		_, _ = random.Read(piece) // never fails
		if err := os.WriteFile(filepath.Join(data, strconv.Itoa(i)+".bin"), piece, 0o644); err != nil {
			return "", err
		}
	}
	return dir, configure(dir, "sources = [\"src\"]\n")
}

// copyLibrary copies the standard library in lib some times, as packages of different names.
func copyLibrary(to, lib string, copies int) error {
	for i := range copies {
		dir := filepath.Join(to, "copy"+strconv.Itoa(i))
		if err := copySources(dir, lib); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "__init__.py"), nil, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// changing returns a function that changes a line of a project, generates, and waits for the disk.
func (w *workshop) changing(dir string) func(context.Context) error {
	lines := 0
	return func(ctx context.Context) error {
		lines++
		line := bytes.Repeat([]byte("pass\n"), lines)
		if err := os.WriteFile(filepath.Join(dir, "src", "copy0", "__init__.py"), line, 0o644); err != nil {
			return err
		}
		if _, err := w.run(ctx, pyexec.Command{Path: w.oxgen, Args: []string{"--quiet", "generate", dir}}); err != nil {
			return err
		}
		return flush(ctx)
	}
}

// goBuildTurn returns a turn that builds the executable of a project.
func (w *workshop) goBuildTurn(dir string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, _, err := w.measure(ctx, pyexec.Command{
			Path: "go", Args: []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", builtName, "."}, Dir: dir,
		})
		return s, err
	}
}
