package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/console"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
)

// The exit statuses of oxgen.
const (
	statusOK      = 0
	statusProblem = 1 // something of the user's is wrong
	statusUsage   = 2 // the command line is wrong
)

// patience is the console's. The tests have more of it, so that what oxgen prints does not depend on the machine's speed.
var patience time.Duration

// An app is one run of oxgen: its streams and the flags that all commands have.
type app struct {
	in      io.Reader
	out     io.Writer // data
	console console.Console
	started bool   // a command has begun: errors are no longer those of the command line
	status  int    // the exit status when no error is returned
	cache   string // directory of the cache; "" as long as it was not used
	release func() // lets others clean the cache; nil while it is not used

	mutex    sync.Mutex
	warnings []error // of the generation, as they were printed; guarded by mutex
}

// run runs oxgen with the given arguments and returns its exit status.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, console: console.Console{Err: errw, Patience: patience}}
	defer a.leaveCache()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	c, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return a.status
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = errors.New("interrupted")
	case !a.started:
		err = usage(c, err)
	}
	return a.fail(err)
}

// A usageError is a wrong command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage makes a *diag.Error of what cobra says about the command line of c.
func usage(c *cobra.Command, err error) error {
	var d *diag.Error
	if errors.As(err, &d) {
		return usageError{d}
	}
	problem := err.Error()
	// "if any flags in the group [quiet verbose] are set none of the others can be; [quiet verbose] were all set"
	if _, set, ok := strings.Cut(problem, "none of the others can be; ["); ok {
		set, _, _ = strings.Cut(set, "]")
		problem = "--" + strings.Join(strings.Fields(set), " and --") + " exclude each other"
	}
	return usageError{&diag.Error{Problem: problem, Hint: "`" + c.CommandPath() + " --help` shows the arguments and flags", Err: err}}
}

// fail prints err and returns the exit status that goes with it.
func (a *app) fail(err error) int {
	a.console.Done()
	diag.Print(a.console.Err, err)
	if errors.As(err, new(usageError)) {
		return statusUsage
	}
	return statusProblem
}

// action makes do the action of a command.
func (a *app) action(do func(c *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		a.started = true
		return do(c, args)
	}
}

// The groups that the help lists the commands in.
const (
	groupProgram = "program"
	groupInspect = "inspect"
	groupMachine = "machine"
)

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "oxgen",
		Short: "Turn a Python program into one native executable, with Go alone",
		Long: `Oxgen turns a Python program into one native executable, with Go alone.

It has the target interpreter compile Python sources and wheels and writes a Go package
that holds them, libpython and an importer. Plain "go build" then makes one executable
that needs no Python and unpacks nothing.

Without a command oxgen does what "oxgen generate" does in the current directory.

Data is printed on standard output, messages on standard error. The exit status is 0,
1 when something of yours is wrong (sources, configuration, network), and 2 when the
command line is.`,
		Example: `  oxgen init hello                 # a new project
  oxgen run hello                  # build it and run it
  go generate ./... && go build    # the same, the Go way, in the project`,
		Version:                    version(),
		Args:                       subcommand,
		SilenceErrors:              true,
		SilenceUsage:               true,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetUsageTemplate(wrapped(root.UsageTemplate()))
	root.PersistentFlags().BoolVarP(&a.console.Quiet, "quiet", "q", false, "print warnings and errors only")
	root.PersistentFlags().BoolVarP(&a.console.Verbose, "verbose", "v", false, "print what is done")
	root.MarkFlagsMutuallyExclusive("quiet", "verbose")
	root.AddGroup(
		&cobra.Group{ID: groupProgram, Title: "Make a program:"},
		&cobra.Group{ID: groupInspect, Title: "Look into one:"},
		&cobra.Group{ID: groupMachine, Title: "This machine:"},
	)
	add := func(group string, list ...*cobra.Command) {
		for _, c := range list {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	generate := a.generateCommand()
	root.Flags().AddFlagSet(generate.Flags())
	root.RunE = generate.RunE
	add(groupProgram, a.initCommand(), generate, a.buildCommand(), a.runCommand(), a.traceCommand())
	add(groupInspect, a.scanCommand(), a.inspectCommand(), a.whyCommand(), a.analyzeCommand(), a.lintCommand(), a.checkCommand(),
		a.diffCommand(), a.verifyCommand(), a.sbomCommand(), a.licencesCommand(), a.reportCommand())
	add(groupMachine, a.pythonCommand(), a.cacheCommand(), a.completionCommand())
	root.AddCommand(a.jailCommand())
	root.SetHelpCommandGroupID(groupMachine)
	return root
}

// wrapped makes cobra's template break the lines of long flags.
func wrapped(template string) string {
	return strings.NewReplacer(
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 100",
		".InheritedFlags.FlagUsages", ".InheritedFlags.FlagUsagesWrapped 100",
	).Replace(template)
}

// groupOf returns a command that only has commands below it.
func groupOf(c *cobra.Command, below ...*cobra.Command) *cobra.Command {
	c.Args = subcommand
	c.SuggestionsMinimumDistance = 2
	c.RunE = func(c *cobra.Command, _ []string) error {
		return diag.Errorf("", "`"+c.CommandPath()+" --help` lists them", "%s needs a command", c.CommandPath())
	}
	c.AddCommand(below...)
	return c
}

// subcommand refuses an argument where only the name of a command may stand.
func subcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "`" + c.CommandPath() + " --help` lists the commands"
	if list := c.SuggestionsFor(args[0]); len(list) > 0 {
		for i, name := range list {
			list[i] = "`" + c.CommandPath() + " " + name + "`"
		}
		hint = "did you mean " + strings.Join(list, " or ") + "?"
	}
	return diag.Errorf("", hint, "unknown command %q", c.CommandPath()+" "+args[0])
}

// store returns the store of Pythons, and keeps the cache from being cleaned until releaseCache.
func (a *app) store(ctx context.Context) (*dist.Store, error) {
	dir, err := dist.DefaultCacheDir()
	if err != nil {
		return nil, err
	}
	if a.release == nil {
		a.cache, a.release = dir, cachedir.Use(ctx, dir)
	}
	return &dist.Store{CacheDir: dir, Progress: a.console.Progress}, nil
}

func (a *app) releaseCache() {
	if a.release != nil {
		a.release()
		a.release = nil
	}
}

// trimPatience is how long the end of a command waits for others who use the cache, before it leaves the cache as it is.
const trimPatience = 20 * time.Millisecond

// leaveCache releases the cache, and removes what was not used for long from it.
func (a *app) leaveCache() {
	a.releaseCache()
	if a.cache == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), trimPatience)
	defer cancel()
	cachedir.Trim(ctx, a.cache, time.Now())
}

// dirArgument returns the argument DIR of most commands.
func dirArgument(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// size returns a number of bytes as people read it.
func size(n int64) string { return config.ByteSize(n).String() }
