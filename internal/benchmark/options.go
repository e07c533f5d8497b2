package main

import (
	"context"
	"fmt"
)

// lazyModules are those of the program's modules that it imports and does not use.
const lazyModules = `"asyncio.format_helpers", "asyncio.sslproto", "asyncio.staggered", "asyncio.trsock", "compression.zstd", "email.header", ` +
	`"email.parser", "hashlib", "ipaddress", "lzma"`

const optionsText = "The program of the benchmark before, with less in its bytecode: without docstrings and assert statements (`optimize = 2`), " +
	"and without the columns of its instructions too (`debug-ranges = false`); without sources besides, which it does not read; and with the ten " +
	"of its 140 modules that it does not use loaded when they are used (`lazy`)."

// newOptions compares programs whose modules are stored or loaded in other ways.
func newOptions(ctx context.Context, w *workshop) (*benchmark, error) {
	const plain = "nothing said"
	b := &benchmark{name: "options", title: "Options of modules", text: optionsText}
	var names []string
	for i, p := range []struct{ name, lines string }{
		{plain, ""},
		{"`optimize = 2`", "optimize = 2\n"},
		{"`optimize = 2`, no columns", "optimize = 2\ndebug-ranges = false\n"},
		{"`optimize = 2`, no columns, no sources", "optimize = 2\ndebug-ranges = false\ninclude-source = false\n"},
		{"`lazy`", "lazy = [" + lazyModules + "]\n"},
	} {
		_, exe, err := w.scripted(ctx, fmt.Sprintf("options-%d", i), appScript, p.lines)
		if err != nil {
			return nil, err
		}
		b.contenders = append(b.contenders, contender{name: p.name, turn: w.sizedTurn(exe, exe)})
		names = append(names, p.name)
	}
	for _, m := range []measure{wall, cpu, peak, size} {
		b.rows = append(b.rows, row{contender: plain, measure: m})
		for _, name := range names[1:] {
			b.rows = append(b.rows, row{contender: name, measure: m, against: plain})
		}
	}
	return b, nil
}
