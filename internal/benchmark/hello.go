package main

import (
	"context"

	"github.com/oxgen/oxgen/internal/pyexec"
)

const helloText = "A program whose code is `pass`, from its start to its end, against the interpreter of the same " +
	"distribution that is told to do the same. `-I` ignores the environment and the user's directories, `-S` leaves the " +
	"module `site` out; the program does both. `fast-exit` leaves out what nobody sees of the end; python has no such thing, so it is " +
	"not what the goal is about."

// newHello compares the start and the end of an executable with those of the interpreter.
func newHello(ctx context.Context, w *workshop) (*benchmark, error) {
	exe, err := w.program(ctx, "hello", "pass", "")
	if err != nil {
		return nil, err
	}
	abrupt, err := w.program(ctx, "hello-fast-exit", "pass", "fast-exit = true\n")
	if err != nil {
		return nil, err
	}
	const program, fast, bare, isolated = "oxgen", "oxgen, `fast-exit`", "`python -I -S -c pass`", "`python -I -c pass`"
	return &benchmark{
		name:  "hello",
		title: "Start and end of a program",
		text:  helloText,
		contenders: []contender{
			{name: program, turn: w.turn(exe)},
			{name: fast, turn: w.turn(abrupt)},
			{name: bare, turn: w.turn(w.python, "-I", "-S", "-c", "pass")},
			{name: isolated, turn: w.turn(w.python, "-I", "-c", "pass")},
		},
		rows: []row{
			{contender: bare, measure: wall},
			{contender: isolated, measure: wall, against: bare},
			{contender: program, measure: wall, against: bare, goal: 1},
			{contender: fast, measure: wall, against: bare},
			{contender: program, measure: wall, against: isolated, goal: 1},
			{contender: bare, measure: cpu},
			{contender: isolated, measure: cpu, against: bare},
			{contender: program, measure: cpu, against: bare},
			{contender: program, measure: cpu, against: isolated},
			{contender: bare, measure: peak},
			{contender: isolated, measure: peak, against: bare},
			{contender: program, measure: peak, against: bare, goal: 1.38}, // 4 MiB more
			{contender: program, measure: peak, against: isolated},
		},
	}, nil
}

// turn returns a turn that runs a program.
func (w *workshop) turn(path string, args ...string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, _, err := w.measure(ctx, pyexec.Command{Path: path, Args: args})
		return s, err
	}
}
