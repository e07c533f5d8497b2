// Package hooks says of packages what their code does not: which modules they import by names that they compute, which
// data goes with them, which of their modules no program needs.
//
// A hook is a TOML file for one distribution. Those in the directory data come with oxgen; a user's file of the same name
// takes the place of one. All that a hook says is bound to a module: it counts when that module is in the program's reach.
//
//	distribution = "pygments"            # whose versions are meant; without it, the file's name
//
//	[[module]]
//	name = "pygments.lexers"             # or a pattern, in which * stands for anything, dots included
//	versions = ">=2.0, <3"               # of the distribution; without it, all
//	when = "repl"                        # a condition of the program; without it, always
//	imports = ["pygments.lexers.*"]      # modules or patterns; what is not in the program counts for nothing
//	ignore = ["pygments.tests"]          # imports of the module that are not followed
//	virtual = ["six.moves.*"]            # modules that this one makes at run time, which are therefore not missing
//	data = ["pygments/data/*"]           # files, below the root of the program, that go with it
//	extract = ["pygments"]               # packages that need real files: see the key extract of oxgen.toml
//	why = "the lexers' names are computed"
//
// A package that others carry along, as pip does in pip._vendor, has the hooks of the original.
package hooks

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/versions"
)

// A Hook is one file.
type Hook struct {
	Name         string   `toml:"-" json:"name"`                    // of the file, without .toml
	Distribution string   `toml:"distribution" json:"distribution"` // normalised (PEP 503)
	Modules      []Module `toml:"module" json:"modules"`            // in the order of the file
}

// A Module is what a hook says of one module, or of those that a pattern matches.
type Module struct {
	Name     string   `toml:"name" json:"name,omitempty"`
	Versions string   `toml:"versions" json:"versions,omitempty"`
	When     string   `toml:"when" json:"when,omitempty"`
	Imports  []string `toml:"imports" json:"imports,omitempty"`
	Ignore   []string `toml:"ignore" json:"ignore,omitempty"`
	Virtual  []string `toml:"virtual" json:"virtual,omitempty"`
	Data     []string `toml:"data" json:"data,omitempty"`
	Extract  []string `toml:"extract" json:"extract,omitempty"`
	Why      string   `toml:"why" json:"why,omitempty"`
}

// The conditions of When.
const (
	REPL    = "repl"    // the interactive interpreter may be started
	NoREPL  = "no repl" // it is not
	Site    = "site"    // the module site is imported at the start
	Extract = "extract" // packages are put on disk
	Files   = "files"   // there are virtual files
)

var conditions = []string{REPL, NoREPL, Site, Extract, Files}

//go:embed data/*.toml
var data embed.FS

// Builtin returns the hooks that come with oxgen, by name.
func Builtin() ([]Hook, error) {
	entries, err := fs.ReadDir(data, "data")
	if err != nil {
		return nil, err
	}
	var hooks []Hook
	for _, e := range entries {
		text, err := fs.ReadFile(data, "data/"+e.Name())
		if err != nil {
			return nil, err
		}
		h, err := Parse(e.Name(), text)
		if err != nil {
			return nil, err
		}
		hooks = append(hooks, h)
	}
	return hooks, nil
}

// Merge returns the hooks of both lists by name; those of own take the place of others of the same name.
func Merge(builtin, own []Hook) []Hook {
	merged := slices.Clone(own)
	for _, h := range builtin {
		if !slices.ContainsFunc(own, func(o Hook) bool { return o.Name == h.Name }) {
			merged = append(merged, h)
		}
	}
	slices.SortStableFunc(merged, func(a, b Hook) int { return strings.Compare(a.Name, b.Name) })
	return merged
}

// Parse reads the hook in a file, which messages call by its path. Errors are *diag.Error.
func Parse(file string, text []byte) (Hook, error) {
	var h Hook
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, syntaxError(file, err)
	}
	h.Name = strings.TrimSuffix(path.Base(strings.ReplaceAll(file, "\\", "/")), ".toml")
	if h.Distribution == "" {
		h.Distribution = h.Name
	}
	h.Distribution = pyname.Normalize(h.Distribution)
	for i := range h.Modules {
		if err := h.Modules[i].check(); err != nil {
			return h, diag.Errorf(file, "docs/trimming.md explains the keys", "[[module]] number %d: %w", i+1, err)
		}
	}
	return h, nil
}

func syntaxError(file string, err error) error {
	e := diag.Errorf(file, "docs/trimming.md explains the keys of hooks", "no valid hook: %w", err)
	var decode *toml.DecodeError
	var strict *toml.StrictMissingError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		decode = &strict.Errors[0]
		e.Problem = fmt.Sprintf("a hook has no key %q", strings.Join(decode.Key(), "."))
	case errors.As(err, &decode):
		e.Problem = "no valid hook: " + strings.TrimPrefix(decode.Error(), "toml: ")
	}
	if decode != nil {
		e.Line, e.Column = decode.Position()
	}
	return e
}

func (m *Module) check() error {
	if m.Name == "" {
		return errors.New("`name` is missing")
	}
	if m.When != "" && !slices.Contains(conditions, m.When) {
		return fmt.Errorf("`when` must be one of %q, not %q", conditions, m.When)
	}
	for _, pattern := range slices.Concat([]string{m.Name}, m.Imports, m.Ignore, m.Virtual, m.Data, m.Extract) {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return fmt.Errorf("%q is no name and no pattern", pattern)
		}
	}
	_, err := satisfies("0", m.Versions)
	return err
}

// Match tells whether a module's name, or the path of a file, is what a pattern says. In it * stands for anything.
func Match(pattern, name string) bool {
	if !strings.ContainsAny(pattern, "*?[\\") {
		return pattern == name
	}
	// path.Match has * stop at slashes only.
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return ok && err == nil
}

// Applies tells whether what m says counts in a program: version is the one of the distribution, "" when it is unknown, and
// has tells which conditions are true.
func (m *Module) Applies(version string, has func(condition string) bool) bool {
	if m.When != "" && !has(m.When) {
		return false
	}
	ok, err := satisfies(version, m.Versions)
	return version == "" || ok && err == nil
}

// satisfies tells whether a version is within limits such as ">=2.0, <3". Of a version only numbers and dots count.
func satisfies(version, limits string) (bool, error) {
	if i := strings.IndexFunc(version, func(c rune) bool { return c != '.' && (c < '0' || c > '9') }); i >= 0 {
		version = strings.TrimRight(version[:i], ".")
	}
	all := true
	for limit := range strings.SplitSeq(limits, ",") {
		if limit = strings.TrimSpace(limit); limit == "" {
			continue
		}
		at := strings.IndexFunc(limit, func(c rune) bool { return c >= '0' && c <= '9' })
		if at < 0 || !versions.Valid(limit[at:]) {
			return false, fmt.Errorf("%q is no limit of a version", limit)
		}
		order := versions.Compare(version, limit[at:])
		switch strings.TrimSpace(limit[:at]) {
		case ">=":
			all = all && order >= 0
		case ">":
			all = all && order > 0
		case "<":
			all = all && order < 0
		case "<=":
			all = all && order <= 0
		case "==":
			all = all && order == 0
		default:
			return false, fmt.Errorf("%q is no limit of a version", limit)
		}
	}
	return all, nil
}
