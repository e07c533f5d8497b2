package config

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/rule"
)

// A Key is one key of the configuration.
type Key struct {
	Path    string   // "name", or "table.name"
	Type    Type     // what its value must be
	Default string   // what an absent key stands for, in the notation that TOML and JSON share; "" is nothing of the kind
	Example string   // a value to start from, in the same notation; "" when Default serves
	Values  []string // the only strings that a String may be; nil is any but the empty one
	Max     int64    // largest value of an Integer and of Integers, the smallest being 0; 0 leaves it to what a C int holds
	Option  string   // name of the PyInitConfig option (PEP 741) that it sets; "" for none
	Since   string   // first Python version that knows the option; "" is every one that oxgen takes
	Doc     string   // one line, without a final stop
}

// A Type is the type of a key's value. Its text reads on after "must be".
type Type string

// The types.
const (
	Bool     Type = "true or false"
	Integer  Type = "an integer"
	Integers Type = "an integer or an array of integers"
	String   Type = "a string"
	Strings  Type = "an array of strings"
	Size     Type = "a size, such as \"60 MB\", or a number of bytes"
)

// Tables lists the tables of the configuration in the order of Keys.
func Tables() []string {
	return []string{"run", programTable, ruleTable, extensionTable, "check", "windows", "interpreter"}
}

// The tables that may be there several times, as arrays of tables.
const (
	programTable   = "program"
	ruleTable      = "rule"
	extensionTable = "extension"
)

// IsArray tells whether a table is an array of tables.
func IsArray(table string) bool {
	return table == programTable || table == ruleTable || table == extensionTable
}

// Keys lists every key, in the order in which they are best read: first those above the tables, then table by table.
func Keys() []Key { return slices.Clone(keys) }

// Split returns the table and the name of the key; table is "" for a key above the tables.
func (k Key) Split() (table, name string) {
	if table, name, found := strings.Cut(k.Path, "."); found {
		return table, name
	}
	return "", k.Path
}

// Limit returns the largest value of an Integer.
func (k Key) Limit() int64 { return cmp.Or(k.Max, math.MaxInt32) }

// keyAt returns the key of a path.
func keyAt(path string) (Key, bool) {
	i := slices.IndexFunc(keys, func(k Key) bool { return k.Path == path })
	if i < 0 {
		return Key{}, false
	}
	return keys[i], true
}

// names returns what may stand in a table: its keys, and in "" the tables too.
func names(table string) []string {
	var all []string
	for _, k := range keys {
		if t, name := k.Split(); t == table {
			all = append(all, name)
		}
	}
	if table == "" {
		all = append(all, Tables()...)
	}
	return all
}

// runModes are the keys of which [run], and every [[program]], has exactly one.
var runModes = []string{"module", "entry", "console-script", "command", "file", "repl"}

