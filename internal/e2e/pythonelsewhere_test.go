//go:build linux

package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// likeOthers are the ways to start python that are gone on this platform only, each with another one that goes the same way through the
// program. A start takes a second elsewhere.
var likeOthers = map[string]string{
	"timeit":                       "pydoc",
	"pdb":                          "pydoc",
	"unittest":                     "pydoc",
	"standard input":               "dash",
	"interactive":                  "interactive session",
	"interactive after an error":   "interactive after",
	"skipped line":                 "script",
	"status":                       "reason",
	"no module in a package":       "no module",
	"error of syntax in a command": "error of syntax",
	"unknown long option":          "unknown option",
	"no command":                   "unknown option",
	"no module name":               "unknown option",
	"version":                      "long version",
	"help":                         "help for variables",
	"certificates by a variable":   "certificates",
	"terminal by a variable":       "terminal",
	"-X utf8":                      "-X utf8=0",
	"LANG":                         "LC_ALL=C",
	"LC_ALL of nowhere":            "LC_ALL=C",
}

// notOnWindows are those that Windows does not know, and why.
var notOnWindows = map[string]string{
	"terminal":         "there is no curses",
	"unknown terminal": "there is no curses",
}

// pythonsElsewhere are the ways to start python on a platform. Those that give it nothing but options are one, and so are those that give
// it nothing but variables.
func pythonsElsewhere(p platform) []asPython {
	options, variables := asPython{name: "options"}, asPython{name: "variables"}
	var ways []asPython
	for _, way := range asPythons {
		option, script := strings.CutSuffix(way.args, " picture.py")
		switch {
		case likeOthers[way.name] != "" || p.goos == "windows" && notOnWindows[way.name] != "":
		case script && way.env == "" && way.name[0] == '-':
			options.args += option + " "
		case way.args == "" && strings.HasPrefix(way.env, "PYTHON"):
			variables.env += way.env + " "
		default:
			ways = append(ways, way)
		}
	}
	options.args += "picture.py"
	return append(ways, options, variables)
}

// TestActsAsPythonElsewhere holds programs called python on other platforms to what the same program says here, and on Windows to the
// python.exe of its distribution.
func TestActsAsPythonElsewhere(t *testing.T) {
	testElsewhere(t, func(t *testing.T, p platform) {
		p.call(t) // builds the programs
		dir := pythonDirectory(t)
		reference := onLinux.asPython()
		if p.goos == "windows" {
			distribution := filepath.Join(plainPython(t, used.python), "../../..", p.name())
			reference = foreignPython{p, filepath.Join(distribution, "python.exe"), filepath.Join(distribution, "Lib")}
		}
		for _, way := range pythonsElsewhere(p) {
			t.Run(way.name, func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(reference.start(t, way, dir), p.asPython().start(t, way, dir)); diff != "" {
					t.Errorf("(-python +program):\n%s", diff)
				}
			})
		}
	})
}

// A foreignPython is a python for some platform: paths of this machine.
type foreignPython struct {
	platform
	exe    string
	stdlib string // what its library is below
}

// asPython is the platform's program, by that name.
func (p platform) asPython() foreignPython {
	exe := p.executable("python")
	return foreignPython{p, exe, exe}
}

// start starts the python in a way, and names its paths and those of its plugins as those of every python.
func (f foreignPython) start(t *testing.T, way asPython, dir string) ending {
	t.Helper()
	given := way.call(t, f.exe, dir)
	c := f.calling(t, f.exe, given.args...)
	c.dir = dir
	if f.goos != "windows" {
		c.env = nil
	}
	c.env = append(c.env, given.env...)
	if given.stdin != nil {
		c.stdin = given.stdin
	}
	r := c.run(t)
	r.stdout, r.stderr = timeOfBuild.ReplaceAllString(r.stdout, ""), timeOfBuild.ReplaceAllString(r.stderr, "")
	return r.ending(f.plain())
}

// timeOfBuild is that of libpython's for a platform, in what python says of its version.
var timeOfBuild = regexp.MustCompile(`, \d\d:\d\d:\d\d`)

// plain names the python's own paths: its plugins, its library, and itself, of which the first begin with the others.
func (f foreignPython) plain() *strings.Replacer {
	var names []string
	for _, path := range f.spellings(filepath.Join(filepath.Dir(f.exe), "plugins")) {
		names = append(names, `, "`+path+`"`, "", `"`+path+`"`, "")
	}
	for _, path := range f.spellings(f.stdlib + "/") {
		names = append(names, path, "LIBRARY/")
	}
	for _, path := range f.spellings(f.exe) {
		names = append(names, path, "PYTHON")
	}
	return strings.NewReplacer(names...)
}
