package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oxgen/oxgen/internal/markdown"
)

// A report is all that came of a run.
type report struct {
	python  string // version
	suite   string
	options string // of the command line, as far as page and outcomes depend on them, with a space before each
	called  bool   // the executable was started as python is
	modules []*module
}

const intro = "This page is written by a program of the repository, `internal/conformance`, which runs CPython's own " +
	"regression tests twice: by an executable that oxgen built, with the standard library and the tests in it, and by the " +
	"interpreter of the same distribution, with the same files on disk. To run it again, at the root of a checkout:"

const command = "```sh\ngo run ./internal/conformance%s\n```\n"

const method = "Both contenders run the same driver (`internal/conformance/driver.py`), each test module in a process and " +
	"a directory of its own, with the options of the command `python` and no resources that regrtest would have to be asked " +
	"for (the network, much time or disk, a screen). A test is passed if it does what is expected of it; skipped tests are not " +
	"passed. A test differs if python passes it and the frozen program does not%s."

// page returns the report as a page in Markdown.
func (r *report) page(reasons []reason) string {
	rounds := 1
	for _, m := range r.modules {
		rounds = max(rounds, m.rounds)
	}
	times := ""
	if rounds > 1 {
		times = fmt.Sprintf(", in each of %d rounds", rounds)
	}
	parts := []string{
		"# Conformance\n",
		markdown.Wrap(intro),
		fmt.Sprintf(command, r.options),
		markdown.Wrap(fmt.Sprintf(method, times)),
		markdown.Wrap(fmt.Sprintf("CPython %s. The tests are those of %s.", r.python, r.suite) + r.calling()),
		r.table(),
	}
	if section := r.section(reasons); section != "" {
		parts = append(parts, section)
	}
	return strings.Join(parts, "\n")
}

func (r *report) calling() string {
	if !r.called {
		return ""
	}
	return " The executable is called python and runs the driver by `-m`, as the interpreter does."
}

// table returns a line for each module and one for all.
func (r *report) table() string {
	var b strings.Builder
	b.WriteString("| module | tests | passed by python | passed frozen | differ |\n|---|--:|--:|--:|--:|\n")
	var sum [4]int
	for _, m := range r.modules {
		row := m.numbers()
		for i, n := range row {
			sum[i] += n
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", m.name, row[0], row[1], row[2], row[3])
	}
	fmt.Fprintf(&b, "| **%d modules** | %d | %d | %d | %d |\n", len(r.modules), sum[0], sum[1], sum[2], sum[3])
	return b.String()
}

// numbers returns a line of the table: tests, passed by python, passed frozen, different ones.
func (m *module) numbers() [4]int {
	tests, python := m.python.count()
	_, frozen := m.frozen.count()
	return [4]int{tests, python, frozen, len(m.differ)}
}

// section returns the list of the tests that differ, "" if none does.
func (r *report) section(reasons []reason) string {
	var b strings.Builder
	total, known := 0, 0
	for _, m := range r.modules {
		for _, line := range lines(m.differ) {
			text := why(reasons, line.test)
			total += line.tests
			if text != unexplained {
				known += line.tests
			}
			name := "`" + line.test + "`"
			if line.tests > 1 {
				name += fmt.Sprintf(" (%d tests)", line.tests)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(name), line.verdict, cell(text), cell(line.reason))
		}
	}
	if total == 0 {
		return ""
	}
	head := markdown.Wrap(fmt.Sprintf("%d tests differ, %d of them for a known reason.", total, known))
	return "## What differs\n\n" + head + "\n| test | frozen | why | what it says |\n|---|---|---|---|\n" + b.String()
}

// A line is a test that differs, or a class or module none of whose tests were run.
type line struct {
	difference
	tests int
}

// lines returns the differences with the tests of a class or module that was not run joined.
func lines(all []difference) []line {
	var joined []line
	for _, d := range all {
		last := len(joined) - 1
		if d.owner != "" && last >= 0 && joined[last].owner == d.owner {
			joined[last].tests++
			joined[last].test = d.owner
			continue
		}
		joined = append(joined, line{d, 1})
	}
	return joined
}

// cell returns a text for a cell of a table: in one line, with what means something to Markdown escaped.
func cell(text string) string {
	const longest = 160
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > longest {
		text = string([]rune(text)[:longest-1]) + "…"
	}
	return strings.NewReplacer("|", "\\|", "<", "&lt;", ">", "&gt;").Replace(text)
}
