package pyembed

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// A role says whom the arguments of the command line are for.
type role int

const (
	theProgram role = iota // the program
	aChild                 // an interpreter that is set up as the program's
	aPython                // an interpreter that is set up as the command python
)

// envPython names the environment variable that asks for an interpreter, when it is "1". (The oxgen command has a variable
// of this name too; its values are paths and versions.)
const envPython = "OXGEN_PYTHON"

// isPython tells whether the process was started as the python command: by that name, with a version or without, or with
// the environment variable.
func isPython(args []string) bool {
	version, ok := strings.CutPrefix(foldName(withoutExe(filepath.Base(args[0]))), "python")
	return ok && strings.Trim(version, "0123456789.") == "" || os.Getenv(envPython) == "1"
}

// An invocation is how the process was started.
type invocation struct {
	role       role
	config     *Config // of the program that runs, if one does
	args       []string
	exe        string // the executable, an absolute path
	executable string // sys.executable
	line       commandLine
	self       bool // the script is the executable, which stands for its program, as an archive does
	within     bool // the script is a file in the executable
}

// invocation decides who is spoken to. The error says that no program is chosen.
func (p *Program) invocation(args []string, exe string, whole bool) (invocation, error) {
	spawned := spawned(args)
	i := invocation{config: &p.Config, args: spawned, exe: exe, executable: exe, line: parseCommandLine(spawned)}
	switch {
	case !p.Config.NoPython && isPython(args):
		i.role, i.executable = aPython, i.asCalled()
	case i.line.python && !p.Config.isLink(args[0], exe) && p.Config.again(args) == nil && p.isChild(exe, whole):
		i.role = aChild
	default:
		if args[0] == exe && p.Config.again(args) != nil && p.isChild(exe, whole) {
			args = args[1:] // a copy with the name of a program, started again as [sys.executable, *sys.argv]
		}
		if path := inPath(args[0], exe); whole && path != "" {
			args = append([]string{path}, args[1:]...) // as python's, whose scripts are found with their paths
		}
		var err error
		i.config, i.args, err = p.Config.choose(args)
		return i, err
	}
	own := p.Config.named(exe)
	i.self = i.line.script > 0 && own.runs() && isSame(i.line.path, exe)
	i.within = i.line.script > 0 && isBelow(i.line.path, exe)
	if i.self {
		i.config = own
		i.args = slices.Insert(slices.Clone(i.args), i.line.script+1, own.Argv...)
	}
	return i, nil
}

// asCalled returns the absolute path by which the executable was called, links as they are: a link called python stands for
// an interpreter when Python code calls sys.executable. It is the path of the executable when that can't be told.
func (i *invocation) asCalled() string {
	name := i.args[0]
	path := inPath(name, i.exe)
	if hasDirectory(name) {
		if abs, err := filepath.Abs(name); err == nil && isSame(abs, i.exe) {
			path = abs
		}
	}
	return cmp.Or(path, i.exe)
}

// hasDirectory tells whether a name is a path and not to be looked for in $PATH.
func hasDirectory(name string) bool { return filepath.Base(name) != name }

// inPath returns the absolute path at which a name without a directory stands for the executable in $PATH, "" if it doesn't.
func inPath(name, exe string) string {
	if name == "" || hasDirectory(name) {
		return ""
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err == nil && isSame(path, exe) {
			return path
		}
	}
	return ""
}

// isBelow tells whether a path, absolute and clean, begins with that of the executable as a directory.
func isBelow(path, exe string) bool {
	n := len(exe)
	if len(path) <= n || !os.IsPathSeparator(path[n]) {
		return false
	}
	return foldName(path[:n]) == foldName(exe)
}

func isSame(path, other string) bool {
	a, err := os.Stat(path)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}

// A commandLine is what matters here of arguments in the syntax of the python command.
type commandLine struct {
	python  bool   // python has something to do with them: they begin with an option of its own, or with what it can run
	script  int    // index of the argument that is a file or directory to run, 0 when there is none
	path    string // of it, absolute and clean
	letters string // of the options without an argument, as often as they are given
	utf8    bool   // -X utf8 or -X utf8=0
}

// noEnvironment tells whether an option forbids environment variables.
func (line *commandLine) noEnvironment() bool { return strings.ContainsAny(line.letters, "EI") }

// Options of python, from all versions (Python/getopt.c). Those of withArgument take the rest of the word or the next one.
const (
	flagOptions  = "bBdEhiIJOPqRsStuvVx?"
	withArgument = "WX"
	lastOptions  = "cm"
)

// longOptions are the others; true marks those with an argument.
var longOptions = map[string]bool{
	"--check-hash-based-pycs": true,
	"--help":                  false,
	"--help-all":              false,
	"--help-env":              false,
	"--help-xoptions":         false,
	"--version":               false,
}

// parseCommandLine reads arguments as CPython's Python/getopt.c does.
func parseCommandLine(args []string) commandLine {
	var line commandLine
	for n := 1; n < len(args); n++ {
		arg := args[n]
		switch {
		case arg == "--":
			return line.positional(args, n+1)
		case !strings.HasPrefix(arg, "-") || arg == "-":
			return line.positional(args, n)
		}
		takes, known, last := line.options(arg)
		switch {
		case !known:
			return line
		case takes:
			n++
			line.utf8 = line.utf8 || strings.HasSuffix(arg, "X") && n < len(args) && isUTF8Option(args[n])
		}
		line.python = true
		if last {
			return line
		}
	}
	return line
}

// options reads a word of options. takes tells that the next word belongs to it, last that no options follow.
func (line *commandLine) options(word string) (takes, known, last bool) {
	if strings.HasPrefix(word, "--") {
		takes, known = longOptions[word]
		return takes, known, false
	}
	for at, letter := range word[1:] {
		rest := word[1+at+1:]
		switch {
		case strings.ContainsRune(lastOptions, letter):
			return false, true, true
		case strings.ContainsRune(withArgument, letter):
			line.utf8 = line.utf8 || letter == 'X' && isUTF8Option(rest)
			return rest == "", true, false
		case !strings.ContainsRune(flagOptions, letter):
			return false, false, false
		}
		line.letters += string(letter)
	}
	return false, true, false
}

// isUTF8Option tells whether the argument of -X is about the UTF-8 mode.
func isUTF8Option(value string) bool { return value == "utf8" || strings.HasPrefix(value, "utf8=") }

// positional looks at the first argument that is no option.
func (line commandLine) positional(args []string, n int) commandLine {
	if n >= len(args) {
		return line
	}
	if args[n] == "-" {
		line.python = true
		return line
	}
	path, err := filepath.Abs(args[n])
	if err != nil {
		return line
	}
	line.script, line.path = n, path
	line.python = line.python || isRunnable(path)
	return line
}

// isBelowFile tells whether what there is above a path is a file. Windows says ENOTDIR of missing directories too.
func isBelowFile(path string) bool {
	for parent := filepath.Dir(path); parent != path; path, parent = parent, filepath.Dir(parent) {
		if info, err := os.Stat(parent); err == nil {
			return !info.IsDir()
		}
	}
	return false
}

// isRunnable tells whether python can run what is at path: a file, or a directory with a main module. What lies below a
// file may be in an archive, or in the executable.
func isRunnable(path string) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return errors.Is(err, syscall.ENOTDIR) && isBelowFile(path)
	case !info.IsDir():
		return true
	}
	return slices.ContainsFunc([]string{"__main__.py", "__main__.pyc"}, func(name string) bool {
		_, err := os.Stat(filepath.Join(path, name))
		return err == nil
	})
}
