package pyc

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A worker is a process of the interpreter that runs worker.py. It speaks frames, all integers little-endian:
//
//	hello    = magic [4]byte                                     the worker's, once
//	request  = how byte, pathSize uint32, sourceSize uint32, path, source
//	                                                             the worker's input, which ends it by ending
//	how      = the level of optimisation, and 0x80 when another request follows at once: then the response may wait for that one's
//	response = kind byte, size uint32, body
//	kind 'C'   body is the marshalled code object
//	kind 'E'   body is line uint32, column uint32, problem       0 where unknown; the column counts bytes from 1
//	kind 'M'   no body: memory or the stack was not enough (MemoryError, RecursionError)
type worker struct {
	process *pyexec.Process
	out     *bufio.Reader
	cancel  context.CancelCauseFunc
	served  int // sources answered
}

const (
	kindCode   = 'C'
	kindError  = 'E'
	kindMemory = 'M'
)

// moreFollow is the bit of a request that another one follows.
const moreFollow = 0x80

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
	errTimeout = errors.New("timeout")       // ends a worker that takes too long for what it was asked
	errFrame   = errors.New("broken answer") // ends a worker that says what no worker says
)

// startWorker starts a worker of interp, with more options than its own, and waits for its hello. The worker lives no longer than ctx.
func startWorker(ctx context.Context, interp *Interpreter, flags []string, timeout time.Duration) (*worker, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	process, err := pyexec.Start(ctx, pyexec.Command{
		Path: interp.Path,
		Args: slices.Concat(flags, workerArgs),
		Dir:  filepath.VolumeName(interp.Path) + string(filepath.Separator), // the compiler looks for co_filename below it to quote a line
		Env:  append(environ(), "PYTHONHASHSEED=0", "GLIBC_TUNABLES="+tunables),

		Repeatable: true,
	})
	if err != nil {
		cancel(nil)
		return nil, err
	}
	w := &worker{process: process, out: bufio.NewReader(process.Stdout), cancel: cancel}
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

// A request asks for the code of a source.
type request struct {
	path   string
	source []byte
}

// A response is what became of a request: the marshalled code object, or a *compileError or errMemory.
type response struct {
	code []byte
	err  error
}

// compile has the worker compile sources, one after the other. The error says how the worker ended before it had compiled all of them;
// then it is of no more use. timeout is for all of them. The responses are good until the buffer is used again.
func (w *worker) compile(ctx context.Context, requests []request, optimize int, timeout time.Duration, buffer *[]byte) ([]response, error) {
	stop := w.deadline(ctx, timeout)
	responses, err := w.exchange(requests, optimize, buffer)
	stop()
	if err != nil {
		return nil, w.end(err)
	}
	w.served += len(requests)
	return responses, nil
}

// exchange sends requests and reads the responses.
func (w *worker) exchange(requests []request, optimize int, buffer *[]byte) ([]response, error) {
	frames := encode(requests, optimize)
	sent := make(chan error, 1)
	go func() { // both sides may have more to write than a pipe holds
		_, err := w.process.Stdin.Write(frames)
		sent <- err
	}()
	responses := make([]response, len(requests))
	*buffer = (*buffer)[:0]
	for i := range responses {
		var err error
		if responses[i], err = w.receive(buffer); err != nil {
			return nil, err
		}
	}
	return responses, <-sent
}

// encode returns the frames of requests.
func encode(requests []request, optimize int) []byte {
	size := 0
	for _, r := range requests {
		size += 9 + len(r.path) + len(r.source)
	}
	frames := make([]byte, 0, size)
	for i, r := range requests {
		how := byte(optimize)
		if i < len(requests)-1 {
			how |= moreFollow
		}
		frames = append(frames, how)
		frames = binary.LittleEndian.AppendUint32(frames, uint32(len(r.path)))
		frames = binary.LittleEndian.AppendUint32(frames, uint32(len(r.source)))
		frames = append(frames, r.path...)
		frames = append(frames, r.source...)
	}
	return frames
}

// receive reads a response, whose body comes behind what is in the buffer.
func (w *worker) receive(buffer *[]byte) (response, error) {
	var head [5]byte
	if _, err := io.ReadFull(w.out, head[:]); err != nil {
		return response{}, err
	}
	kind, size := head[0], binary.LittleEndian.Uint32(head[1:])
	if size > maxBody {
		return response{}, fmt.Errorf("%w of %d bytes", errFrame, size)
	}
	start := len(*buffer)
	*buffer = slices.Grow(*buffer, int(size))[:start+int(size)]
	body := (*buffer)[start:]
	if _, err := io.ReadFull(w.out, body); err != nil {
		return response{}, err
	}
	switch kind {
	case kindCode:
		return response{code: body}, nil
	case kindError:
		if bad, ok := parseError(body); ok {
			return response{err: bad}, nil
		}
	case kindMemory:
		return response{err: errMemory}, nil
	}
	return response{}, fmt.Errorf("%w of kind %q and %d bytes", errFrame, kind, size)
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
