package main

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/oxgen/oxgen/internal/pyexec"
)

//go:embed overhead.py
var overheadScript []byte

const overheadText = "What the importer adds to unmarshalling: all modules at the top of the standard library, some 180, found and loaded by its `find_spec` and " +
	"`get_code`, and the same code by `marshal.loads` alone, five times in one process after one that is not counted " +
	"(`internal/benchmark/overhead.py`). Nothing is run. The times are those of one pass."

// newOverhead compares finding and loading modules with unmarshalling their code.
func newOverhead(ctx context.Context, w *workshop) (*benchmark, error) {
	script, exe, err := w.scripted(ctx, "overhead", overheadScript, "")
	if err != nil {
		return nil, err
	}
	const load, unmarshal = "`find_spec` and `get_code`", "`marshal.loads`"
	const python = "the same by `sys.path`, warm `.pyc`"
	return &benchmark{
		name:  "overhead",
		title: "What the importer takes",
		text:  overheadText,
		contenders: []contender{
			{name: unmarshal, turn: w.overheadTurn("unmarshal", exe)},
			{name: load, turn: w.overheadTurn("load", exe)},
			{name: python, turn: w.overheadTurn("load", w.python, "-I", "-S", script)},
		},
		rows: []row{
			{contender: unmarshal, measure: wall},
			{contender: load, measure: wall, against: unmarshal},
			{contender: python, measure: wall, against: unmarshal},
			{contender: unmarshal, measure: cpu},
			{contender: load, measure: cpu, against: unmarshal},
		},
	}, nil
}

// overheadTurn returns a turn that runs the script and takes the times that it prints.
func (w *workshop) overheadTurn(work, path string, args ...string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		_, out, err := w.measure(ctx, pyexec.Command{Path: path, Args: append(args[:len(args):len(args)], work)})
		if err != nil {
			return nil, err
		}
		var s, c float64
		var modules int
		if _, err := fmt.Sscan(out, &s, &c, &modules); err != nil {
			return nil, fmt.Errorf("overhead.py printed %q: %w", out, err)
		}
		return sample{wall: s, cpu: c}, nil
	}
}
