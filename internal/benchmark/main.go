// Benchmark measures oxgen against the Python interpreter and writes docs/benchmarks.md:
//
//	go run ./internal/benchmark [-o docs/benchmarks.md] [-iterations N] [-only NAME[,NAME…]]
//
// Beside the page it writes a file with the values of every round, named like the page with the ending .json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/pagewriter"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// An entry is a benchmark that can be chosen.
type entry struct {
	name   string
	rounds int // without -iterations
	make   func(context.Context, *workshop) (*benchmark, error)
}

// catalog returns the benchmarks in the order of the page.
func catalog() []entry {
	return []entry{
		{"hello", 40, newHello},
		{"engines", 30, newEngines},
		{"imports", 60, newImports},
		{"app", 30, newApp},
		{"options", 30, newOptions},
		{"overhead", 30, newOverhead},
		{"files", 30, newFiles},
		{"generate", 5, newGenerate},
		{"many", 5, newMany},
		{"build", 5, newBuild},
		{"scale", 30, newScale},
		{"large", 3, newLarge},
		{"sizes", 15, newSizes},
		{"peers", 15, newPeers},
	}
}

// listed returns a text with what describe says of each benchmark.
func listed(describe func(entry) string) string {
	var list []string
	for _, e := range catalog() {
		list = append(list, describe(e))
	}
	return strings.Join(list, ", ")
}

// options are those of the command line.
type options struct {
	output string
	rounds int // 0 is what each benchmark has
	copies int // of the standard library, of which the project of many modules is made
	scale  int // copies of it in a large program
	chosen []entry
}

// run runs the program and returns its exit status; see pagewriter.Run.
func run(args []string, stderr io.Writer) int {
	return pagewriter.Run("benchmark", args, stderr, parse)
}

// parse reads the command line. What is wrong with it is printed too.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.output, "o", filepath.Join("docs", "benchmarks.md"), "the page, a `FILE`")
	flags.IntVar(&o.rounds, "iterations", 0, "`N` rounds of each (default: "+listed(func(e entry) string { return fmt.Sprint(e.name, " ", e.rounds) })+")")
	flags.IntVar(&o.copies, "copies", 8, "`N` copies of the standard library are what many generates from; 8 are some 5,000 modules")
	flags.IntVar(&o.scale, "scale", 32, "`N` copies of the standard library and 16 MB of data for each are in a large program; 32 are some 20,000 modules")
	only := flags.String("only", "", "`NAMES` of the benchmarks to run, separated by commas (default: all)")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	err := o.choose(*only)
	switch {
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.rounds < 0:
		err = errors.New("-iterations must not be negative")
	}
	if err != nil {
		fmt.Fprintln(stderr, "benchmark:", err)
	}
	return o, err
}

// choose takes the benchmarks that are named, all for "", in the order of the catalog.
func (o *options) choose(names string) error {
	o.chosen = catalog()
	if names == "" {
		return nil
	}
	wanted := strings.Split(names, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(o.chosen, func(e entry) bool { return e.name == name }) {
			return fmt.Errorf("no benchmark %q: there are %s", name, listed(func(e entry) string { return e.name }))
		}
	}
	o.chosen = slices.DeleteFunc(o.chosen, func(e entry) bool { return !slices.Contains(wanted, e.name) })
	return nil
}

// Write runs the benchmarks and writes the page and the data.
func (o *options) Write(ctx context.Context, log io.Writer) error {
	if err := pagewriter.Check(o.output); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "oxgen-benchmark-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := o.measure(ctx, dir, log)
	if err != nil {
		return err
	}
	data := strings.TrimSuffix(o.output, filepath.Ext(o.output)) + ".json"
	r.data = filepath.Base(data)
	raw, err := r.raw()
	if err != nil {
		return err
	}
	if err := os.WriteFile(data, raw, 0o644); err != nil {
		return err
	}
	return os.WriteFile(o.output, []byte(r.page()), 0o644)
}

// measure runs the benchmarks in the scratch directory dir, which must be empty.
func (o *options) measure(ctx context.Context, dir string, log io.Writer) (*report, error) {
	w, err := newWorkshop(ctx, dir, log)
	if err != nil {
		return nil, err
	}
	w.copies, w.scale = o.copies, o.scale
	r := &report{}
	if r.machine, err = describe(ctx, w); err != nil {
		return nil, err
	}
	for _, e := range o.chosen {
		b, err := e.make(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		if b == nil { // it has said why
			continue
		}
		rounds := e.rounds
		if o.rounds > 0 {
			rounds = o.rounds
		}
		w.tell("%s: %d rounds", e.name, rounds)
		one, err := b.run(ctx, rounds)
		if err != nil {
			return nil, err
		}
		r.results = append(r.results, one)
	}
	return r, nil
}
