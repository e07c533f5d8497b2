package main

import (
	"fmt"
	"strings"

	"github.com/oxgen/oxgen/internal/markdown"
)

// A report is all that was measured in one run.
type report struct {
	machine machine
	results []*result
	data    string // name of the file of raw data, which lies beside the page
}

const intro = "This page is written by a program of the repository, `internal/benchmark`. To run it again, at the " +
	"root of a checkout:"

const command = "```sh\ngo run ./internal/benchmark -o docs/benchmarks.md\n```\n"

const needs = "It needs Go and nothing else, and some minutes in which the machine should have nothing else to do. " +
	"The values of every round are in [%[1]s](%[1]s)."

const method = "What is compared takes turns: in each round each of them runs once, in an order that is drawn anew (but " +
	"the same in every run), and a first round does not count. A value is the median of all rounds; half of the rounds " +
	"lie between the two quartiles. A ratio is that of two medians, below 1 where the first is faster or smaller; its " +
	"quartiles are those of the ratios within each round. CPU time is the sum over all processes, in the program and in " +
	"the kernel; peak memory is the largest resident set of any one process. 1 MB is 1,000,000 bytes. Executables are " +
	"built with `CGO_ENABLED=0`, `-trimpath` and `-ldflags \"-s -w\"`, and copied, as python is, since what a linker has just " +
	"written lies in the system's page cache in small pieces."

// page returns the report as a page in Markdown.
func (r *report) page() string {
	parts := []string{
		"# Benchmarks\n",
		markdown.Wrap(intro),
		command,
		markdown.Wrap(fmt.Sprintf(needs, r.data)),
		markdown.Wrap(method),
		markdown.Wrap(fmt.Sprintf("Measured on: %s. Go %s, CPython %s.", r.machine, r.machine.Go, r.machine.Python)),
	}
	for _, one := range r.results {
		parts = append(parts, one.section())
	}
	return strings.Join(parts, "\n")
}

// section returns a benchmark with its table.
func (r *result) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\nRounds: %d.\n\n", r.benchmark.title, markdown.Wrap(r.benchmark.text), r.rounds)
	b.WriteString("| what | measure | median | quartiles | compared with | ratio | quartiles | goal | met |\n")
	b.WriteString("|---|---|--:|--:|---|--:|--:|--:|---|\n")
	for _, row := range r.benchmark.rows {
		if cells := r.cells(row); cells != nil {
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String()
}

// cells returns a line of the table, nil if the row was not measured.
func (r *result) cells(row row) []string {
	values := r.values(row.contender, row.measure)
	if values == nil {
		return nil
	}
	unit := unitOf(row.measure)
	s := spreadOf(values)
	cells := []string{row.contender, string(row.measure), quantity(s.Median, unit), between(s, unit), "", "", "", "", ""}
	compared := s.Median
	if row.against != "" {
		against := r.values(row.against, row.measure)
		if against == nil {
			return cells
		}
		unit = ""
		q := ratio(values, against)
		compared = q.Median
		cells[4], cells[5], cells[6] = row.against, quantity(q.Median, unit), between(q, unit)
	}
	if row.goal > 0 {
		cells[7], cells[8] = "≤ "+goal(row.goal, unit), "no"
		if compared <= row.goal {
			cells[8] = "yes"
		}
	}
	return cells
}

// A scale is how values of some size are written.
type scale struct {
	factor float64
	digits int
	suffix string
}

// scaleOf returns the scale for values up to v; "" is the unit of ratios.
func scaleOf(v float64, unit string) scale {
	switch {
	case unit == "":
		return scale{1, 2, ""}
	case unit == unitBytes:
		return scale{1e-6, 1, " MB"}
	case v < 1:
		return scale{1e3, 1, " ms"}
	}
	return scale{1, 2, " s"}
}

func quantity(v float64, unit string) string {
	s := scaleOf(v, unit)
	return fmt.Sprintf("%.*f%s", s.digits, v*s.factor, s.suffix)
}

// between returns the two quartiles.
func between(q spread, unit string) string {
	s := scaleOf(q.High, unit)
	return fmt.Sprintf("%.*f–%.*f%s", s.digits, q.Low*s.factor, s.digits, q.High*s.factor, s.suffix)
}

// goal returns a goal as it was set, without digits that say nothing.
func goal(v float64, unit string) string {
	switch unit {
	case "":
		return fmt.Sprint(v)
	case unitBytes:
		return fmt.Sprint(v/1e6) + " MB"
	}
	return fmt.Sprint(v) + " s"
}
