package pyembed

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A Choice is one of several programs in an executable. It is chosen by the name under which the executable is started,
// which a link gives it, or else by the first argument. One of Module, File, Command and REPL is set, as in a Config.
type Choice struct {
	Name string // a file name, without the .exe of Windows

	Module  string
	File    string
	Command string
	REPL    bool
	Argv    []string
}

// choose returns the configuration of the program that args are for, and its arguments: by the base name of args[0], else by
// args[1], else that of c itself. A program that args[1] chooses has the arguments behind it, and "NAME CHOICE" as the
// first: usage messages then show what the user has to type. A program that starts itself again has those it had.
func (c *Config) choose(args []string) (*Config, []string, error) {
	if choice := c.called(args[0]); choice != nil {
		return c.with(choice), args, nil
	}
	if choice := c.again(args); choice != nil {
		return c.with(choice), args[1:], nil
	}
	if len(args) > 1 {
		if choice := c.choice(func(p *Choice) bool { return p.Name == args[1] }); choice != nil {
			return c.with(choice), append([]string{args[0] + " " + choice.Name}, args[2:]...), nil
		}
	}
	if len(c.Programs) > 0 && !c.runs() {
		return nil, nil, c.undecided(args)
	}
	return c, args, nil
}

// again returns the program that starts itself again with sys.executable and its whole sys.argv, as reloaders do, so that args[1]
// is what args[0] was; nil for other arguments.
func (c *Config) again(args []string) *Choice {
	if len(args) < 2 {
		return nil
	}
	choice := c.called(args[1])
	if choice == nil || args[1] == choice.Name {
		return nil
	}
	exe, err := os.Executable()
	if err != nil {
		return nil
	}
	path, _ := strings.CutSuffix(args[1], " "+choice.Name)
	if !isSame(path, exe) {
		return nil
	}
	return choice
}

// calledName returns the name of a program that the first argument may stand for: its base name, or what choose has made of
// one, for a program that starts itself again with its own sys.argv.
func calledName(arg string) string {
	name := filepath.Base(arg)
	return withoutExe(name[strings.LastIndexByte(name, ' ')+1:])
}

// withoutExe takes the ending of Windows' executables off a name.
func withoutExe(name string) string {
	if stem := len(name) - len(".exe"); stem > 0 && strings.EqualFold(name[stem:], ".exe") {
		return name[:stem]
	}
	return name
}

// withExe returns the name of the executable of a program.
func withExe(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// foldName returns the name of a file in the form in which two of the same file are equal: on Windows letters of either case are one.
func foldName(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToLower(name)
	}
	return name
}

// called returns the program that an executable with that path is by its name, nil if there is none.
func (c *Config) called(path string) *Choice {
	name := foldName(calledName(path))
	return c.choice(func(p *Choice) bool { return foldName(p.Name) == name })
}

// choice returns the first program that is wanted, nil if none is.
func (c *Config) choice(wanted func(*Choice) bool) *Choice {
	for i := range c.Programs {
		if p := &c.Programs[i]; wanted(p) {
			return p
		}
	}
	return nil
}

// named returns the configuration of the program whose name the executable itself has, as a copy may, else c.
func (c *Config) named(exe string) *Config {
	if choice := c.called(exe); choice != nil {
		return c.with(choice)
	}
	return c
}

// with returns the configuration of a program.
func (c *Config) with(choice *Choice) *Config {
	chosen := *c
	chosen.Module, chosen.File, chosen.Command, chosen.REPL = choice.Module, choice.File, choice.Command, choice.REPL
	chosen.Argv = choice.Argv
	return &chosen
}

// runs tells whether c says what to run without a choice.
func (c *Config) runs() bool { return c.REPL || c.Module != "" || c.File != "" || c.Command != "" }

// mode returns what is run: the first argument of the importer's prepare (templates/process.py), and the second.
func (c *Config) mode() (name, what string) {
	switch {
	case c.File != "":
		return "file", c.File
	case c.Command != "":
		return "command", c.Command
	}
	return "module", c.Module
}

// isLink tells whether the executable was started under the name of a program by a link, and not as sys.executable: then
// that program is meant, and no interpreter, whoever started it.
func (c *Config) isLink(arg, exe string) bool {
	return arg != exe && c.called(arg) != nil
}

// errUndecided is the error of an executable with several programs when none is chosen.
var errUndecided = errors.New("which program?")

type undecidedError struct{ text string }

func (e *undecidedError) Error() string { return e.text }
func (e *undecidedError) Unwrap() error { return errUndecided }

func (c *Config) undecided(args []string) error {
	names := make([]string, len(c.Programs))
	for i := range c.Programs {
		names[i] = c.Programs[i].Name
	}
	text := "name a program to run: " + strings.Join(names, ", ")
	if len(args) > 1 {
		text = "there is no program " + quoted(args[1]) + "; the programs are " + strings.Join(names, ", ")
	}
	return &undecidedError{text}
}

// errorStatus returns the exit status for an error of Run: 2, as for a mistake on any command line, when no program is chosen.
func errorStatus(err error) int {
	if errors.Is(err, errUndecided) {
		return 2
	}
	return 1
}
