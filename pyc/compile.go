package pyc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	Timeout  time.Duration         // for one source, or for some small ones; 0 is a minute
	Also     func([]byte) []byte   // makes something else of the bytes of each source, which the cache keeps too; nil is none
	AlsoName string                // tells what Also makes from what another one would; below 100 bytes
	Progress func(done, total int) // called after each source from the first on that the cache has not, one call at a time; nil is none
	Warn     func(error)           // called once when results can't be kept in the cache, which only costs time; nil is none
}

// defaultTimeout is many times what the largest source of the standard library takes (0.3 s).
const defaultTimeout = time.Minute

// A Compiler has an interpreter compile sources. The processes that do it are started when they are needed, and stay for
// the next call.
type Compiler struct {
	interp *Interpreter
	flags  []string
	ctx    context.Context // worker processes live no longer

	begun chan beginning // what Begin started, in the order in which it is ready

	mutex   sync.Mutex
	pending int       // how many are or will be in begun; guarded by mutex
	idle    []*worker // guarded by mutex
}

// A beginning is a worker that was started before it was needed, or why it could not be.
type beginning struct {
	worker *worker
	err    error
}

// NewCompiler returns a compiler that works until ctx ends, or Close is called. flags are options of the interpreter that change what it
// compiles sources to ("-X", "no_debug_ranges").
func NewCompiler(ctx context.Context, interp *Interpreter, flags ...string) *Compiler {
	return &Compiler{interp: interp, flags: flags, ctx: ctx}
}

// Begin starts n processes, and does not wait for them: there is something else to do before there are sources. It may be called once.
func (c *Compiler) Begin(n int) {
	c.begun, c.pending = make(chan beginning, n), n
	interp := c.interp
	for range n {
		go func() {
			w, err := startWorker(c.ctx, interp, c.flags, defaultTimeout)
			c.begun <- beginning{w, err}
		}()
	}
}

// Close ends the processes. No call of Compile may be under way. A second Close does nothing.
func (c *Compiler) Close() {
	for ; c.pending > 0; c.pending-- {
		if b := <-c.begun; b.err == nil {
			b.worker.close()
		}
	}
	for _, w := range c.idle {
		w.close()
	}
	c.idle = nil
}

// take returns a worker: one that is idle, one that was begun, or a new one.
func (c *Compiler) take(timeout time.Duration) (*worker, error) {
	c.mutex.Lock()
	last, pending := len(c.idle)-1, c.pending > 0
	switch {
	case last >= 0:
		defer c.mutex.Unlock()
		w := c.idle[last]
		c.idle = c.idle[:last]
		return w, nil
	case pending:
		c.pending--
	}
	c.mutex.Unlock()
	if pending {
		b := <-c.begun
		return b.worker, b.err
	}
	return startWorker(c.ctx, c.interp, c.flags, timeout)
}

// give has a worker that is idle wait for the next take.
func (c *Compiler) give(w *worker) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.idle = append(c.idle, w)
}

// Compile has the interpreter compile the sources and returns a Result for each, in their order. The results are the
// same for any number of jobs, with or without a cache. A source that can't be read or compiled, or that takes the
// interpreter down, is a Result with Err; the error of Compile says that the interpreter does not run, or that ctx ended.
func (c *Compiler) Compile(ctx context.Context, sources []Source, opts Options) ([]Result, error) {
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
	r := &run{
		Compiler: c, opts: opts, sources: sources, results: make([]Result, len(sources)),
		cache: newCache(c, &opts),
	}
	r.turns = make(chan struct{}, jobs)
	group, ctx := errgroup.WithContext(ctx)
	for range min(handsPerJob*jobs, len(sources)) {
		group.Go(func() error { return r.work(ctx) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return r.results, nil
}

// handsPerJob is how many hands there are for each process: while it compiles the sources of one, the code of others is made canonical and
// kept, and more are read.
const handsPerJob = 2

// A run is one call of Compile.
type run struct {
	*Compiler
	opts    Options
	turns   chan struct{} // holds something for each worker that compiles
	cache   *cache
	sources []Source
	results []Result
	next    atomic.Int64 // index of the next source that nobody works at
	warned  sync.Once
	missed  atomic.Bool // the cache had not all

	progress sync.Mutex
	done     int // guarded by progress
}

// work takes sources until none is left. It starts a worker when the cache does not help.
func (r *run) work(ctx context.Context) error {
	h := hand{run: r}
	for {
		tasks, err := h.gather(ctx)
		if err != nil || len(tasks) == 0 {
			return err
		}
		if err := h.compile(ctx, tasks); err != nil {
			return err
		}
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

// also returns what Options.Also makes of a source.
func (r *run) also(data []byte) []byte {
	if r.opts.Also == nil {
		return nil
	}
	return r.opts.Also(data)
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
