// Package console prints messages for people: on standard error, quiet or verbose as asked, with a progress bar where
// standard error is a terminal and plain lines where it is not.
package console

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Console prints messages. Its methods may be called from several goroutines.
type Console struct {
	Err     io.Writer
	Quiet   bool // no messages but warnings and errors
	Verbose bool // details too

	mu    sync.Mutex
	stage string
	bar   *progressbar.ProgressBar
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

// Progress tells how far a stage of the work is. On a terminal a bar shows it; elsewhere a verbose console prints the
// name of each stage once.
func (c *Console) Progress(stage string, done, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Quiet || !c.terminal() {
		if c.Verbose && stage != c.stage {
			fmt.Fprintln(c.Err, stage)
		}
		c.stage = stage
		return
	}
	if c.bar == nil || stage != c.stage {
		c.clear()
		c.stage = stage
		c.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(c.Err),
			progressbar.OptionSetDescription(stage),
			progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish())
	}
	_ = c.bar.Set(done) // it only fails when done is beyond total
}

// Done removes the bar.
func (c *Console) Done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
}

func (c *Console) clear() {
	if c.bar != nil {
		_ = c.bar.Clear() // the terminal may be gone
		c.bar = nil
	}
}

func (c *Console) terminal() bool {
	f, ok := c.Err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // a descriptor
}
