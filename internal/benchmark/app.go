package main

import (
	"context"
	_ "embed"
)

//go:embed app.py
var appScript []byte

const appText = "A program of the usual kind, from its start to its end: it parses its arguments, logs, reads a text with a regular expression in " +
	"a coroutine and prints JSON (`internal/benchmark/app.py`), for which some 140 modules are imported. The interpreter runs the same script, " +
	"with `.pyc` files for all of the standard library in the system's page cache."

// newApp compares a program of the usual kind with the same one run by the interpreter.
func newApp(ctx context.Context, w *workshop) (*benchmark, error) {
	script, exe, err := w.scripted(ctx, "app", appScript, "")
	if err != nil {
		return nil, err
	}
	const program, bare, isolated = "oxgen", "`python -I -S app.py`", "`python -I app.py`"
	b := &benchmark{
		name:  "app",
		title: "A program of 140 modules",
		text:  appText,
		contenders: []contender{
			{name: program, turn: w.turn(exe)},
			{name: bare, turn: w.turn(w.python, "-I", "-S", script)},
			{name: isolated, turn: w.turn(w.python, "-I", script)},
		},
	}
	goals := map[measure]float64{wall: 0.85}
	for _, m := range []measure{wall, cpu, peak} {
		b.rows = append(b.rows,
			row{contender: bare, measure: m},
			row{contender: isolated, measure: m, against: bare},
			row{contender: program, measure: m, against: bare},
			row{contender: program, measure: m, against: isolated, goal: goals[m]},
		)
	}
	return b, nil
}