var keys = []Key{
	{
		Path: "name", Type: String, Example: `"app"`,
		Doc: "name of the program and its executable; without it, the name of the directory",
	},
	{
		Path: "package", Type: String, Default: `"pyapp"`,
		Doc: "directory of the generated Go package; its last element is the package's name",
	},
	{
		Path: "python", Type: String, Example: `"3.14"`,
		Doc: "Python to embed: a version, or the path of an interpreter or a distribution",
	},
	{
		Path: "link", Type: String, Default: `"mapped"`, Values: []string{string(Mapped), string(Static), string(Shared)},
		Doc: "how libpython comes in: mapped from the executable, linked into it, or the system's",
	},
	{
		Path: "targets", Type: Strings, Default: `[]`, Example: `["linux/amd64", "linux/arm64"]`,
		Doc: "platforms to generate for; without any, the one of `go env`",
	},
	{
		Path: "sources", Type: Strings, Default: `[]`, Example: `["src"]`,
		Doc: "directories, package directories, .py files, or gomod:MODULE@VERSION/DIR",
	},
	{
		Path: "site-packages", Type: Strings, Default: `[]`, Example: `[".venv"]`,
		Doc: "virtual environments, or directories of installed distributions",
	},
	{
		Path: "wheels", Type: Strings, Default: `[]`, Example: `["wheels/*.whl"]`,
		Doc: "wheels, as paths or patterns",
	},
	{
		Path: "requirements", Type: Strings, Default: `[]`, Example: `["requirements.txt", "rich>=13"]`,
		Doc: "what pip brings wheels of: requirements, requirements files, options of such files",
	},
	{
		Path: "lock", Type: String, Example: `"pylock.toml"`,
		Doc: "path of a lock file (PEP 751), pylock.toml or pylock.NAME.toml, whose wheels are embedded",
	},
	{
		Path: "lock-extras", Type: Strings, Default: `[]`, Example: `["extra"]`,
		Doc: "extras of the lock file that are wanted",
	},
	{
		Path: "lock-groups", Type: Strings, Example: `["group"]`,
		Doc: "dependency groups of the lock file that are wanted; without the key, its default-groups",
	},
	{
		Path: "find-links", Type: Strings, Default: `[]`, Example: `["wheelhouse"]`,
		Doc: "directories in which wheels of the lock file are looked for before they are downloaded",
	},
	{
		Path: "max-wheel-files", Type: Integer, Default: `200000`,
		Doc: "a wheel with more files and folders is refused",
	},
	{
		Path: "max-wheel-file-size", Type: Size, Default: `"2 GiB"`,
		Doc: "a wheel with a larger file is refused, by its unpacked size",
	},
	{
		Path: "max-wheel-size", Type: Size, Default: `"8 GiB"`,
		Doc: "a wheel that unpacks to more is refused",
	},
	{
		Path: "max-wheel-ratio", Type: Integer, Default: `200`,
		Doc: "a wheel of more than 64 MiB that unpacks to more times its size is refused",
	},
	{
		Path: "libraries", Type: Strings, Default: `[]`, Example: `["lib/*.so.*"]`,
		Doc: "shared libraries that extension modules are linked with, as paths or patterns",
	},
	{
		Path: "host-libraries", Type: Bool, Default: `false`,
		Doc: "take the libraries that are linked with and that no input has from this machine",
	},
	{
		Path: "system-libraries", Type: Strings, Default: `[]`, Example: `["libGL.so.1", "libX11*"]`,
		Doc: "names or patterns of libraries that the target has, so that they are not embedded",
	},
	{
		Path: "deny-licences", Type: Strings, Default: `[]`, Example: `["GPL-*", "unknown"]`,
		Doc: "SPDX identifiers or patterns of licences that nothing in the program may have",
	},
	{
		Path: "allow-licences", Type: Strings, Default: `[]`, Example: `["MIT", "BSD-*", "Python-2.0"]`,
		Doc: "those that everything must have; without any, all that are not denied",
	},
	{
		Path: "licences", Type: Strings, Default: `[]`, Example: `["package: MIT"]`,
		Doc: "licences of distributions that do not say theirs: name, colon, SPDX expression",
	},
	{
		Path: "stdlib", Type: String, Default: `"all"`, Values: []string{string(All), string(Used)},
		Doc: "which modules of the standard library are embedded: all, or those that the program uses",
	},
	{
		Path: "packages", Type: String, Default: `"all"`, Values: []string{string(All), string(Used)},
		Doc: "which modules of wheels and site-packages are embedded; sources are whole",
	},
	{
		Path: "include", Type: Strings, Default: `[]`, Example: `["package.plugins.*"]`,
		Doc: "modules, or patterns, that \"used\" is to take although nothing seems to import them",
	},
	{
		Path: "hooks", Type: Strings, Default: `[]`, Example: `["hooks/*.toml"]`,
		Doc: "files that say what packages import by computed names, as paths or patterns",
	},
	{
		Path: "trace", Type: Strings, Default: `[]`, Example: `["oxgen.trace.toml"]`,
		Doc: "files of `oxgen trace`; without the key, oxgen.trace.toml, if it is there",
	},
	{
		Path: "optimize", Type: Integers, Default: `[0]`, Example: `0`, Max: 2,
		Doc: "levels of bytecode: 1 drops assert statements, 2 docstrings as well",
	},
	{
		Path: "bytecode", Type: Bool, Default: `true`,
		Doc: "embed bytecode; without it modules are compiled when they are imported",
	},
	{
		Path: "debug-ranges", Type: Bool, Default: `true`,
		Doc: "keep columns in bytecode, for the ^^^^ of tracebacks; without, it is a sixteenth smaller",
	},
	{
		Path: "include-source", Type: Bool, Default: `true`,
		Doc: "embed source text too, for tracebacks and inspect",
	},
	{
		Path: "compact", Type: Bool, Default: `false`,
		Doc: "compress all of the executable: half the size, unpacked into memory at every start",
	},
	{
		Path: "virtual-files", Type: Bool, Default: `true`,
		Doc: "open, os.stat, pathlib … find the program's files below the executable's path",
	},
	{
		Path: "lazy", Type: Strings, Default: `[]`, Example: `["requests"]`,
		Doc: "modules, or patterns, that are loaded when an attribute of theirs is first asked for",
	},
	{
		Path: "fast-exit", Type: Bool, Default: `false`,
		Doc: "end without taking the interpreter apart, when threads, atexit and streams are done",
	},
	{
		Path: "extract", Type: Strings, Default: `[]`, Example: `["package"]`,
		Doc: "packages whose files are put into the user's cache directory, as real files",
	},
	{
		Path: "install-links", Type: Bool, Default: `false`,
		Doc: "let --oxgen-install-links DIR make a link for every program of [[program]]",
	},
	{
		Path: "max-size", Type: Size, Example: `"60 MB"`,
		Doc: "the program may not be larger, or generating and building it is an error",
	},
	{
		Path: "max-glibc", Type: String, Example: `"2.28"`,
		Doc: "the program must run with this glibc, or generating it is an error",
	},

	{
		Path: "run.module", Type: String, Example: `"app"`,
		Doc: "run a module or package, as `python -m` does",
	},
	{
		Path: "run.entry", Type: String, Example: `"app.cli:main"`,
		Doc: "call an object with no arguments, as a console script does",
	},
	{
		Path: "run.console-script", Type: String, Example: `"app"`,
		Doc: "run a console script of an embedded distribution, by its name",
	},
	{
		Path: "run.command", Type: String, Example: `"import app; app.main()"`,
		Doc: "run a line of Python, as `python -c` does",
	},
	{
		Path: "run.file", Type: String, Example: `"main.py"`,
		Doc: "run a script, which becomes the module __main__",
	},
	{
		Path: "run.repl", Type: Bool, Default: `false`, Example: `true`,
		Doc: "start the interactive interpreter",
	},
	{
		Path: "run.argv", Type: Strings, Default: `[]`, Example: `["--verbose"]`,
		Doc: "arguments put before those of the command line",
	},

	{
		Path: "program.name", Type: String, Example: `"tool"`,
		Doc: "what the program is started by: the name of a link, or the first argument",
	},
	{
		Path: "program.module", Type: String, Example: `"app"`,
		Doc: "run a module or package, as `python -m` does",
	},
	{
		Path: "program.entry", Type: String, Example: `"app.cli:main"`,
		Doc: "call an object with no arguments, as a console script does",
	},
	{
		Path: "program.console-script", Type: String, Example: `"app"`,
		Doc: "run a console script of an embedded distribution, by its name",
	},
	{
		Path: "program.command", Type: String, Example: `"import app; app.main()"`,
		Doc: "run a line of Python, as `python -c` does",
	},
	{
		Path: "program.file", Type: String, Example: `"main.py"`,
		Doc: "run a script, which becomes the module __main__",
	},
	{
		Path: "program.repl", Type: Bool, Default: `false`, Example: `true`,
		Doc: "start the interactive interpreter",
	},
	{
		Path: "program.argv", Type: Strings, Default: `[]`, Example: `["--verbose"]`,
		Doc: "arguments put before those of the command line",
	},

	{
		Path: "rule.match", Type: String, Example: `"pkg.data.**"`,
		Doc: "modules by dotted name, or files by path; * is one element, ** any number",
	},
	{
		Path: "rule.distribution", Type: String, Example: `"demo"`,
		Doc: "instead of match: all files of a distribution",
	},
	{
		Path: "rule.include", Type: Bool, Example: `false`,
		Doc: "whether they are in the program, also where they are left out by default",
	},
	{
		Path: "rule.source", Type: Bool, Example: `false`,
		Doc: "include-source, for these modules",
	},
	{
		Path: "rule.optimize", Type: Integers, Example: `2`, Max: 2,
		Doc: "levels of bytecode of these modules, see below",
	},
	{
		Path: "rule.location", Type: String, Example: `"extract"`, Values: []string{rule.Memory, rule.Extract},
		Doc: "where these packages are when the program runs; extract is the key above",
	},
	{
		Path: "rule.compress", Type: String, Example: `"zlib"`, Values: []string{rule.None, rule.Zlib, rule.Zstd},
		Doc: "how files and sources are stored; without it sources as zlib streams, files as they are",
	},

	{
		Path: "extension.name", Type: String, Example: `"pkg.mod"`,
		Doc: "dotted name of an extension module that is compiled from C or C++",
	},
	{
		Path: "extension.sources", Type: Strings, Default: `[]`, Example: `["src/pkg/mod.c"]`,
		Doc: "its source files, as paths or patterns",
	},
	{
		Path: "extension.include-dirs", Type: Strings, Default: `[]`, Example: `["include"]`,
		Doc: "directories of headers, before those of Python",
	},
	{
		Path: "extension.libraries", Type: Strings, Default: `[]`, Example: `["z"]`,
		Doc: "libraries that it is linked with, named as after -l",
	},
	{
		Path: "extension.defines", Type: Strings, Default: `[]`, Example: `["NDEBUG", "LEVEL=2"]`,
		Doc: "macros, as after -D",
	},
	{
		Path: "extension.cflags", Type: Strings, Default: `[]`, Example: `["-std=c11"]`,
		Doc: "other arguments of the compiler",
	},

	{
		Path: "check.skip", Type: Strings, Default: `[]`, Example: `["pkg.windows"]`,
		Doc: "modules that `oxgen check` does not import, with all below them",
	},

	{
		Path: "windows.icon", Type: String, Example: `"app.ico"`,
		Doc: "icon of the executable, an .ico file, or a .png of 256 by 256 pixels or more",
	},
	{
		Path: "windows.manifest", Type: String, Example: `"app.manifest"`,
		Doc: "application manifest, an XML file; without it one for any user, with long paths",
	},
	{
		Path: "windows.version", Type: String, Example: `"1.2.3.0"`,
		Doc: "version of the file and the product, up to four numbers",
	},
	{
		Path: "windows.description", Type: String, Example: `"Keeps a guestbook"`,
		Doc: "what the task manager calls the program; without it its name",
	},
	{
		Path: "windows.company", Type: String, Example: `"Example Ltd"`,
		Doc: "who made the program",
	},
	{
		Path: "windows.copyright", Type: String, Example: `"© 2026 Example Ltd"`,
		Doc: "legal notice",
	},

	{
		Path: "interpreter.profile", Type: String, Default: `"isolated"`, Option: "isolated",
		Values: []string{string(Isolated), string(Python)},
		Doc:    "what is not set below is as in an isolated Python, or as in the command python",
	},
	{
		Path: "interpreter.use-environment", Type: Bool, Option: "use_environment", Example: `false`,
		Doc: "read the PYTHON… variables; without it, in the profile python only",
	},
	{
		Path: "interpreter.utf8-mode", Type: Bool, Default: `true`, Option: "utf8_mode",
		Doc: "UTF-8 for files, streams and names, whatever the locale (PEP 540)",
	},
	{
		Path: "interpreter.configure-locale", Type: Bool, Default: `true`, Option: "configure_locale",
		Doc: "set LC_CTYPE to the user's locale",
	},
	{
		Path: "interpreter.install-signal-handlers", Type: Bool, Default: `true`, Option: "install_signal_handlers",
		Doc: "Ctrl-C raises KeyboardInterrupt, SIGPIPE is ignored",
	},
	{
		Path: "interpreter.optimize", Type: Integer, Max: 2, Option: "optimization_level", Example: `0`,
		Doc: "sys.flags.optimize; without it, the first level of the optimize above the tables",
	},
	{
		Path: "interpreter.hash-seed", Type: Integer, Max: 1<<32 - 1, Option: "hash_seed", Example: `0`,
		Doc: "fixed seed of str hashes, 0 for none; without it, a random one",
	},
	{
		Path: "interpreter.dev-mode", Type: Bool, Option: "dev_mode", Example: `true`,
		Doc: "Python Development Mode: more checks and warnings",
	},
	{
		Path: "interpreter.faulthandler", Type: Bool, Option: "faulthandler", Example: `true`,
		Doc: "print the Python traceback when the process crashes",
	},
	{
		Path: "interpreter.warn-options", Type: Strings, Default: `[]`, Option: "warnoptions", Example: `["default"]`,
		Doc: "warning filters, as after -W",
	},
	{
		Path: "interpreter.x-options", Type: Strings, Default: `[]`, Option: "xoptions", Example: `["no_debug_ranges"]`,
		Doc: "sys._xoptions, as after -X",
	},
	{
		Path: "interpreter.bytes-warning", Type: Integer, Default: `0`, Max: 2, Option: "bytes_warning",
		Doc: "comparing bytes with str: 1 warns, 2 raises",
	},

	{
		Path: "interpreter.module-search-paths", Type: Strings, Default: `[]`, Option: "module_search_paths",
		Example: `["$ORIGIN/plugins"]`,
		Doc:     "directories on sys.path at run time; $ORIGIN is that of the executable",
	},
	{
		Path: "interpreter.safe-path", Type: Bool, Option: "safe_path", Since: "3.11", Example: `true`,
		Doc: "keep the current or the script's directory off sys.path",
	},
	{
		Path: "interpreter.site-import", Type: Bool, Default: `false`, Option: "site_import",
		Doc: "import the module site at the start",
	},
	{
		Path: "interpreter.user-site", Type: Bool, Default: `false`, Option: "user_site_directory",
		Doc: "let site add the user's site-packages to sys.path",
	},
	{
		Path: "interpreter.pathconfig-warnings", Type: Bool, Default: `false`, Option: "pathconfig_warnings",
		Doc: "warn when CPython can't find its own directories",
	},
	{
		Path: "interpreter.write-bytecode", Type: Bool, Default: `false`, Option: "write_bytecode",
		Doc: "write .pyc files for modules imported from directories",
	},
	{
		Path: "interpreter.check-hash-pycs-mode", Type: String, Option: "check_hash_pycs_mode", Example: `"default"`,
		Values: []string{"default", "always", "never"},
		Doc:    "which hash-based .pyc files of directories are validated (PEP 552)",
	},

	{
		Path: "interpreter.unbuffered", Type: Bool, Option: "buffered_stdio", Example: `true`,
		Doc: "do not buffer stdout and stderr, as -u",
	},
	{
		Path: "interpreter.stdio-encoding", Type: String, Option: "stdio_encoding", Example: `"utf-8"`,
		Doc: "encoding of stdin, stdout and stderr",
	},
	{
		Path: "interpreter.stdio-errors", Type: String, Option: "stdio_errors", Example: `"surrogateescape"`,
		Doc: "error handler of stdin and stdout",
	},
	{
		Path: "interpreter.interactive", Type: Bool, Default: `false`, Option: "interactive",
		Doc: "behave as on a terminal, as -i does",
	},
	{
		Path: "interpreter.inspect", Type: Bool, Option: "inspect", Example: `true`,
		Doc: "start the interactive interpreter after the program, as -i does",
	},
	{
		Path: "interpreter.quiet", Type: Bool, Default: `false`, Option: "quiet",
		Doc: "no version and copyright at the start of the interactive interpreter",
	},

	{
		Path: "interpreter.sys-frozen", Type: Bool, Default: `false`,
		Doc: "set sys.frozen, as PyInstaller and others do",
	},
	{
		Path: "interpreter.sys-meipass", Type: Bool, Default: `false`,
		Doc: "set sys._MEIPASS, to the path of the executable, below which the program's files are",
	},

	{
		Path: "interpreter.verbose", Type: Integer, Option: "verbose", Example: `1`,
		Doc: "print each import; 2 prints each file looked for",
	},
	{
		Path: "interpreter.import-time", Type: Bool, Option: "import_time", Example: `true`,
		Doc: "print how long each import takes",
	},
	{
		Path: "interpreter.tracemalloc", Type: Integer, Max: 65535, Option: "tracemalloc", Example: `25`,
		Doc: "trace memory allocations, keeping that many frames for each; 0 is off",
	},
	{
		Path: "interpreter.int-max-str-digits", Type: Integer, Option: "int_max_str_digits", Since: "3.12", Example: `4300`,
		Doc: "longest int that converts to or from str: 0 for no limit, or at least 640",
	},
	{
		Path: "interpreter.allocator", Type: String, Option: "allocator", Example: `"pymalloc"`,
		Values: []string{"default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"},
		Doc:    "memory allocator, by its PYTHONMALLOC name; mimalloc since 3.13",
	},

	{
		Path: "interpreter.act-as-python", Type: Bool, Default: `true`,
		Doc: "be the python command when called python, python3 …, or with OXGEN_PYTHON=1",
	},
}
