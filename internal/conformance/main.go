// Conformance runs CPython's own regression tests by a frozen executable and by the interpreter of the same distribution,
// compares the outcome of each test and writes docs/conformance.md:
//
//	go run ./internal/conformance [-o docs/conformance.md] [-only test_x,test_y] [-without test_z] [-python 3.11] [-suite DIR]
//
// Without -suite the tests are those of Debian's package libpython3.11-testsuite, which apt-get must be able to download. A suite of
// an older Python than the one that runs it serves as well, as far as that passes it: what counts is the difference.
// Why a test differs is written in reasons.txt.
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
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/internal/pagewriter"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// options are those of the command line.
type options struct {
	output string
	python string        // as in oxgen.toml
	suite  string        // directory that holds the package test; "" is Debian's
	work   string        // scratch directory that is kept and used again; "" is a temporary one
	only   []string      // names of modules; nil is all of modules.txt
	but    []string      // names of modules that are left out
	limit  time.Duration // of a test
	rounds int           // in which a test must differ
	jobs   int           // modules that run at once, each by both contenders
	called bool          // the executable is called python and started as python is
}

// run runs the program and returns its exit status; see pagewriter.Run.
func run(args []string, stderr io.Writer) int {
	return pagewriter.Run("conformance", args, stderr, parse)
}

// parse reads the command line. What is wrong with it is printed too.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.output, "o", filepath.Join("docs", "conformance.md"), "the page, a `FILE`")
	flags.StringVar(&o.python, "python", "3.11", "the Python, a `VERSION`")
	flags.StringVar(&o.suite, "suite", "", "`DIR`ectory such as lib/python3.11 with the package test (default: Debian's, for 3.11)")
	flags.StringVar(&o.work, "work", "", "scratch `DIR`ectory to keep, with all outcomes, and to use again (default: a temporary one)")
	flags.DurationVar(&o.limit, "limit", 2*time.Minute, "`TIME` that a test may take")
	flags.IntVar(&o.rounds, "rounds", 2, "a module with differences is run `N` times; a test must differ in each")
	flags.IntVar(&o.jobs, "jobs", 1, "`N` modules run at once, each by two processes")
	flags.BoolVar(&o.called, "as-python", false, "call the executable python, so that it is a full interpreter")
	only := flags.String("only", "", "`NAMES` of modules, separated by commas (default: those of modules.txt)")
	without := flags.String("without", "", "`NAMES` of modules to leave out, separated by commas")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if *without != "" {
		o.but = strings.Split(*without, ",")
	}
	err := o.check(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, "conformance:", err)
	}
	return o, err
}

func (o *options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case o.suite == "" && o.python != "3.11":
		return fmt.Errorf("no tests for Python %s among the packages of Debian: give a directory with -suite", o.python)
	case o.limit < time.Second:
		return errors.New("-limit must be 1s at least")
	case o.jobs < 1:
		return errors.New("-jobs must be 1 at least")
	case o.rounds < 1:
		return errors.New("-rounds must be 1 at least")
	}
	return nil
}

// telling returns the options that a run with the same outcomes needs, with a space before each. The page is one of docs/.
func (o *options) telling() string {
	text := " -o docs/" + filepath.Base(o.output)
	if o.suite != "" {
		text += fmt.Sprintf(" -python %s -suite DIR", o.python)
	}
	if o.called {
		text += " -as-python"
	}
	if o.only != nil {
		text += " -only " + strings.Join(o.only, ",")
	}
	if o.but != nil {
		text += " -without " + strings.Join(o.but, ",")
	}
	return text
}

// Write runs the tests and writes the page.
func (o *options) Write(ctx context.Context, log io.Writer) error {
	if err := pagewriter.Check(o.output); err != nil {
		return err
	}
	why, err := ownReasons()
	if err != nil {
		return err
	}
	dir, done, err := o.scratch()
	if err != nil {
		return err
	}
	defer done()
	r, err := o.compare(ctx, dir, log)
	if err != nil {
		return err
	}
	return os.WriteFile(o.output, []byte(r.page(why)), 0o644)
}

// scratch returns the directory to work in and what is to be done with it at the end.
func (o *options) scratch() (string, func(), error) {
	if o.work == "" {
		dir, err := os.MkdirTemp("", "oxgen-conformance-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir, err := filepath.Abs(o.work)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {}, os.MkdirAll(dir, 0o755)
}

// compare runs the tests of all modules.
func (o *options) compare(ctx context.Context, dir string, log io.Writer) (*report, error) {
	w := &workshop{dir: dir, log: log, limit: o.limit, keep: o.work != ""}
	s, err := w.openSuite(ctx, o.suite)
	if err != nil {
		return nil, err
	}
	if err := w.build(ctx, o.python, s); err != nil {
		return nil, err
	}
	if err := w.call(o.called); err != nil {
		return nil, err
	}
	r := &report{python: w.version, suite: s.name, options: o.telling(), called: o.called}
	names := o.only
	if names == nil {
		names = ownModules() // those that take long come first
	}
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(o.but, name) })
	r.modules, err = o.runAll(ctx, w, s, names)
	return r, err
}

// runAll runs the modules, several at once, and returns what came of them, sorted by name.
func (o *options) runAll(ctx context.Context, w *workshop, s *suite, names []string) ([]*module, error) {
	found := make([]*module, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.jobs)
	for i, name := range names {
		parts, err := s.parts(name)
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		if len(parts) == 0 {
			w.tell("%s: not in this suite", name)
			continue
		}
		group.Go(func() (err error) {
			if found[i], err = w.module(ctx, name, parts, o.rounds); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	err := group.Wait()
	found = slices.DeleteFunc(found, func(m *module) bool { return m == nil })
	slices.SortFunc(found, func(a, b *module) int { return strings.Compare(a.name, b.name) })
	return found, err
}
