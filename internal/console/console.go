// Package console prints messages for people on standard error, quiet or verbose as asked. Where standard error is a
// terminal a bar shows how far the work is; elsewhere a plain line names each stage that takes its time.
package console

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Console prints messages. Err must be set; the zero values of the others work. Its methods may be called from
// several goroutines.
type Console struct {
	Err     io.Writer
	Quiet   bool // warnings and errors only
	Verbose bool // details too

	// Patience is how long a stage may take before a line names it where there is no bar; 0 is a second. Most stages take
	// no longer, and the output of `go generate ./...` stays short.
	Patience time.Duration

	mu    sync.Mutex
	stage stage
	bar   *bar
	now   func() time.Time // nil is time.Now
	tty   bool             // Err is a terminal, whatever it looks like
}

// A stage is the work that Progress was last told about.
type stage struct {
	name   string
	begun  time.Time
	listed bool // a line has named it
}

// Infof prints a message, unless the console is quiet.
func (c *Console) Infof(format string, args ...any) {
	if !c.Quiet {
		c.printf(format, args...)
	}
}

// Detailf prints a message when the console is verbose.
func (c *Console) Detailf(format string, args ...any) {
	if c.Verbose {
		c.printf(format, args...)
	}
}

// Warn prints an error that does not end the work.
func (c *Console) Warn(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	diag.PrintWarning(c.Err, err)
}

func (c *Console) printf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	fmt.Fprintf(c.Err, format+"\n", args...)
}

// Progress tells how far a stage of the work is: done of total, in whatever unit; a total of 0 is unknown. A stage goes
// on until another one is named, or Done is called.
func (c *Console) Progress(name string, done, total int64) {
	if c.Quiet {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if name != c.stage.name {
		c.clear()
		c.stage = stage{name: name, begun: c.clock()}
	}
	if c.terminal() {
		c.draw(done, total)
		return
	}
	if !c.stage.listed && (c.Verbose || c.clock().Sub(c.stage.begun) >= c.patience()) {
		c.stage.listed = true
		fmt.Fprintln(c.Err, name)
	}
}

// Done ends the stage.
func (c *Console) Done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	c.stage = stage{}
}

func (c *Console) patience() time.Duration {
	return cmp.Or(c.Patience, time.Second)
}

func (c *Console) clock() time.Time {
	if c.now != nil {
		return c.now()
	}
	return time.Now()
}

func (c *Console) terminal() bool {
	f, ok := c.Err.(*os.File)
	return c.tty || ok && term.IsTerminal(int(f.Fd())) // a descriptor
}
