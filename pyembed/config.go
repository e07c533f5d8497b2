package pyembed

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
)

// A Config says what is run and how the interpreter is set up. The zero value runs nothing; a generated Program has
// one of Module, File, Command and REPL set, or Programs, or both.
type Config struct {
	Module  string   // the module that runs as __main__, as by `python -m`; a package stands for its __main__ module
	File    string   // path below the virtual root of the script that runs as __main__, as by `python FILE`
	Command string   // Python code that runs as __main__, as by `python -c`
	REPL    bool     // run the interactive interpreter
	Argv    []string // arguments put before those of the command line

	// Programs are chosen by name, see Choice. What is above runs when none is, and nothing above is set where that is an
	// error.
	Programs     []Choice
	InstallLinks bool // --oxgen-install-links DIR, alone on the command line, makes a link for each of Programs

	Frozen  bool // set sys.frozen
	MEIPASS bool // set sys._MEIPASS, to the virtual root

	// NoVirtualFiles leaves the functions of os and io as they are: below the executable's path there are then no files for
	// them, and only the import system reads the program's.
	NoVirtualFiles bool

	// FastExit ends a program without taking the interpreter apart: threads are waited for, exit functions called and files flushed,
	// and then the process ends. It changes nothing where the executable is a python, or a child of a program.
	FastExit bool

	Lazy []string // modules that are loaded when an attribute of theirs is first asked for (importlib.util.LazyLoader)

	NoPython bool // do not act as the python command, by whatever name or variable the executable is started

	SearchPaths []string  // directories behind the program's own modules in sys.path; $ORIGIN is the executable's directory
	Settings    []Setting // what differs from the defaults: CPython's isolated configuration (PEP 587), changed by Defaults
}

// A Setting is an option of the interpreter by its name in PEP 741. Value is an int64, a string or a []string.
type Setting = cpython.Setting

// Defaults returns how a program's interpreter differs from CPython's isolated configuration when nobody says otherwise:
// text is UTF-8, the locale is the user's, Ctrl-C works, and neither is site imported nor bytecode written.
func Defaults() []Setting {
	return []Setting{
		{Name: "utf8_mode", Value: int64(1)},
		{Name: "configure_locale", Value: int64(1)},
		{Name: "install_signal_handlers", Value: int64(1)},
		{Name: "site_import", Value: int64(0)},
		{Name: "write_bytecode", Value: int64(0)},
		{Name: "pathconfig_warnings", Value: int64(0)},
	}
}

// settings returns the configuration of an interpreter for the program, or for a child of it, in the order of application.
// What it starts from is CPython's isolated configuration for the program, and that of the python command where variables
// count, and for a child, whose options count.
func (c *Config) settings(version cpython.Version, i *invocation) []Setting {
	var set []Setting
	var first []string
	if c.readsEnvironment() {
		set = withEnvironment(version)
		if i.role == theProgram || !i.line.noEnvironment() {
			first = environmentPaths()
		}
	}
	if i.role == aChild && !c.readsEnvironment() {
		set = append(withEnvironment(version), Setting{Name: "isolated", Value: int64(1)}, Setting{Name: "use_environment", Value: int64(0)})
	}
	set = slices.Concat(set, Defaults(), c.paths(version, i.exe, first), hashSeed())
	if i.role == theProgram {
		args := slices.Insert(slices.Clone(i.args), 1, c.Argv...)
		return append(append(set, c.Settings...), Setting{Name: "argv", Value: args})
	}
	if i.line.script > 0 && !i.self {
		set = append(set, besideScript(version)...)
	}
	set = append(set, c.notCounted(i.line.letters)...)
	if i.line.utf8 {
		set = slices.DeleteFunc(set, func(s Setting) bool { return s.Name == "utf8_mode" })
	}
	return append(set, Setting{Name: "argv", Value: i.args}, Setting{Name: "parse_argv", Value: int64(1)})
}

// counted are the options that CPython counts: those of the command line are added to what is set.
var counted = map[string]string{"optimization_level": "O", "verbose": "v", "bytes_warning": "b"}

// notCounted returns the settings without those that options of one letter stand for on a command line.
func (c *Config) notCounted(letters string) []Setting {
	return slices.DeleteFunc(slices.Clone(c.Settings), func(s Setting) bool {
		return counted[s.Name] != "" && strings.Contains(letters, counted[s.Name])
	})
}

