package dist

import (
	"path/filepath"
	"slices"
	"strings"
)

// A Static is what the C linker needs to link an interpreter's libpython into an executable of the host.
type Static struct {
	Archive   string   // libpythonX.Y.a, an absolute path; "" when there is none
	Name      string   // what the archive is called: "libpython3.11.a"
	Minor     string   // "3.11"
	Libraries []string // what it needs, named as after -l, each once: "z", "expat", "dl", "m"
	Dirs      []string // where the interpreter's build found them, apart from the compiler's own directories
	Include   []string // directories of Python.h and pyconfig.h, which need not be there
}

// Static says how d is linked statically.
func (d *Distribution) Static() *Static {
	a := d.answer
	s := &Static{Archive: d.staticLibpython(), Minor: minorOf(d.Version), Name: "libpython" + minorOf(d.Version) + a.ABIFlags + ".a"}
	for _, flag := range strings.Fields(a.Link) {
		switch {
		case strings.HasPrefix(flag, "-l") && !slices.Contains(s.Libraries, flag[2:]):
			s.Libraries = append(s.Libraries, flag[2:])
		case strings.HasPrefix(flag, "-L") && !slices.Contains(s.Dirs, flag[2:]):
			s.Dirs = append(s.Dirs, flag[2:])
		case flag == "-pthread" && !slices.Contains(s.Libraries, "pthread"):
			s.Libraries = append(s.Libraries, "pthread")
		}
	}
	for _, dir := range []string{a.Include, a.PlatInclude} {
		if dir != "" && !slices.Contains(s.Include, dir) {
			s.Include = append(s.Include, dir)
		}
	}
	return s
}

// staticLibpython returns the path of libpythonX.Y.a: the one of PYTHON.json, or where CPython installs it.
func (d *Distribution) staticLibpython() string {
	a := d.answer
	if d.standing != nil && isFile(d.standing.staticLibrary()) {
		return d.standing.staticLibrary()
	}
	if a.Library == "" {
		return ""
	}
	for _, dir := range []string{a.Libpl, a.Libdir, filepath.Join(a.Stdlib, filepath.Base(a.Libpl))} {
		if name := filepath.Join(dir, a.Library); dir != "" && isFile(name) {
			return name
		}
	}
	return ""
}
