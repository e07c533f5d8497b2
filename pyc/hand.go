package pyc

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"github.com/oxgen/oxgen/internal/diag"
)

// A hand turns sources into results, some at a time. It shares the workers with others.
type hand struct {
	*run
	tasks    []task
	requests []request
	buffer   []byte // of the last responses
}

// A task is a source that the cache does not have.
type task struct {
	source *Source
	result *Result
	key    cacheKey
	data   []byte
}

// A worker is asked for the code of several sources at once, for to wait for a process and to wake it takes a tenth of the time that a
// small source takes to compile: for as many as there are in maxBatch, or as have batchSize bytes. There are fewer towards the end, so
// that all workers have something to do until then.
const (
	maxBatch  = 16
	batchSize = 128 << 10
)

// gather takes sources, finishes those that need no compiler, and returns some of the others; none is the end.
func (h *hand) gather(ctx context.Context) ([]task, error) {
	h.tasks = h.tasks[:0]
	size, most := 0, h.share()
	for len(h.tasks) < most && size < batchSize {
		i := int(h.next.Add(1) - 1)
		if i >= len(h.sources) {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := task{source: &h.sources[i], result: &h.results[i]}
		if h.settled(&t) {
			h.advance()
			continue
		}
		size += len(t.data)
		h.tasks = append(h.tasks, t)
	}
	return h.tasks, nil
}

// share returns how many sources a hand may take at once.
func (h *hand) share() int {
	left := len(h.sources) - int(h.next.Load())
	return min(maxBatch, 1+left/(2*handsPerJob*cap(h.turns)))
}

// settled fills in the result of a source that can't be read, or is in the cache; otherwise the task.
func (h *hand) settled(t *task) bool {
	s, result := t.source, t.result
	var err error
	if t.data, err = s.Read(); err != nil {
		result.Err = &diag.Error{File: s.Name, Problem: err.Error(), Err: err}
		return true
	}
	result.Hash = sha256.Sum256(t.data)
	if len(t.data) > math.MaxInt32 {
		result.Err = sourceError(s.Name, &compileError{Problem: "source is larger than 2 GiB"})
	} else {
		result.Err = withNull(s.Name, t.data)
	}
	if result.Err != nil {
		result.Also = h.also(t.data)
		return true
	}
	t.key = h.cache.key(s.Path, result.Hash)
	e, ok := h.cache.get(t.key)
	return ok && h.fill(e, s, result)
}

// fill fills in result from what the cache holds, and reports whether that was possible.
func (h *hand) fill(e entry, s *Source, result *Result) bool {
	if h.opts.Also != nil {
		result.Also = e.also
	}
	switch e.kind {
	case kindCode:
		result.Code = e.body
		return len(e.body) > 0
	case kindError:
		bad, ok := parseError(e.body)
		if ok {
			result.Err = sourceError(s.Name, bad)
		}
		return ok
	}
	return false
}

// compile fills in the results of tasks. Where a worker does not answer all of them, each is tried alone: one is to blame. The error is
// one that ends the run.
func (h *hand) compile(ctx context.Context, tasks []task) error {
	h.missed.Store(true)
	responses, err := h.ask(ctx, tasks)
	var broken *startError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &broken):
		return broken.err
	case err != nil && len(tasks) > 1:
		for i := range tasks {
			if err := h.compile(ctx, tasks[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	case err != nil:
		responses = []response{{err: err}}
	}
	for i := range tasks {
		h.finish(&tasks[i], responses[i])
		h.advance()
	}
	return nil
}

// finish fills in the result of a task, and keeps it.
func (h *hand) finish(t *task, r response) {
	t.result.Also = h.also(t.data)
	var code []byte
	if r.err == nil {
		if code, r.err = Canonical(r.code, h.interp.Version); r.err != nil {
			r.err = fmt.Errorf("the interpreter's code object is not understood: %w", r.err)
		}
	}
	var bad *compileError
	switch {
	case r.err == nil:
		t.result.Code = code
		h.keep(t.key, entry{kindCode, t.result.Also, code})
	case errors.As(r.err, &bad):
		t.result.Err = sourceError(t.source.Name, bad)
		h.keep(t.key, entry{kindError, t.result.Also, bad.append(nil)})
	default:
		t.result.Err = &diag.Error{File: t.source.Name, Problem: r.err.Error(), Hint: leaveOutHint, Err: r.err}
	}
}

func (h *hand) keep(key cacheKey, e entry) {
	if err := h.cache.put(key, e); err != nil && h.opts.Warn != nil {
		h.warned.Do(func() { h.opts.Warn(fmt.Errorf("compiled code is not kept for the next time: %w", err)) })
	}
}

// A startError says that no worker can be started.
type startError struct{ err *diag.Error }

func (e *startError) Error() string { return e.err.Error() }

// ask has a worker compile the sources of tasks, when it is the hand's turn. The error is a *startError, or says how the sources took the
// worker down; of several, it need not have been they. When a worker ends that had done other work before, a single source is not to blame
// yet: it is tried once more with another one. The responses are good until the next call.
func (h *hand) ask(ctx context.Context, tasks []task) ([]response, error) {
	h.requests = h.requests[:0]
	for i := range tasks {
		h.requests = append(h.requests, request{tasks[i].source.Path, tasks[i].data})
	}
	h.turns <- struct{}{}
	defer func() { <-h.turns }()
	for {
		w, err := h.take(h.opts.Timeout)
		if err != nil {
			return nil, &startError{diag.Errorf(h.interp.Path, installHint, "start a compile worker: %w", err)}
		}
		fresh := w.served == 0
		responses, err := w.compile(ctx, h.requests, h.opts.Optimize, h.opts.Timeout, &h.buffer)
		switch {
		case err == nil && exhausted(responses):
			w.close()
			return responses, errMemory
		case err == nil:
			h.give(w)
			return responses, nil
		case errors.Is(err, errTimeout):
			return nil, fmt.Errorf("the compiler did not end in %s", h.opts.Timeout)
		case fresh || ctx.Err() != nil || len(tasks) > 1:
			return nil, fmt.Errorf("the compiler broke down: %w", err)
		}
	}
}

// exhausted tells whether a worker's memory or stack was not enough for one of the sources.
func exhausted(responses []response) bool {
	for _, r := range responses {
		if errors.Is(r.err, errMemory) {
			return true
		}
	}
	return false
}
