// Package pagewriter has what the programs of this repository that write a page of docs/ have in common.
package pagewriter

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// A Job writes a page, and tells log what it is doing.
type Job interface {
	Write(ctx context.Context, log io.Writer) error
}

// Run does the job that parse reads from the command line, until it is done or the process is told to end, and returns the exit
// status: 1 if something went wrong, 2 if the command line is wrong, which parse then has said on stderr.
func Run[J Job](name string, args []string, stderr io.Writer, parse func(args []string, stderr io.Writer) (J, error)) int {
	job, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := job.Write(ctx, stderr); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// Check says whether there is a directory for a page: now, and not after minutes of work.
func Check(page string) error {
	if info, err := os.Stat(filepath.Dir(page)); err != nil || !info.IsDir() {
		return fmt.Errorf("no directory for the page %s", page)
	}
	return nil
}
