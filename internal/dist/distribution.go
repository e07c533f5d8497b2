package dist

import (
	"context"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
)

// A Distribution is a Python: an interpreter of the host that compiles, and for each of its targets a libpython and a
// standard library. It is made by [Store.Resolve].
type Distribution struct {
	Spec        string // what it was chosen by, as the user wrote it: "3.14", "/usr/bin/python3.11"; "" for the default
	Name        string // label for reports, the same on every machine: "cpython-3.14.6"
	Version     string // "3.14.6", "3.15.0b1"
	Interpreter string // absolute path of the interpreter that runs on this host

	store    *Store
	release  *Release  // nil when the distribution is not a pinned one
	host     *Platform // what it has for the host; nil for a pinned one
	answer   *answer   // what the interpreter says about itself
	standing *record   // the PYTHON.json of a full tree; nil without one
}

// A Platform is what a distribution has for one target. All paths are absolute.
type Platform struct {
	Target       target.Target
	Libpython    string   // the shared library; "" when there is none, and none was asked for
	Stdlib       string   // directory of the standard library's .py files
	LibDynload   string   // directory of the standard library's extension modules; "" if there is none
	SitePackages string   // directory of installed packages; "" if there is none
	Libraries    []string // the other shared libraries that come with it (tcl, libpython3.so, …), sorted
}

// Targets returns the platforms that the distribution has, sorted.
func (d *Distribution) Targets() []target.Target {
	if d.release != nil {
		return d.release.Targets
	}
	return []target.Target{d.host.Target}
}

// Target returns what the distribution has for t, brought and unpacked when it is not there yet. An unpacked tree is
// checked for being complete, file by file but by size only: that takes some 2 ms.
func (d *Distribution) Target(ctx context.Context, t target.Target) (*Platform, error) {
	if d.release != nil {
		p, _, err := d.store.releasePlatform(ctx, *d.release, t)
		return p, err
	}
	if t != d.host.Target {
		return nil, diag.Errorf("",
			"leave the target out, or take one of the versions that come for all targets: "+knownVersions(),
			"the Python %q has only %s, there is no libpython for %s", d.Spec, d.host.Target, t)
	}
	p := *d.host
	return &p, nil
}
