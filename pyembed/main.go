package pyembed

import (
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
	_ "github.com/oxgen/oxgen/pyembed/internal/early"
	"github.com/oxgen/oxgen/pyembed/internal/loader"
	"github.com/oxgen/oxgen/pyembed/table"
)

// Python's main thread is to be the process's main thread, on which Go runs init functions and main.
func init() { runtime.LockOSThread() }

// Main runs the program with the arguments of the process and ends the process: with the program's exit status, by
// SIGINT when the program ends with a KeyboardInterrupt, and with status 1 and one line on standard error when Python
// can't be started; with status 2 when it isn't said which of several programs is meant. It does not return.
func (p *Program) Main() {
	if dir, ok := p.Config.linksFor(os.Args); ok {
		os.Exit(p.installLinks(dir, os.Stdout, os.Stderr))
	}
	i, err := p.start(os.Args, true)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", p.Name, err)
		os.Exit(errorStatus(err))
	}
	status, interrupted := i.run()
	i.timing.tell()
	if interrupted {
		i.api.Interrupt()
	}
	i.api.Exit(status)
}

// Run runs the program with the given arguments, of which the first is the program's name, and returns its exit status:
// 130 when it ends with a KeyboardInterrupt. The error says why Python could not be started. Run must be called on the
// main thread (from main, or a function that main calls), and once in a process.
func (p *Program) Run(args []string) (int, error) {
	i, err := p.start(args, false)
	if err != nil {
		return 0, err
	}
	status, _ := i.run()
	i.timing.tell()
	return status, nil
}

// An interpreter is a CPython that is running.
type interpreter struct {
	api     *cpython.API
	config  *Config
	started invocation
	timing  *timing
	exit    bool // CPython wanted to end at once, with status
	status  int
}

// start brings the interpreter up to the point where the program's modules can be imported. whole tells that the process is
// the program's alone, so that Go needs no signals for itself any more.
func (p *Program) start(args []string, whole bool) (*interpreter, error) {
	timing := newTiming(os.Getenv(envTiming), p.Name, os.Stderr)
	if err := p.expand(); err != nil {
		return nil, err
	}
	header, err := p.check()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{""} // as the kernel does
	}
	exe, err := os.Executable()
	if err != nil {
		if exe, err = executableFallback(args); err != nil {
			return nil, err
		}
	}
	started, err := p.invocation(args, exe, whole)
	if err != nil {
		return nil, err
	}
	t, err := table.OpenWith(p.Table, p.Common)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, regenerate)
	}
	timing.done("table opened")
	handle, err := p.load(t)
	if err != nil {
		return nil, fmt.Errorf("%w (see docs/architecture.md, Loading libpython)", err)
	}
	timing.done("libpython loaded")
	api := cpython.New(handle, cpython.Version(header.PythonVersion))
	if err := matches(api, header); err != nil {
		return nil, err
	}
	api.PopulateCode()
	api.PopulateArenas()
	api.GrowHeap()
	api.ResetSignals(whole)
	settle := func() {}
	if whole {
		debug.SetGCPercent(-1) // Go has nothing more to collect, and its threads stay those that there are
		settle = api.ShieldThreads()
	}
	if err := api.SetFrozen(t.Section(table.Bootstrap)); err != nil {
		return nil, err
	}
	i := &interpreter{api: api, config: started.config, started: started, timing: timing}
	if err := api.AddBuiltin(p.values(api, t, &i.started)); err != nil {
		return nil, err
	}
	for _, e := range p.Library.Extensions {
		if err := api.AddExtension(e.Name, e.Symbol); err != nil {
			return nil, err
		}
	}
	p.announce(api, exe)
	settle()
	timing.done("Python configured")
	i.status, i.exit, err = i.initialize()
	if err != nil {
		return nil, fmt.Errorf("starting Python: %w", err)
	}
	settle()
	timing.done("Python started")
	return i, nil
}

// load brings libpython into the process, after what it is linked with.
func (p *Program) load(t *table.Reader) (uintptr, error) {
	for _, need := range p.Needs {
		e, ok, err := t.File(need)
		if err != nil {
			return 0, err
		}
		if !ok || e.Dir || e.Compression != table.Uncompressed {
			return 0, fmt.Errorf("the program's table has no library %q", need)
		}
		if err := loader.LoadNeeded(path.Base(need), "", string(e.Bytes)); err != nil {
			return 0, err
		}
	}
	return loader.Load(p.Library)
}

// initialize starts CPython. For an interpreter it parses the arguments as the python command does; otherwise they are all
// the program's.
func (i *interpreter) initialize() (status int, exit bool, err error) {
	if i.started.role == aPython {
		return i.api.InitializeCommand(i.config.commandSettings(i.api.Version, &i.started))
	}
	set := i.config.settings(i.api.Version, &i.started)
	if i.config.readsEnvironment() || i.started.role == aChild {
		return i.api.InitializeCommand(set)
	}
	return i.api.Initialize(set)
}

