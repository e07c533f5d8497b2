// Package config reads the configuration of a program: the file oxgen.toml, or the table [tool.oxgen] of a
// pyproject.toml (PEP 518). Both have the same keys, which Keys lists once for the reader, the messages, the template,
// docs/configuration.md and docs/oxgen.schema.json.
//
// Every error is a *diag.Error with the position in the file, or several of them joined and sorted by position.
// The package looks at the files' text only: whether a source, a wheel or an interpreter exists is seen later.
package config

import (
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A Config is a configuration as it was read and checked, defaults filled in.
type Config struct {
	File string `toml:"-"` // the file that was read, as it was named to Load or Parse
	Dir  string `toml:"-"` // directory of File; relative paths resolve against it
	Root string `toml:"-"` // directory that Package lies below; "" is Dir

	Name         string   `toml:"name"`          // program name, a file name on every platform; "" after Parse when absent
	Package      string   `toml:"package"`       // slash path below Root of the generated package; its base is the package's name
	Python       string   `toml:"python"`        // interpreter spec; "" is the default distribution
	Link         Link     `toml:"link"`          // how libpython comes into the process
	Targets      []string `toml:"targets"`       // "GOOS/GOARCH", each once, in the file's order; empty is what go env says
	Sources      []string `toml:"sources"`       // paths, or what ParseGoMod reads, each once
	SitePackages []string `toml:"site-packages"` // paths, each once
	Wheels       []string `toml:"wheels"`        // paths or patterns of path.Match, each once

	Requirements []string `toml:"requirements"` // lines of pip's requirements files, or the names of such files, each once
	Lock         string   `toml:"lock"`         // path of a lock file; "" is none
	LockExtras   []string `toml:"lock-extras"`  // each once
	LockGroups   []string `toml:"lock-groups"`  // each once; nil when the key is absent
	FindLinks    []string `toml:"find-links"`   // paths, each once

	MaxWheelFiles    int      `toml:"max-wheel-files"`     // files and folders; 0 is the default, here and below
	MaxWheelFileSize ByteSize `toml:"max-wheel-file-size"` // of one file, unpacked
	MaxWheelSize     ByteSize `toml:"max-wheel-size"`      // of all files, unpacked
	MaxWheelRatio    int      `toml:"max-wheel-ratio"`     // of the unpacked to the packed size

	Libraries       []string `toml:"libraries"`        // paths or patterns of path.Match, each once
	HostLibraries   bool     `toml:"host-libraries"`   // whether libraries that no input has are taken from this machine
	SystemLibraries []string `toml:"system-libraries"` // names or patterns of path.Match, each once

	DenyLicences  []string `toml:"deny-licences"`  // patterns of licence.Rules, each once
	AllowLicences []string `toml:"allow-licences"` // the same
	Licences      []string `toml:"licences"`       // what ParseLicence reads, each once

	Stdlib   Extent   `toml:"stdlib"`   // how much of the standard library is embedded
	Packages Extent   `toml:"packages"` // how much of wheels and site-packages is embedded; sources are always whole
	Include  []string `toml:"include"`  // dotted names of modules or patterns, each once, that Used takes besides what is imported
	Hooks    []string `toml:"hooks"`    // paths or patterns of path.Match, each once
	Trace    []string `toml:"trace"`    // paths, each once; absent: DefaultTrace, if that is there

	Optimize      Levels   `toml:"optimize"`       // levels of the embedded bytecode; the first is the interpreter's
	Bytecode      bool     `toml:"bytecode"`       // whether bytecode is embedded; without it modules are compiled at import
	DebugRanges   bool     `toml:"debug-ranges"`   // whether bytecode says which columns its instructions come from (PEP 657)
	IncludeSource bool     `toml:"include-source"` // whether the source text is embedded beside the bytecode
	Compact       bool     `toml:"compact"`        // whether table and libpython are compressed as a whole
	VirtualFiles  bool     `toml:"virtual-files"`  // whether functions of os and io find the program's files
	Lazy          []string `toml:"lazy"`           // dotted names of modules or patterns, each once, that are loaded when they are first used
	FastExit      bool     `toml:"fast-exit"`      // whether the interpreter is left as it is at the end
	Extract       []string `toml:"extract"`        // dotted names of packages whose files are put on disk, each once

	InstallLinks bool `toml:"install-links"` // whether --oxgen-install-links makes links for Programs

	MaxSize  ByteSize `toml:"max-size"`  // of the executable for one target; 0 is no limit
	MaxGlibc string   `toml:"max-glibc"` // "2.28", the oldest glibc that the program has to run with; "" is any

	Run         Run         `toml:"run"`
	Programs    []Program   `toml:"program"`
	Rules       []Rule      `toml:"rule"`
	Extensions  []Extension `toml:"extension"`
	Check       Check       `toml:"check"`
	Windows     Windows     `toml:"windows"`
	Interpreter Interpreter `toml:"interpreter"`
}

// Levels are levels of optimisation as python -O counts them, each from 0 to 2 and once, in the file's order.
type Levels []int

// UnmarshalTOML reads an integer or an array of integers.
func (l *Levels) UnmarshalTOML(data []byte) error {
	var list struct{ V []int }
	text := string(data)
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		text = "[" + text + "]"
	}
	if err := toml.Unmarshal([]byte("V = "+text), &list); err != nil {
		return err
	}
	*l = list.V
	return nil
}

