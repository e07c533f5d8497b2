// Package pyexec runs the programs that oxgen needs: the Python interpreter and the go command.
//
// It is the only package of oxgen that imports os/exec, so that every child is run the same way:
// with the arguments and the environment that it was given and no others, in a process group of its own that
// ends with the context, and with its standard error in the error when it fails.
package pyexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/oxgen/oxgen/internal/inputs"
)

// A Command is a program to run.
type Command struct {
	Path    string        // the program; without a slash it is looked up in PATH
	Args    []string      // its arguments, without the program's own name
	Dir     string        // working directory; "" is the caller's
	Env     []string      // the whole environment; nil is an empty one, not the caller's
	Stdin   io.Reader     // nil is an empty input
	Timeout time.Duration // 0 is none

	// Repeatable says that nothing but the program's file, its arguments and its input decides what it does, as far as what oxgen makes
	// goes. What depends on any other program can't be known to be unchanged (package inputs).
	Repeatable bool

	Namespaces Namespaces // on Linux
}

// Namespaces are the kernel's namespaces that a program gets of its own. Where the system refuses them the program can't be
// started.
type Namespaces uint8

// The namespaces.
const (
	Shared       Namespaces = iota // none
	OwnMounts                      // what it mounts nobody else sees
	OwnProcesses                   // besides, it is process 1, and with it ends all that it started
)

// A Failure is the error of a program that ran and did not end well.
type Failure struct {
	Program string // base name of the program
	Status  int    // exit status, -1 when a signal ended it
	Stderr  string // the end of its standard error, trimmed
	Err     error  // what os/exec said
}

// Error returns one line: the program, how it ended, and the last line that it wrote to standard error.
func (f *Failure) Error() string {
	msg := fmt.Sprintf("%s: %v", f.Program, f.Err)
	if f.Stderr == "" {
		return msg
	}
	lines := strings.Split(f.Stderr, "\n")
	return msg + ": " + strings.TrimSpace(lines[len(lines)-1])
}

// Unwrap returns what os/exec said.
func (f *Failure) Unwrap() error { return f.Err }

// Run runs c to its end and returns its standard output. A program that can't be started gives the error of
// os/exec, one that fails a *Failure; then what it has printed comes with the error. When ctx or the timeout ends
// first, the program and all that it started are killed, and the cause of the end is in the error.
func Run(ctx context.Context, c Command) ([]byte, error) {
	_, stdout, err := Measure(ctx, c)
	return stdout, err
}

// RunAttached runs c with the given streams and returns its exit status. The error is nil when the program ran,
// whatever its status; a program ended by a signal has status 128 + signal, as in a shell.
//
// A context that has ended before the program starts keeps it from starting. One that ends later does not end the
// program: it is mostly Ctrl-C that ends the context, which the program has got from the terminal too, and a program
// may go on after it, as Python's prompt does. c.Timeout is not used.
func RunAttached(ctx context.Context, c Command, stdout, stderr io.Writer) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	var cmd *exec.Cmd
	err := whileBusy(func() error {
		cmd = command(context.WithoutCancel(ctx), c)
		cmd.Stdout, cmd.Stderr = stdout, stderr
		attach(cmd)
		return forwardSignals(cmd)
	})
	if cmd.ProcessState != nil {
		return exitStatus(cmd.ProcessState), nil // whatever became of its output: a reader that has gone is no error
	}
	return 0, err
}

// A Process is a started program that is spoken to over its standard input and output.
type Process struct {
	Stdin  io.WriteCloser
	Stdout io.ReadCloser

	ctx    context.Context
	cmd    *exec.Cmd
	stderr tail
	wait   func() error
}

// Start starts c and leaves it running until Close or Kill, or until ctx ends. c.Stdin and c.Timeout are not used.
func Start(ctx context.Context, c Command) (p *Process, err error) {
	err = whileBusy(func() error {
		p, err = start(ctx, c)
		return err
	})
	return p, err
}

func start(ctx context.Context, c Command) (*Process, error) {
	p := &Process{ctx: ctx, cmd: command(ctx, c)}
	p.cmd.Stdin = nil
	p.cmd.Stderr = &p.stderr
	var err error
	if p.Stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.Stdout, err = p.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.wait = sync.OnceValue(p.cmd.Wait)
	return p, nil
}

// Close closes the program's standard input, waits for it to end and returns a *Failure if it did not end well.
func (p *Process) Close() error {
	_ = p.Stdin.Close() // a program that is gone already has closed it
	if err := p.wait(); err != nil {
		return failure(p.ctx, p.cmd, err, &p.stderr)
	}
	return nil
}

// Kill ends the program and its process group. It may be called beside Close, and does nothing after it.
func (p *Process) Kill() {
	_ = p.cmd.Cancel()
	_ = p.wait()
}

// LookPath returns the absolute path of a program in PATH.
func LookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	note(name)
	return filepath.Abs(path)
}

// note notes where a program was looked for.
func note(name string) {
	if strings.ContainsRune(name, filepath.Separator) {
		return
	}
	for _, dir := range filepath.SplitList(inputs.Getenv("PATH")) {
		if info, err := inputs.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return // this one, or one that can't be run
		}
	}
}

// whileBusy repeats the start of a program for a second or so, as long as the system says that its file is open for writing (ETXTBSY): one
// that was just written may be, in a child that another goroutine has forked and that has not come to its own program yet
// (go.dev/issue/22315).
func whileBusy(start func() error) error {
	for pause := time.Millisecond; ; pause *= 4 {
		err := start()
		if !errors.Is(err, syscall.ETXTBSY) || pause > time.Second {
			return err
		}
		time.Sleep(pause)
	}
}

func command(ctx context.Context, c Command) *exec.Cmd {
	if !c.Repeatable {
		inputs.Spoil("what " + filepath.Base(c.Path) + " does")
	}
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = c.Env
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Stdin = c.Stdin
	cmd.WaitDelay = 5 * time.Second
	ownGroup(cmd)
	separate(cmd, c.Namespaces)
	return cmd
}

func failure(ctx context.Context, cmd *exec.Cmd, err error, stderr *tail) error {
	if cmd.ProcessState == nil {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &Failure{
		Program: filepath.Base(cmd.Path),
		Status:  cmd.ProcessState.ExitCode(),
		Stderr:  strings.TrimSpace(stderr.String()),
		Err:     err,
	}
}

// tail keeps the last 64 KiB of what is written to it.
type tail struct{ buf []byte }

const tailSize = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.buf) }

// Environ returns the caller's environment without the variables named by drop; a name that ends in "*" drops all
// that start with what stands before it.
func Environ(drop ...string) []string {
	var env []string
next:
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, d := range drop {
			prefix, glob := strings.CutSuffix(d, "*")
			if name == d || glob && strings.HasPrefix(name, prefix) {
				continue next
			}
		}
		env = append(env, kv)
	}
	return env
}
