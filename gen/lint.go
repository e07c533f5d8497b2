package gen

import (
	"slices"
	"strings"

	built "github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/pyc"
)

// An Advice says that a module hands the path of a file beside it to something that knows nothing of virtual files.
type Advice struct {
	Package string `json:"package"` // top-level, what `extract` takes
	Module  string `json:"module"`
	Place   string `json:"place"` // the function: "Browser.start", "<module>"
	Uses    string `json:"uses"`  // the name of what gets the path, as far as names tell: "Popen"
	Line    int    `json:"line"`  // of the function
}

// needFiles are names of what wants a path of the disk. open, pathlib, os and io find virtual files, ctypes libraries in memory,
// and ssl certificates.
var needFiles = []string{
	"Popen", "check_call", "check_output", "getoutput", "system", "execv", "execve", "execvp", "spawnv", "posix_spawn", // other programs
	"create_subprocess_exec", "create_subprocess_shell", "startfile",
	"connect",                               // of sqlite3
	"load_extension", "PhotoImage", "chdir", // C libraries, and the kernel
}

// subprocesses are functions of subprocess whose names say too little without it.
var subprocesses = []string{"run", "call"}

// Lint looks through the bytecode of a program for code that may need real files: functions that use __file__ together with
// one of needFiles or subprocesses. It is a guess by names. The standard library, and packages that are extracted, are left out. The advice is
// sorted as the modules are.
func Lint(p *built.Program) ([]Advice, error) {
	extracted := map[string]bool{}
	standard := map[string]bool{}
	for i := range p.Files {
		f := &p.Files[i]
		extracted[f.Module] = f.Extracted
		standard[f.Module] = f.Distribution == "python" || f.Distribution == built.OwnDistribution
	}
	var list []Advice
	for m, err := range p.Table.Modules() {
		if err != nil {
			return nil, err
		}
		if len(m.Code) == 0 || standard[m.Name] || extracted[m.Name] {
			continue
		}
		version, err := pyc.MagicVersion(p.Table.Header().PythonMagic)
		if err != nil {
			return nil, err
		}
		code, err := pyc.ReadCode(m.Code[0], version)
		if err != nil {
			return nil, err
		}
		list = append(list, lintModule(m.Name, code)...)
	}
	return list, nil
}

func lintModule(name string, code *pyc.Code) []Advice {
	var list []Advice
	top, _, _ := strings.Cut(name, ".")
	imports := code.Imports("").List
	sqlite := slices.ContainsFunc(imports, func(i pyc.Import) bool { return i.Name == "sqlite3" })
	for c := range code.All() {
		if !slices.Contains(c.Names, "__file__") {
			continue
		}
		add := func(use string) {
			list = append(list, Advice{Package: top, Module: name, Place: c.Qualname, Uses: use, Line: c.FirstLine})
		}
		for _, use := range needFiles {
			if slices.Contains(c.Names, use) && (use != "connect" || sqlite) {
				add(use)
			}
		}
		for _, use := range subprocesses {
			if usesSubprocess(c, imports, use) {
				add(use)
			}
		}
	}
	return list
}

// usesSubprocess tells whether a function uses one of subprocess: as an attribute of it, by its own name, or after an import of its own.
func usesSubprocess(c *pyc.Code, imports []pyc.Import, use string) bool {
	return slices.Contains(c.Attributes("subprocess"), use) || slices.Contains(c.Names, use) && slices.ContainsFunc(imports, func(i pyc.Import) bool {
		return i.Name == "subprocess" && (slices.Contains(i.From, use) || i.From == nil && i.In == c)
	})
}