// A Run says what the program does once the interpreter is up. Exactly one of the first six fields is set; none is in the
// zero value, which only a Config with Programs has.
type Run struct {
	Module        string `toml:"module"`         // as `python -m`
	Entry         string `toml:"entry"`          // object reference "pkg.mod:attr.attr"
	ConsoleScript string `toml:"console-script"` // name of an entry point of an embedded distribution
	Command       string `toml:"command"`        // as `python -c`
	File          string `toml:"file"`           // path of a script, which becomes __main__
	REPL          bool   `toml:"repl"`           // the interactive interpreter

	Argv []string `toml:"argv"` // arguments put before those of the command line
}

// IsZero tells whether r does not say what to run.
func (r *Run) IsZero() bool {
	return !r.REPL && r.Module == "" && r.Entry == "" && r.ConsoleScript == "" && r.Command == "" && r.File == ""
}

// A Program is one of several in an executable.
type Program struct {
	Name string `toml:"name"` // a file name on every platform, without white space; unique, whatever the case of letters
	Run
}

// A Rule says something about some files. Exactly one of Match and Distribution is set, and one at least of the others.
type Rule struct {
	Line int `toml:"-"` // of its header in the file

	Match        string `toml:"match"`        // a pattern of package rule
	Distribution string `toml:"distribution"` // name of a distribution

	Include  *bool  `toml:"include"`
	Source   *bool  `toml:"source"`
	Optimize Levels `toml:"optimize"` // nil is not set
	Location string `toml:"location"` // a place of package rule; "" is not set
	Compress string `toml:"compress"` // a way of package rule; "" is not set
}

// An Extension is an extension module that is compiled from sources.
type Extension struct {
	Name        string   `toml:"name"`         // dotted, of ASCII letters, digits and underscores; unique
	Sources     []string `toml:"sources"`      // paths or patterns of path.Match, at least one
	IncludeDirs []string `toml:"include-dirs"` // paths
	Libraries   []string `toml:"libraries"`    // names as after -l
	Defines     []string `toml:"defines"`      // "NAME" or "NAME=VALUE"
	CFlags      []string `toml:"cflags"`       // arguments of the compiler
}

// A Check says what `oxgen check` does.
type Check struct {
	Skip []string `toml:"skip"` // dotted names of modules, each once
}

// A Windows says what the file of an executable for Windows shows of itself. The zero value is nothing.
type Windows struct {
	Icon        string `toml:"icon"`     // file; "" is none
	Manifest    string `toml:"manifest"` // file; "" is oxgen's own
	Version     string `toml:"version"`  // "1.2.3.4"
	Description string `toml:"description"`
	Company     string `toml:"company"`
	Copyright   string `toml:"copyright"`
}

