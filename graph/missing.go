package graph

import (
	"slices"

	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/pyc"
)

// A Missing is a module that is imported and is nowhere.
type Missing struct {
	Module    string `json:"module"`
	Optional  bool   `json:"optional"`         // no import of it runs whenever the program does
	Reason    string `json:"reason,omitempty"` // why it is not there: "other platform", or what a caller knows
	Importers []Edge `json:"importers"`        // those within reach, by importer and line; To is the part of the name that there is
}

// foreign are modules of the standard library that other platforms, implementations and versions have.
var foreign = []string{
	"_aix_support", "_android_support", "_frozen_importlib*", "_ios_support", "_manylinux", "_msi", "_osx_support", "_overlapped", "_scproxy",
	"_winapi", "_winreg", "_wmi", "com.*", "java.*", "java", "msvcrt", "nt", "ntpath", "org.python.*", "org", "pywintypes", "vms_lib",
	"winreg", "winsound", "_winreg", "win32*", "_subprocess", "clr", "System", "System.*", "jarray", "__pypy__", "pyodide*", "js",
	"_pyodide*", "_emscripten*", "android", "androidembed", "rubicon*", "_dummy_thread", "dummy_threading", "dummy_thread",
	// of Python 2, and what later versions no longer have
	"__builtin__", "BaseHTTPServer", "ConfigParser", "Cookie", "cookielib", "copy_reg", "cPickle", "cStringIO", "HTMLParser", "httplib",
	"htmlentitydefs", "Queue", "SocketServer", "StringIO", "Tkinter", "urllib2", "urlparse", "UserDict", "thread", "xmlrpclib",
	"imp", "asyncore", "asynchat", "distutils", "distutils.*", "cgi", "crypt", "pipes", "telnetlib", "nntplib", "lib2to3.*",
}

// Missing returns the modules that something within reach imports and that are nowhere, by name. Imports for type checkers,
// other platforms and other versions don't count.
func (g *Graph) Missing() []Missing {
	var list []Missing
	runs := map[string]bool{}
	for _, r := range g.Roots {
		runs[r.Module] = runs[r.Module] || r.Kind == RootRun
	}
	firm := g.firm(runs)
	for _, u := range g.Unmet {
		n := &g.Nodes[g.index[u.From]]
		if !g.Reached(u.From) || !follows(u.Context, n.own || runs[u.From]) {
			continue
		}
		if len(list) == 0 || list[len(list)-1].Module != u.Module {
			m := Missing{Module: u.Module, Optional: true}
			if slices.ContainsFunc(foreign, func(p string) bool { return hooks.Match(p, u.Module) }) {
				m.Reason = "other platform or version"
			}
			list = append(list, m)
		}
		m := &list[len(list)-1]
		m.Importers = append(m.Importers, u.Edge)
		// The standard library goes without what is not there, whatever its code looks like.
		if firm[g.index[u.From]] && always(u.Context, n.own || runs[u.From]) && m.Reason == "" && n.Distribution != standard && u.Why != "find_spec" {
			m.Optional = false
		}
	}
	return list
}

// firm returns which modules are imported whenever the program runs: from the roots by imports that always run.
func (g *Graph) firm(runs map[string]bool) []bool {
	firm := make([]bool, len(g.Nodes))
	var todo []int
	visit := func(i int) {
		if !firm[i] {
			firm[i] = true
			todo = append(todo, i)
		}
	}
	for _, r := range g.Roots {
		visit(g.index[r.Module])
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		main := g.Nodes[i].own || runs[g.Nodes[i].Name]
		for _, n := range g.out[i] {
			switch e := &g.Edges[n]; e.Kind {
			case EdgeImport, EdgeStar, EdgeCall, EdgeParent:
				if always(e.Context, main) {
					visit(g.index[e.To])
				}
			}
		}
	}
	return firm
}

// always tells whether a place runs whenever its module does; main says that the module may be __main__.
func always(c pyc.Context, main bool) bool {
	if main && c&pyc.AsMain != 0 {
		c &^= pyc.AsMain | pyc.Conditional
	}
	return c == 0
}

// standard is the distribution of the standard library.
const standard = "python"
