package dist

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// A layout says where a CPython has what, as slash paths below its prefix.
type layout struct {
	interpreter string
	libpython   []string // the first that is there counts
	stdlib      string
	dynload     string
	site        string
}

// layoutOf returns the layout of a CPython of the given version for a system, as `make install` and PC/layout of
// CPython make it.
func layoutOf(goos, version string) layout {
	minor := minorOf(version)
	switch goos {
	case "windows":
		return layout{
			interpreter: "python.exe",
			libpython:   []string{"python" + strings.ReplaceAll(minor, ".", "") + ".dll"},
			stdlib:      "Lib",
			dynload:     "DLLs",
			site:        "Lib/site-packages",
		}
	case "darwin":
		return unixLayout(minor, "lib/libpython"+minor+".dylib")
	}
	return unixLayout(minor, "lib/libpython"+minor+".so.1.0", "lib/libpython"+minor+".so")
}

func unixLayout(minor string, libpython ...string) layout {
	lib := "lib/python" + minor
	return layout{
		interpreter: "bin/python" + minor,
		libpython:   libpython,
		stdlib:      lib,
		dynload:     lib + "/lib-dynload",
		site:        lib + "/site-packages",
	}
}

// platform finds a CPython of the given version in the tree.
func (t *tree) platform(tgt target.Target, version string) (*Platform, error) {
	l := layoutOf(tgt.GOOS, version)
	i := slices.IndexFunc(l.libpython, t.has)
	if i < 0 {
		return nil, fmt.Errorf("the tree has no %s", l.libpython[0])
	}
	if !t.has(l.stdlib + "/os.py") {
		return nil, fmt.Errorf("the tree has no %s/os.py", l.stdlib)
	}
	p := &Platform{Target: tgt, Libpython: t.path(l.libpython[i]), Stdlib: t.path(l.stdlib)}
	if t.has(l.dynload) {
		p.LibDynload = t.path(l.dynload)
	}
	if t.has(l.site) {
		p.SitePackages = t.path(l.site)
	}
	for _, e := range t.entries {
		if e.kind != link && e.name != l.libpython[i] && !strings.HasPrefix(e.name, l.stdlib+"/") && isLibrary(e.name) {
			p.Libraries = append(p.Libraries, t.path(e.name))
		}
	}
	slices.Sort(p.Libraries)
	return p, nil
}

// isLibrary reports whether a file is a shared library by its name: libx.so, libx.so.1.0, libx.dylib or x.dll.
// Extension modules of Windows end in .pyd and are none; those of other systems lie in lib-dynload.
func isLibrary(name string) bool {
	base := path.Base(name)
	if ext := path.Ext(base); ext == ".dll" || ext == ".dylib" || ext == ".so" {
		return true
	}
	_, version, ok := strings.Cut(base, ".so.")
	return ok && strings.Trim(version, "0123456789.") == ""
}