// An Interpreter holds the fields of CPython's PyConfig and PyPreConfig that a user may set. Where oxgen has a default
// the field is a plain value and Parse has filled it in. Where it has none, nil or "" leaves the option as the profile
// has it: CPython's isolated configuration (PEP 587), or its usual one, which asks the environment.
type Interpreter struct {
	Profile Profile `toml:"profile"`

	UTF8Mode              bool `toml:"utf8-mode"`
	ConfigureLocale       bool `toml:"configure-locale"`
	InstallSignalHandlers bool `toml:"install-signal-handlers"`
	UseEnvironment        bool `toml:"use-environment"` // absent: whether Profile is Python
	SiteImport            bool `toml:"site-import"`
	UserSite              bool `toml:"user-site"`
	WriteBytecode         bool `toml:"write-bytecode"`
	PathconfigWarnings    bool `toml:"pathconfig-warnings"`
	Interactive           bool `toml:"interactive"`
	Quiet                 bool `toml:"quiet"`
	ActAsPython           bool `toml:"act-as-python"` // not an option of CPython
	SysFrozen             bool `toml:"sys-frozen"`    // no option of CPython
	SysMEIPASS            bool `toml:"sys-meipass"`   // no option of CPython
	Optimize              int  `toml:"optimize"`      // sys.flags.optimize, 0, 1 or 2; absent: the first of Config.Optimize
	BytesWarning          int  `toml:"bytes-warning"` // 0, 1 (warn) or 2 (raise)

	SafePath        *bool   `toml:"safe-path"`
	DevMode         *bool   `toml:"dev-mode"`
	Inspect         *bool   `toml:"inspect"`
	Unbuffered      *bool   `toml:"unbuffered"` // the option buffered_stdio, reversed
	Faulthandler    *bool   `toml:"faulthandler"`
	ImportTime      *bool   `toml:"import-time"`
	Verbose         *int    `toml:"verbose"`            // ≥ 0
	Tracemalloc     *int    `toml:"tracemalloc"`        // frames kept for each allocation, ≤ 65535; 0 is off
	IntMaxStrDigits *int    `toml:"int-max-str-digits"` // 0 (no limit) or ≥ 640
	HashSeed        *uint32 `toml:"hash-seed"`          // nil is random, or what PYTHONHASHSEED says

	StdioEncoding     string `toml:"stdio-encoding"`
	StdioErrors       string `toml:"stdio-errors"`
	CheckHashPycsMode string `toml:"check-hash-pycs-mode"` // "default", "always" or "never"
	Allocator         string `toml:"allocator"`            // a name that PYTHONMALLOC takes

	WarnOptions       []string `toml:"warn-options"`        // as after -W, in the order of the command line
	XOptions          []string `toml:"x-options"`           // as after -X
	ModuleSearchPaths []string `toml:"module-search-paths"` // absolute, or below "$ORIGIN"
}

// A Link is a way in which libpython comes into the program's process.
type Link string

// The ways.
const (
	Mapped Link = "mapped" // it lies in the executable, and is loaded from there
	Static Link = "static" // the C linker links it into the executable
	Shared Link = "shared" // the system has it
)

// An Extent is how much of something is embedded.
type Extent string

// The extents.
const (
	All  Extent = "all"
	Used Extent = "used" // what is within reach of the program, by imports
)

// DefaultTrace is the file that `oxgen trace` writes, beside the configuration, and that counts where the key trace is absent.
const DefaultTrace = "oxgen.trace.toml"

// A Profile is the set of defaults that an interpreter starts from.
type Profile string

// The profiles.
const (
	Isolated Profile = "isolated" // PyConfig_InitIsolatedConfig: neither environment nor user directories count
	Python   Profile = "python"   // PyConfig_InitPythonConfig: as the command python does
)

// Origin stands at the start of a module search path for the directory of the executable at run time.
const Origin = "$ORIGIN"

// defaults returns what a file that sets nothing says. What depends on other keys is left to resolve.
func defaults() *Config {
	return &Config{
		Package:       "pyapp",
		Link:          Mapped,
		MaxWheelFiles: 200_000, MaxWheelFileSize: 2 << 30, MaxWheelSize: 8 << 30, MaxWheelRatio: 200, // as wheel.Limits has them
		Stdlib:        All,
		Packages:      All,
		Optimize:      Levels{0},
		Bytecode:      true,
		DebugRanges:   true,
		IncludeSource: true,
		VirtualFiles:  true,
		Interpreter: Interpreter{
			Profile:               Isolated,
			UTF8Mode:              true,
			ConfigureLocale:       true,
			InstallSignalHandlers: true,
			ActAsPython:           true,
		},
	}
}

// resolve fills in the defaults that depend on other keys; d tells which keys are there.
func (c *Config) resolve(d *document) {
	if !d.has("interpreter.use-environment") {
		c.Interpreter.UseEnvironment = c.Interpreter.Profile == Python
	}
	switch {
	case !d.has("interpreter.optimize") && len(c.Optimize) > 0:
		c.Interpreter.Optimize = c.Optimize[0]
	case !d.has("optimize"):
		c.Optimize = Levels{c.Interpreter.Optimize}
	}
}
