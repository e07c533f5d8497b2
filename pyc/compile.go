package pyc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Source is a Python file to compile.
type Source struct {
	Path string                 // co_filename: a slash-separated path below the virtual root, "json/decoder.py"
	Name string                 // what the user calls the file in messages: "app/util.py", "wheels/x.whl!pkg/mod.py"
	Read func() ([]byte, error) // returns the file's bytes as they are on disk; called once, from any goroutine
}

// A Result is what became of one Source. Exactly one of Code and Err is set.
type Result struct {
	Hash [sha256.Size]byte // SHA-256 of the bytes that were read; zero when they could not be
	Code []byte            // the code object in marshal format, canonical
	Err  *diag.Error       // why there is no code; File is the Source's Name, Line and Column are the interpreter's
	Also []byte            // what Options.Also made of the bytes that were read; nil without it, and when they could not be
}

// Options say how to compile.
type Options struct {
	Optimize int                   // as python -O counts: 0, 1 (no asserts) or 2 (no docstrings either)
	Jobs     int                   // interpreter processes at once; 0 is GOMAXPROCS
	CacheDir string                // directory of the cache, made when missing; "" is no cache
	Timeout  time.Duration         // for one source; 0 is a minute
	Also     func([]byte) []byte   // makes something else of the bytes of each source, which the cache keeps too; nil is none
	AlsoName string                // tells what Also makes from what another one would; below 100 bytes
	Progress func(done, total int) // called after each source from the first on that the cache has not, one call at a time; nil is none
	Warn     func(error)           // called once when results can't be kept in the cache, which only costs time; nil is none
}

// defaultTimeout is many times what the largest source of the standard library takes (0.3 s).
const defaultTimeout = time.Minute

