package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/console"
	"github.com/oxgen/oxgen/internal/diag"
)

// The exit statuses of oxgen.
const (
	statusOK      = 0
	statusProblem = 1 // something of the user's is wrong
	statusUsage   = 2 // the command line is wrong
)

// An app is one run of oxgen: its streams and the flags that all commands have.
type app struct {
	in      io.Reader
	out     io.Writer        // data
	err     io.Writer        // messages
	console *console.Console // messages, by the flags
	quiet   bool
	verbose bool
	json    bool
	status  int // the exit status when no error is returned
}

// run runs oxgen with the given arguments and returns its exit status.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return a.status
	}
	return a.fail(err)
}

// A usageError is a wrong command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// fail prints err and returns the exit status that goes with it.
func (a *app) fail(err error) int {
	diag.Print(a.err, err)
	var usage usageError
	if errors.As(err, &usage) {
		return statusUsage
	}
	return statusProblem
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "oxgen",
		Short: "Turn a Python program into one native executable, with Go alone",
		Long: `oxgen turns a Python program into one native executable, with Go alone.

It compiles Python sources and wheels with the target interpreter and writes a Go
package that holds them, libpython and an importer. Plain "go build" then makes one
executable that needs no Python and unpacks nothing.

Without a command, oxgen does what "oxgen generate" does.`,
		Example: `  oxgen init hello --run-module app   # a new project
  oxgen run hello                     # build it and run it
  go generate ./... && go build ./... # what a Go project does`,
		Args:          usageArgs(cobra.NoArgs),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			a.console = &console.Console{Err: a.err, Quiet: a.quiet, Verbose: a.verbose}
		},
	}
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "print errors only")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "print what is done")
	root.MarkFlagsMutuallyExclusive("quiet", "verbose")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{&diag.Error{Problem: err.Error(), Hint: "`" + c.CommandPath() + " --help` shows the flags"}}
	})
	generate := a.generateCommand()
	root.Flags().AddFlagSet(generate.Flags())
	root.RunE = generate.RunE
	root.AddCommand(generate, a.buildCommand(), a.runCommand())
	return root
}

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{&diag.Error{Problem: err.Error(), Hint: "`" + c.CommandPath() + " --help` shows the arguments"}}
		}
		return nil
	}
}
