// Package trial imports every module of a program, and what can't be imported there in the interpreter that the program stands
// for too, and compares. In the program nothing else is there: no files, no libraries, no Python.
package trial

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A Kind is how the import of a module ended.
type Kind string

// The kinds.
const (
	OK    Kind = "ok"
	Error Kind = "error" // it raised an exception
	Exit  Kind = "exit"  // it raised SystemExit
	Crash Kind = "crash" // it ended the process
	Hang  Kind = "hang"  // it took longer than the limit
)

// An Outcome is what became of one import.
type Outcome struct {
	Kind    Kind   `json:"kind"`
	Problem string `json:"problem,omitempty"` // "ModuleNotFoundError: No module named 'x'", "signal 11"
	Place   string `json:"place,omitempty"`   // where it was raised: "pkg/mod.py:12", below the virtual root where it is there
}

// String returns the outcome in a line.
func (o Outcome) String() string {
	text := string(o.Kind)
	switch {
	case o.Kind == Hang:
		text = "takes longer than the limit"
	case o.Problem != "":
		text = o.Problem
	}
	if o.Place != "" {
		text += " (" + o.Place + ")"
	}
	return text
}

// A World is where modules are imported.
type World struct {
	command pyexec.Command
	limit   time.Duration
	roots   []string // directories that places are told relative to
}

// NewWorld returns the world of a command that takes python's arguments.
func NewWorld(c pyexec.Command, limit time.Duration, roots ...string) *World {
	c.Args = append(slices.Clone(c.Args), arguments(limit)...)
	return &World{c, limit, roots}
}

// Try starts an interpreter of the world and ends it.
func (w *World) Try(ctx context.Context) error {
	one, err := w.start(ctx)
	if err == nil {
		one.close()
	}
	return err
}

func (w *World) relative(place string) string {
	for _, root := range w.roots {
		if rest, ok := strings.CutPrefix(place, root+"/"); ok {
			return rest
		}
	}
	return place
}

// A Finding is what is to be said about one module.
type Finding struct {
	Module  string  `json:"module"`
	Inside  Outcome `json:"inside"`           // in the program
	Outside Outcome `json:"outside,omitzero"` // in the interpreter, which is asked where Inside is not OK; else zero
}

// Fails tells whether the program is worse off than the interpreter.
func (f *Finding) Fails() bool {
	return f.Inside.Kind != OK && (f.Outside.Kind == OK || f.Inside.Kind == Crash && f.Outside.Kind != Crash)
}

// Compare imports modules inside, and outside those that can't be imported inside, with so many interpreters of each at once. It
// returns a Finding for each, in their order. Outside may be called from several goroutines. Progress is called after each
// module, from one goroutine at a time.
func Compare(ctx context.Context, inside *World, outside func() (*World, error), modules []string, jobs int, progress func(done int)) ([]Finding, error) {
	findings := make([]Finding, len(modules))
	next := make(chan int)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(next)
		for i := range modules {
			select {
			case next <- i:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	var mu sync.Mutex
	done := 0
	for range max(1, min(jobs, len(modules))) {
		group.Go(func() error {
			in, out := &asker{world: inside}, &asker{}
			defer in.close()
			defer out.close()
			for i := range next {
				f := Finding{Module: modules[i]}
				var err error
				if f.Inside, err = in.ask(ctx, f.Module); err != nil {
					return err
				}
				if f.Inside.Kind != OK {
					if out.world, err = outside(); err != nil {
						return err
					}
					if f.Outside, err = out.ask(ctx, f.Module); err != nil {
						return err
					}
				}
				mu.Lock()
				findings[i] = f
				done++
				progress(done)
				mu.Unlock()
			}
			return nil
		})
	}
	return findings, group.Wait()
}

// An asker has a worker, and another one when that is gone.
type asker struct {
	world  *World
	worker *worker
	losses int // workers that ended one after the other
}

// maxLosses is how many workers may be lost on end before that is no module's fault.
const maxLosses = 5

func (a *asker) ask(ctx context.Context, module string) (Outcome, error) {
	if a.worker == nil {
		var err error
		if a.worker, err = a.world.start(ctx); err != nil {
			return Outcome{}, err
		}
	}
	o, err := a.worker.ask(module)
	switch {
	case ctx.Err() != nil:
		return o, context.Cause(ctx)
	case err != nil: // the module has ended all of its session, or no signal reaches it
		if a.losses++; a.losses >= maxLosses {
			if failure := a.worker.process.Close(); failure != nil {
				err = failure
			}
			return o, fmt.Errorf("importing %s: %w", module, err)
		}
		a.close()
		return Outcome{Kind: Crash, Problem: "ended the process that imports modules"}, nil
	}
	a.losses = 0
	return o, nil
}

func (a *asker) close() {
	if a.worker != nil {
		a.worker.close()
		a.worker = nil
	}
}
