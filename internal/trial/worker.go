package trial

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A worker is a process of an interpreter that runs driver.py. It speaks lines; texts are UTF-8 in hexadecimal digits:
//
//	hello   = "ready " text                 the worker's, once: its version
//	request = text                          the dotted name of a module
//	answer  = kind " " text                 kind is "ok", "error", "exit", "crash" or "hang"; text is problem "\n" place
type worker struct {
	world   *World
	process *pyexec.Process
	out     *bufio.Reader
	cancel  context.CancelFunc
}

//go:embed driver.py
var driver string

// arguments returns those of the interpreter: without user site and site, whose packages would stand in for what the program
// lacks, and with as little of its own as can be.
func arguments(limit time.Duration) []string {
	return []string{"-s", "-S", "-X", "utf8", "-W", "ignore", "-c", driver, strconv.Itoa(int(limit.Seconds()))}
}

var errNoDriver = errors.New("does not answer as a python does")

func (w *World) start(ctx context.Context) (*worker, error) {
	ctx, cancel := context.WithCancel(ctx)
	p, err := pyexec.Start(ctx, w.command)
	if err != nil {
		cancel()
		return nil, err
	}
	one := &worker{world: w, process: p, out: bufio.NewReader(p.Stdout), cancel: cancel}
	kind, _, err := one.read(30 * time.Second)
	if err != nil || kind != "ready" {
		cancel()
		if failure := p.Close(); failure != nil {
			return nil, fmt.Errorf("%w: %w", errNoDriver, failure)
		}
		return nil, errNoDriver
	}
	return one, nil
}

// read reads an answer. A worker that takes longer is ended.
func (w *worker) read(limit time.Duration) (kind, text string, err error) {
	timer := time.AfterFunc(limit, w.cancel)
	defer timer.Stop()
	line, err := w.out.ReadString('\n')
	if err != nil {
		return "", "", err
	}
	kind, digits, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	data, err := hex.DecodeString(digits)
	return kind, string(data), err
}

// ask has a module imported. The error says that the worker is of no more use.
func (w *worker) ask(module string) (Outcome, error) {
	if _, err := fmt.Fprintf(w.process.Stdin, "%x\n", module); err != nil {
		return Outcome{}, err
	}
	kind, text, err := w.read(w.world.limit + 10*time.Second)
	if err != nil {
		return Outcome{}, err
	}
	problem, place, _ := strings.Cut(text, "\n")
	return Outcome{Kind: Kind(kind), Problem: problem, Place: w.world.relative(place)}, nil
}

func (w *worker) close() {
	w.process.Kill()
	w.cancel()
}
