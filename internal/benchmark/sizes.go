package main

import "context"

const sizesText = "The same program with the whole standard library, with what it uses of it (`stdlib = \"used\"`), with less " +
	"of that (`include-source = false`, `optimize = 2`, `debug-ranges = false`), and with `compact = true`, which is unpacked at every start."

// newSizes compares how large executables are, and what small ones cost.
func newSizes(ctx context.Context, w *workshop) (*benchmark, error) {
	const whole, used, compact = "whole standard library", "`stdlib = \"used\"`", "`stdlib = \"used\"`, `compact`"
	const bare = "`stdlib = \"used\"`, code alone"
	b := &benchmark{name: "sizes", title: "Sizes", text: sizesText}
	for _, p := range []struct{ name, dir, lines string }{
		{whole, "size-whole", ""},
		{used, "size-used", "stdlib = \"used\"\n"},
		{bare, "size-bare", "stdlib = \"used\"\ninclude-source = false\noptimize = 2\ndebug-ranges = false\n"},
		{compact, "size-compact", "stdlib = \"used\"\ncompact = true\n"},
	} {
		exe, err := w.program(ctx, p.dir, peerLine, p.lines)
		if err != nil {
			return nil, err
		}
		b.contenders = append(b.contenders, contender{name: p.name, turn: w.sizedTurn(exe, exe)})
	}
	b.rows = []row{
		{contender: whole, measure: size, goal: 40e6},
		{contender: used, measure: size, goal: 25e6},
		{contender: bare, measure: size},
		{contender: compact, measure: size, goal: 13e6},
		{contender: whole, measure: wall},
		{contender: used, measure: wall, against: whole},
		{contender: compact, measure: wall, against: whole},
		{contender: whole, measure: peak},
		{contender: compact, measure: peak, against: whole},
	}
	return b, nil
}
