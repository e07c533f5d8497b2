package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func synthetic() *report {
	b := &benchmark{
		name: "race", title: "A race", text: "Who is faster.",
		rows: []row{
			{contender: "old", measure: wall},
			{contender: "new", measure: wall, against: "old", goal: 0.58}, // the median is above it, the quartiles below,
			{contender: "new", measure: wall, goal: 0.5},
			{contender: "new", measure: size, goal: 40e6},
			{contender: "new", measure: cpu, against: "old"},
			{contender: "old", measure: peak}, // not measured
		},
	}
	return &report{
		machine: machine{CPU: "Abacus", Cores: 2, Memory: 8 << 30, System: "linux/amd64", Go: "1.26.0", Python: "3.14.6"},
		data:    "benchmarks.json",
		results: []*result{{b, 3, []series{
			{"old", wall, "s", []float64{1, 0.8, 2}},
			{"new", wall, "s", []float64{0.6, 0.4, 1.000000049}},
			{"new", size, "B", []float64{37_593_353, 37_593_353, 37_593_353}},
			{"new", cpu, "s", []float64{1, 1, 1}},
		}}},
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	page := synthetic().page()
	want := `## A race

Who is faster.

Rounds: 3.

| what | measure | median | quartiles | compared with | ratio | quartiles | goal | met |
|---|---|--:|--:|---|--:|--:|--:|---|
| old | wall time | 1.00 s | 0.90–1.50 s |  |  |  |  |  |
| new | wall time | 600.0 ms | 500.0–800.0 ms | old | 0.60 | 0.50–0.55 | ≤ 0.58 | no |
| new | wall time | 600.0 ms | 500.0–800.0 ms |  |  |  | ≤ 0.5 s | no |
| new | size of the executable | 37.6 MB | 37.6–37.6 MB |  |  |  | ≤ 40 MB | yes |
| new | CPU time | 1.00 s | 1.00–1.00 s |  |  |  |  |  |
`
	_, section, _ := strings.Cut(page, "\n## ")
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split("## "+section, "\n")); diff != "" {
		t.Errorf("section (-want +got):\n%s", diff)
	}
	for _, text := range []string{
		"Measured on: Abacus, 2 cores, 8.0 GiB of memory, linux/amd64. Go 1.26.0, CPython 3.14.6.",
		"go run ./internal/benchmark -o docs/benchmarks.md", "[benchmarks.json](benchmarks.json)",
	} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	for line := range strings.Lines(page) {
		if len([]rune(line)) > 121 && !strings.HasPrefix(line, "|") {
			t.Errorf("a line is too long: %s", line)
		}
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	r := synthetic()
	data, err := r.raw()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Machine    machine
		Benchmarks []struct {
			Name   string
			Rounds int
			Series []series
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.machine, got.Machine); diff != "" {
		t.Errorf("machine (-want +got):\n%s", diff)
	}
	if len(got.Benchmarks) != 1 || got.Benchmarks[0].Name != "race" || got.Benchmarks[0].Rounds != 3 {
		t.Fatalf("benchmarks %+v", got.Benchmarks)
	}
	want := r.results[0].series
	want[1].Values = []float64{0.6, 0.4, 1} // to the microsecond
	if diff := cmp.Diff(want, got.Benchmarks[0].Series); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	const text = "processor\t: 0\nmodel name\t: Abacus: the second\nmodel\t\t: 1\nMemTotal:       1024 kB\n"
	for name, want := range map[string]string{
		"model name": "Abacus: the second", "model": "1", "MemTotal": "1024 kB", "name": "",
	} {
		if got := field(text, name); got != want {
			t.Errorf("field %q = %q, want %q", name, got, want)
		}
	}
}