// withEnvironment returns what turns the configuration of the python command into the isolated one, but for environment
// variables: they decide in places where the isolated configuration leaves nothing to decide.
func withEnvironment(version cpython.Version) []Setting {
	return append(safePath(version, 1),
		Setting{Name: "user_site_directory", Value: int64(0)},
		Setting{Name: "coerce_c_locale", Value: int64(0)},
		Setting{Name: "parse_argv", Value: int64(0)})
}

// besideScript returns what lets a script import the modules beside it, though neither the environment nor the current
// directory has a say.
func besideScript(version cpython.Version) []Setting {
	return append(safePath(version, 0), Setting{Name: "isolated", Value: int64(0)})
}

// safePath sets an option that 3.10 does not have.
func safePath(version cpython.Version, value int64) []Setting {
	if version.Minor() < 11 {
		return nil
	}
	return []Setting{{Name: "safe_path", Value: value}}
}

// commandSettings returns the configuration of an interpreter that behaves as the python command. Of the program's own, it
// has the modules and SearchPaths.
func (c *Config) commandSettings(version cpython.Version, i *invocation) []Setting {
	var first []string
	if !i.line.noEnvironment() {
		first = environmentPaths()
	}
	set := append(c.paths(version, i.exe, first), hashSeed()...)
	_, base := i.venv()
	return append(set,
		Setting{Name: "program_name", Value: i.args[0]}, // for --help and errors of the command line
		Setting{Name: "base_executable", Value: cmp.Or(base, i.executable)},
		Setting{Name: "argv", Value: i.args})
}

// readsEnvironment tells whether the PYTHON… variables count.
func (c *Config) readsEnvironment() bool {
	return slices.ContainsFunc(c.Settings, func(s Setting) bool { return s.Name == "use_environment" && s.Value == int64(1) })
}

// environmentPaths returns the directories of PYTHONPATH. CPython reads them only where it works sys.path out by itself.
func environmentPaths() []string { return filepath.SplitList(os.Getenv("PYTHONPATH")) }

// hashSeed returns a random seed for the hashes of str where CPython can't get one: it reads /dev/urandom when it was built
// for a glibc older than getrandom, and does not start without (Python/bootstrap_hash.c). A chroot may have no /dev.
func hashSeed() []Setting {
	if runtime.GOOS != "linux" {
		return nil
	}
	if _, err := os.Stat("/dev/urandom"); err == nil {
		return nil
	}
	seed := 1 + rand.Int64N(math.MaxUint32) // 0 would be no randomness at all; Go's generator is seeded by the kernel
	return []Setting{{Name: "use_hash_seed", Value: int64(1)}, {Name: "hash_seed", Value: seed}}
}

// paths sets everything that CPython's getpath would otherwise look for on disk. The executable stands for the root of
// the installation, as an archive does for zipimport. Of sys.path, first comes before it and SearchPaths behind it.
func (c *Config) paths(version cpython.Version, exe string, first []string) []Setting {
	list := append(slices.Clone(first), exe)
	for _, dir := range c.SearchPaths {
		if rest, ok := strings.CutPrefix(dir, "$ORIGIN"); ok {
			dir = filepath.Join(filepath.Dir(exe), rest)
		}
		list = append(list, dir)
	}
	var set []Setting
	for _, name := range []string{
		"program_name", "base_executable",
		"home", "prefix", "base_prefix", "exec_prefix", "base_exec_prefix", "stdlib_dir",
	} {
		if name == "stdlib_dir" && version.Minor() < 11 {
			continue // 3.10 has no such option, and needs none
		}
		set = append(set, Setting{Name: name, Value: exe})
	}
	if version.Minor() >= 11 {
		// All modules come from the program: CPython is not to believe that those it has frozen copies of are the copies.
		set = append(set, Setting{Name: "use_frozen_modules", Value: int64(0)})
	}
	set = append(set, Setting{Name: "executable", Value: nowhere(exe)})
	return append(set, Setting{Name: "module_search_paths", Value: list})
}

// nowhere is what CPython is told to be its executable while it starts; the importer then sets sys.executable. Since
// 3.14 getpath.py looks for a pyvenv.cfg beside the executable and one directory above it, even when home is set, and
// would find somebody else's. In this directory nobody can make files: it is of /proc, or elsewhere lies below a file.
func nowhere(exe string) string {
	if runtime.GOOS == "linux" {
		return "/proc/self/fdinfo/python"
	}
	return filepath.Join(exe, "none", "python")
}
