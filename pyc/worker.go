package pyc

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A worker is a process of the interpreter that runs worker.py. It speaks frames, all integers little-endian:
//
//	hello    = magic [4]byte                                     the worker's, once
//	request  = optimize byte, pathSize uint32, sourceSize uint32, path, source
//	                                                             the worker's input, which ends it by ending
//	response = kind byte, size uint32, body
//	kind 'C'   body is the marshalled code object
//	kind 'E'   body is line uint32, column uint32, problem       0 where unknown; the column counts bytes from 1
//	kind 'M'   no body: memory or the stack was not enough (MemoryError, RecursionError)
type worker struct {
	process *pyexec.Process
	in      *bufio.Writer
	out     *bufio.Reader
	cancel  context.CancelCauseFunc
	body    []byte // of the last response
	served  int    // sources answered
}

const (
	kindCode   = 'C'
	kindError  = 'E'
	kindMemory = 'M'
)

// maxBody is more than any code object needs; a longer one is a broken frame.
const maxBody = 1 << 30

//go:embed worker.py
var workerScript string

// workerArgs are the arguments of a worker. Isolated mode (-I) and -E are not among them since they would make the
// interpreter ignore PYTHONHASHSEED; without user site, site and any other PYTHON* variable it is as isolated.
// -X utf8 keeps it from asking for the locale, -W ignore from printing SyntaxWarnings.
var workerArgs = []string{"-s", "-S", "-B", "-X", "utf8", "-W", "ignore", "-c", workerScript}

// tunables has glibc's heap grow by megabytes, in huge pages, and give nothing back: a worker that compiles touches a page for the first
// time 6,000 times otherwise, a fourteenth of its time. Other systems, and older glibcs, pass it over.
const tunables = "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216:glibc.malloc.trim_threshold=134217728:glibc.malloc.mmap_threshold=33554432"

var (
	errTimeout = errors.New("timeout")       // ends a worker that takes too long for one source
	errFrame   = errors.New("broken answer") // ends a worker that says what no worker says
)

// startWorker starts a worker of interp and waits for its hello. The worker lives no longer than ctx.
func startWorker(ctx context.Context, interp *Interpreter, timeout time.Duration) (*worker, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	process, err := pyexec.Start(ctx, pyexec.Command{
		Path: interp.Path,
		Args: workerArgs,
		Dir:  filepath.VolumeName(interp.Path) + string(filepath.Separator), // the compiler looks for co_filename below it to quote a line
		Env:  append(environ(), "PYTHONHASHSEED=0", "GLIBC_TUNABLES="+tunables),

		Repeatable: true,
	})
	if err != nil {
		cancel(nil)
		return nil, err
	}
	w := &worker{process: process, in: bufio.NewWriter(process.Stdin), out: bufio.NewReader(process.Stdout), cancel: cancel}
	var magic [4]byte
	stop := w.deadline(ctx, timeout)
	_, err = io.ReadFull(w.out, magic[:])
	stop()
	if err != nil {
		return nil, w.end(err)
	}
	if magic != interp.Magic {
		w.close()
		return nil, fmt.Errorf("its magic number is % x, it was % x when it was probed", magic, interp.Magic)
	}
	return w, nil
}

// A compileError is the interpreter's word that a source can't be compiled.
type compileError struct {
	Line, Column int // from 1, Column in bytes; 0 when unknown
	Problem      string
}

func (e *compileError) Error() string { return e.Problem }

// errMemory is the interpreter's word that memory or the stack was not enough. How much there is depends on the machine
// (since 3.14 the limit of the stack does), so it is no property of the source and not kept in the cache.
var errMemory = errors.New("source is too large for the compiler or nests too deeply")

// compile returns the marshalled code object of a source. The error is a *compileError, errMemory, or says how the
// worker ended; after the last the worker is of no more use. The bytes are good until the next call.
func (w *worker) compile(ctx context.Context, path string, source []byte, optimize int, timeout time.Duration) ([]byte, error) {
	if len(source) > math.MaxInt32 {
		return nil, &compileError{Problem: "source is larger than 2 GiB"}
	}
	stop := w.deadline(ctx, timeout)
	kind, body, err := w.exchange(path, source, optimize)
	stop()
	if err != nil {
		return nil, w.end(err)
	}
	w.served++
	switch {
	case kind == kindCode:
		return body, nil
	case kind == kindError && len(body) >= 8:
		return nil, &compileError{
			Line:    int(binary.LittleEndian.Uint32(body)),
			Column:  int(binary.LittleEndian.Uint32(body[4:])),
			Problem: string(body[8:]),
		}
	case kind == kindMemory:
		return nil, errMemory
	}
	return nil, w.end(fmt.Errorf("%w of kind %q and %d bytes", errFrame, kind, len(body)))
}

// exchange sends a request and reads the response.
func (w *worker) exchange(path string, source []byte, optimize int) (kind byte, body []byte, err error) {
	head := []byte{byte(optimize)}
	head = binary.LittleEndian.AppendUint32(head, uint32(len(path)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(source)))
	// A write error stays in w.in until Flush returns it.
	_, _ = w.in.Write(head)
	_, _ = w.in.WriteString(path)
	_, _ = w.in.Write(source)
	if err := w.in.Flush(); err != nil {
		return 0, nil, err
	}
	var answer [5]byte
	if _, err := io.ReadFull(w.out, answer[:]); err != nil {
		return 0, nil, err
	}
	size := binary.LittleEndian.Uint32(answer[1:])
	if size > maxBody {
		return 0, nil, fmt.Errorf("%w of %d bytes", errFrame, size)
	}
	w.body = slices.Grow(w.body[:0], int(size))[:size]
	_, err = io.ReadFull(w.out, w.body)
	return answer[0], w.body, err
}

// deadline ends the worker after d, or when ctx ends, unless stop is called before.
func (w *worker) deadline(ctx context.Context, d time.Duration) (stop func()) {
	timer := time.AfterFunc(d, func() { w.cancel(errTimeout) })
	leave := context.AfterFunc(ctx, func() { w.cancel(context.Cause(ctx)) })
	return func() {
		timer.Stop()
		leave()
	}
}

// end ends a worker whose frames broke off with err, and returns why: how the process ended, or else err.
func (w *worker) end(err error) error {
	defer w.cancel(nil)
	if errors.Is(err, errFrame) {
		w.cancel(err)
		_ = w.process.Close() // it is killed; why is known
		return err
	}
	// A process that is ending by itself says more than one that is killed.
	timer := time.AfterFunc(time.Second, func() { w.cancel(err) })
	defer timer.Stop()
	if failure := w.process.Close(); failure != nil {
		return failure
	}
	return err
}

// close ends a worker that is idle. It is killed: it has answered everything, and to take its modules and its memory apart would take it
// as long as to compile some sources.
func (w *worker) close() {
	w.cancel(nil)
	_ = w.process.Close()
}
