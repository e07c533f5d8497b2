package main

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/oxgen/oxgen/internal/pyexec"
)

//go:embed files.py
var filesScript []byte

const filesText = "What it costs calls on ordinary files that the functions of `os` and `io` also find the program's own " +
	"files (`virtual-files`): `open`, `os.open`, `os.stat`, `os.lstat`, `os.access`, `os.listdir`, `os.scandir` and functions " +
	"of `os.path` (`internal/benchmark/files.py`), timed by the program itself, in a program with and one without."

// newFiles compares calls on ordinary files in a program that has virtual files with those in one that has none.
func newFiles(ctx context.Context, w *workshop) (*benchmark, error) {
	_, with, err := w.scripted(ctx, "files", filesScript, "")
	if err != nil {
		return nil, err
	}
	_, without, err := w.scripted(ctx, "plain-files", filesScript, "virtual-files = false\n")
	if err != nil {
		return nil, err
	}
	const program, plain = "oxgen", "oxgen, `virtual-files = false`"
	return &benchmark{
		name:  "files",
		title: "Ordinary files",
		text:  filesText,
		contenders: []contender{
			{name: program, turn: w.filesTurn(with)},
			{name: plain, turn: w.filesTurn(without)},
		},
		rows: []row{
			{contender: plain, measure: wall},
			{contender: program, measure: wall, against: plain, goal: 1.05},
		},
	}, nil
}

// filesTurn returns a turn that runs the script and takes the time that it prints.
func (w *workshop) filesTurn(exe string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, out, err := w.measure(ctx, pyexec.Command{Path: exe})
		if err != nil {
			return nil, err
		}
		var took float64
		if _, err := fmt.Sscan(out, &took); err != nil {
			return nil, fmt.Errorf("files.py printed %q: %w", out, err)
		}
		s[wall] = took
		return s, nil
	}
}