// values gives the built-in module what the importer needs.
func (p *Program) values(api *cpython.API, t *table.Reader, started *invocation) []cpython.Value {
	environment, _ := started.venv()
	values := []cpython.Value{
		api.MemoryValue("table", p.Table),
		api.MemoryValue("importer", t.Section(table.Importer)),
		api.MemoryValue("root", t.Section(table.Root)),
		api.PathValue("path", started.exe),
		api.PathValue("executable", started.executable),
		api.PathValue("environment", environment),
		api.StringValue("parent", envParent),
		api.PathValue("identity", p.identity(started.exe).lasting()),
		api.StringValue("loader", loader.Forced()),
		api.StringValue("linked", p.linked()),
		api.StringValue("lazy", strings.Join(p.Config.Lazy, " ")),
		api.BoolValue("frozen", p.Config.Frozen),
		api.BoolValue("meipass", p.Config.MEIPASS),
		api.BoolValue("acts_as_python", started.role == aPython),
		api.BoolValue("virtual_files", !p.Config.NoVirtualFiles),
	}
	if p.Common != "" {
		values = append(values, api.MemoryValue("common", p.Common))
	}
	return slices.Concat(values, api.GuardValues(), api.CallValues(), nativeValues(api, t))
}

// linked returns the names of the extension modules that are part of the executable, with a space between them.
func (p *Program) linked() string {
	names := make([]string, len(p.Library.Extensions))
	for i, e := range p.Library.Extensions {
		names[i] = e.Name
	}
	return strings.Join(names, " ")
}

// run runs the program, finalises the interpreter and returns the exit status. interrupted tells that a
// KeyboardInterrupt ended the program.
func (i *interpreter) run() (status int, interrupted bool) {
	switch {
	case i.exit:
		return i.status, false
	case i.started.self, i.started.within: // as the program
	case i.started.role != theProgram, i.config.REPL:
		return i.runMain(), false
	}
	status, interrupted = i.runProgram()
	if i.inspects() {
		return i.runMain(), false
	}
	i.timing.done("program run")
	if !i.end() {
		status = 120 // as Py_RunMain does when a stream can't be flushed, whatever the program's status
	}
	i.timing.done("Python ended")
	if interrupted {
		status = 130
	}
	return status, interrupted
}

// runMain leaves the rest to CPython.
func (i *interpreter) runMain() int {
	status := i.api.RunMain()
	i.timing.done("program run, Python ended")
	return status
}

// end finalises the interpreter, or does only what others can see of that; it reports whether all streams could be flushed.
func (i *interpreter) end() bool {
	if !i.config.FastExit {
		return i.api.Finalize()
	}
	a := i.api
	done := a.Call(a.Attr(a.Import("_oxgen_process"), "end"))
	if done == 0 {
		a.ClearError()
	}
	return done != 0 && a.Int(done) != 0 || a.Finalize()
}

// runProgram runs the main module.
func (i *interpreter) runProgram() (status int, interrupted bool) {
	a := i.api
	process := a.Import("_oxgen_process")
	mode, what := i.config.mode()
	if i.started.within {
		mode, what = "script", i.started.line.path
	}
	main := a.Call(a.Attr(process, "prepare"), i.mainArguments(mode, what)...)
	if main != 0 {
		if e := a.Item(main, 2); a.IsException(e) {
			a.Raise(e)
		} else {
			a.Release(a.Eval(a.Item(main, 0), a.Item(main, 1)))
		}
		a.Release(main) // and with it the module's names: what they hold is deleted while Python still works
	}
	e, raised := a.Raised()
	switch err := a.Missing(); {
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s\n", err)
		return 1, false
	case !raised:
		return 0, false
	case a.Is(e, "PyExc_SystemExit") && !i.inspects():
		return i.exitStatus(process, e), false
	}
	interrupted = a.Is(e, "PyExc_KeyboardInterrupt")
	a.Print(e)
	return 1, interrupted
}

// mainArguments returns what prepare, in the importer, wants to know of the main module.
func (i *interpreter) mainArguments(mode, what string) []cpython.Object {
	arguments := []cpython.Object{i.api.String(mode), i.api.String(what)}
	if mode == "command" {
		arguments = append(arguments, i.api.Compile(what, "<string>"))
	}
	return arguments
}

// inspects tells whether the interactive interpreter follows the program.
func (i *interpreter) inspects() bool {
	a := i.api
	yes := a.Call(a.Attr(a.Import("_oxgen_process"), "inspects"))
	if yes == 0 {
		a.ClearError()
		return false
	}
	return a.Int(yes) != 0
}

// exitStatus has the importer do with a SystemExit what CPython's handle_system_exit (Python/pythonrun.c) does.
func (i *interpreter) exitStatus(process cpython.Object, e cpython.Exception) int {
	a := i.api
	status := a.Call(a.Attr(process, "exit_status"), e.Value())
	a.Forget(e)
	if status == 0 {
		a.ClearError()
		return 1
	}
	return a.Int(status)
}

var errNoExecutable = errors.New("the path of the executable can't be found: /proc is not mounted")