// Compile has the interpreter compile the sources and returns a Result for each, in their order. The results are the
// same for any number of jobs, with or without a cache. A source that can't be read or compiled, or that takes the
// interpreter down, is a Result with Err; the error of Compile says that the interpreter does not run, or that ctx ended.
func Compile(ctx context.Context, interp *Interpreter, sources []Source, opts Options) ([]Result, error) {
	if opts.Optimize < 0 || opts.Optimize > 2 {
		return nil, fmt.Errorf("compile: optimisation level %d is not 0, 1 or 2", opts.Optimize)
	}
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	jobs := opts.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	r := &run{interp: interp, opts: opts, sources: sources, results: make([]Result, len(sources)), cache: newCache(opts.CacheDir, interp, opts.Optimize, opts.AlsoName)}
	group, ctx := errgroup.WithContext(ctx)
	for range min(jobs, len(sources)) {
		group.Go(func() error { return r.work(ctx) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return r.results, nil
}

// A run is one call of Compile.
type run struct {
	interp  *Interpreter
	opts    Options
	cache   *cache
	sources []Source
	results []Result
	next    atomic.Int64 // index of the next source that nobody works at
	warned  sync.Once
	missed  atomic.Bool // the cache had not all

	progress sync.Mutex
	done     int // guarded by progress
}

// work takes one source after another until none is left. It starts a worker when the cache does not help.
func (r *run) work(ctx context.Context) error {
	c := compiler{run: r}
	defer c.close()
	for {
		i := int(r.next.Add(1) - 1)
		if i >= len(r.sources) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.source(ctx, &r.sources[i], &r.results[i]); err != nil {
			return err
		}
		r.advance()
	}
}

func (r *run) advance() {
	if r.opts.Progress == nil {
		return
	}
	r.progress.Lock()
	defer r.progress.Unlock()
	if r.done++; r.missed.Load() {
		r.opts.Progress(r.done, len(r.sources))
	}
}

// A compiler turns one source at a time into a result, with a worker of its own.
type compiler struct {
	*run
	worker *worker // nil before it is needed, and after it died
}

// source fills in result. The error is one that ends the run.
func (c *compiler) source(ctx context.Context, s *Source, result *Result) error {
	data, err := s.Read()
	if err != nil {
		result.Err = &diag.Error{File: s.Name, Problem: err.Error(), Err: err}
		return nil
	}
	result.Hash = sha256.Sum256(data)
	if result.Err = withNull(s.Name, data); result.Err != nil {
		result.Also = c.also(data)
		return nil
	}
	key := c.cache.key(s.Path, result.Hash)
	if e, ok := c.cache.get(key); ok && c.fill(e, s, result) {
		return nil
	}
	c.missed.Store(true)
	result.Also = c.also(data)
	code, err := c.compile(ctx, s.Path, data)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var bad *compileError
	var broken *startError
	switch {
	case err == nil:
		result.Code = code
		c.keep(key, entry{kindCode, result.Also, code})
	case errors.As(err, &bad):
		result.Err = sourceError(s.Name, bad)
		c.keep(key, entry{kindError, result.Also, bad.append(nil)})
	case errors.As(err, &broken):
		return broken.err
	default:
		result.Err = &diag.Error{File: s.Name, Problem: err.Error(), Hint: leaveOutHint, Err: err}
	}
	return nil
}

// fill fills in result from what the cache holds, and reports whether that was possible.
func (c *compiler) fill(e entry, s *Source, result *Result) bool {
	if c.opts.Also != nil {
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

// also returns what Options.Also makes of a source.
func (r *run) also(data []byte) []byte {
	if r.opts.Also == nil {
		return nil
	}
	return r.opts.Also(data)
}

func (c *compiler) keep(key cacheKey, e entry) {
	if err := c.cache.put(key, e); err != nil && c.opts.Warn != nil {
		c.warned.Do(func() { c.opts.Warn(fmt.Errorf("compiled code is not kept for the next time: %w", err)) })
	}
}

// A startError says that no worker can be started.
type startError struct{ err *diag.Error }

func (e *startError) Error() string { return e.err.Error() }

// compile returns the canonical code object of a source. The error is a *compileError, a *startError, or says how the
// source took the worker down.
func (c *compiler) compile(ctx context.Context, path string, data []byte) ([]byte, error) {
	code, err := c.ask(ctx, path, data)
	if err != nil {
		return nil, err
	}
	code, err = Canonical(code, c.interp.Version)
	if err != nil {
		return nil, fmt.Errorf("the interpreter's code object is not understood: %w", err)
	}
	return code, nil
}

// ask has the worker compile a source. When a worker ends that had done other work before, the source is not to blame
// yet: it is tried once more with a fresh one.
func (c *compiler) ask(ctx context.Context, path string, data []byte) ([]byte, error) {
	for {
		if err := c.ready(ctx); err != nil {
			return nil, err
		}
		fresh := c.worker.served == 0
		code, err := c.worker.compile(path, data, c.opts.Timeout)
		var bad *compileError
		switch {
		case err == nil, errors.As(err, &bad):
			return code, err
		case errors.Is(err, errMemory):
			c.close()
			return nil, err
		}
		c.worker = nil
		switch {
		case errors.Is(err, errTimeout):
			return nil, fmt.Errorf("the compiler did not end in %s", c.opts.Timeout)
		case fresh || ctx.Err() != nil:
			return nil, fmt.Errorf("the compiler broke down: %w", err)
		}
	}
}

// ready sees to it that there is a worker.
func (c *compiler) ready(ctx context.Context) error {
	if c.worker != nil {
		return nil
	}
	var err error
	if c.worker, err = startWorker(ctx, c.interp, c.opts.Optimize, c.opts.Timeout); err != nil {
		return &startError{diag.Errorf(c.interp.Path, installHint, "start a compile worker: %w", err)}
	}
	return nil
}

func (c *compiler) close() {
	if c.worker != nil {
		c.worker.close()
		c.worker = nil
	}
}

const leaveOutHint = "correct the file, or leave it out of the program"

func sourceError(name string, e *compileError) *diag.Error {
	return &diag.Error{File: name, Line: e.Line, Column: e.Column, Problem: e.Problem, Hint: leaveOutHint}
}

// withNull returns an error if data has a null byte. The interpreter says so too, but in as many ways as it has versions,
// and not where.
func withNull(name string, data []byte) *diag.Error {
	at := bytes.IndexByte(data, 0)
	if at < 0 {
		return nil
	}
	line := bytes.Count(data[:at], []byte("\n")) + 1
	column := at - bytes.LastIndexByte(data[:at], '\n')
	return sourceError(name, &compileError{line, column, "source contains null bytes"})
}

// append appends the body of a kindError response.
func (e *compileError) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(e.Line))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.Column))
	return append(b, e.Problem...)
}

// parseError reads the body of a kindError response.
func parseError(body []byte) (*compileError, bool) {
	if len(body) < 8 {
		return nil, false
	}
	return &compileError{
		Line:    int(binary.LittleEndian.Uint32(body)),
		Column:  int(binary.LittleEndian.Uint32(body[4:])),
		Problem: string(body[8:]),
	}, true
}
