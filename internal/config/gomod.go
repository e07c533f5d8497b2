package config

import (
	"io/fs"
	"strings"

	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/diag"
)

const goModPrefix = "gomod:"

// A GoMod is a directory inside a Go module.
type GoMod struct {
	Path    string // module path
	Version string // canonical version, as `go list -m` prints it
	Dir     string // slash path inside the module, "." for the whole of it
}

// String returns the source that ParseGoMod reads.
func (g GoMod) String() string {
	s := goModPrefix + g.Path + "@" + g.Version
	if g.Dir != "." {
		s += "/" + g.Dir
	}
	return s
}

// ParseGoMod reads a source of the form gomod:MODULE@VERSION or gomod:MODULE@VERSION/DIR. A source without the prefix
// is a path, which ok tells by being false. The error is a *diag.Error without a File.
func ParseGoMod(source string) (g GoMod, ok bool, err error) {
	rest, ok := strings.CutPrefix(source, goModPrefix)
	if !ok {
		return GoMod{}, false, nil
	}
	const form = "the form is gomod:MODULE@VERSION/DIR"
	modPath, rest, found := strings.Cut(rest, "@")
	if !found {
		return GoMod{}, true, diag.Errorf("", form, "%q has no @VERSION", source)
	}
	version, dir, hasDir := strings.Cut(rest, "/")
	if !hasDir {
		dir = "."
	}
	switch {
	case module.CheckPath(modPath) != nil:
		return GoMod{}, true, diag.Errorf("", form, "%q is not a module path", modPath)
	case module.CanonicalVersion(version) != version || module.Check(modPath, version) != nil:
		hint := "an exact version is needed, as `go list -m " + modPath + "@latest` prints it"
		return GoMod{}, true, diag.Errorf("", hint, "%q is not a version of %s", version, modPath)
	case !fs.ValidPath(dir) || hasDir && dir == ".":
		return GoMod{}, true, diag.Errorf("", form, "%q is not a directory inside %s", dir, modPath)
	}
	return GoMod{Path: modPath, Version: version, Dir: dir}, true, nil
}
