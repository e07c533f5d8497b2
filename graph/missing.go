package graph

import (
	"slices"

	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/pyc"
)

// A Missing is a module that is imported and is nowhere.
type Missing struct {
	Module    string `json:"module"`
	Optional  bool   `json:"optional"`         // every import of it is one that a program may go without
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
		if !u.Context.Optional() && m.Reason == "" && n.Distribution != standard && u.Why != "find_spec" || u.Context == pyc.AsMain && n.own {
			m.Optional = false
		}
	}
	return list
}

// standard is the distribution of the standard library.
const standard = "python"
