// Package pylock reads lock files (PEP 751; packaging.python.org, "pylock.toml Specification") and says which wheels of one a
// target takes. It opens no other file and asks nobody: where the wheels come from is for others.
//
// As the specification has it, keys that are unknown are passed over, and so are `tool` and `attestation-identities`.
package pylock

import (
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/wheel"
)

// hintLock is what to do about a lock file that is wrong.
const hintLock = "write the lock file again, with the tool that made it"

// A File is a lock file.
type File struct {
	CreatedBy      string           // the tool that wrote it
	Environments   []marker.Marker  // one of them must hold; empty is everywhere
	RequiresPython pep440.Specifier // of the Python's full version
	Extras         []string         // those that may be asked for
	Groups         []string         // dependency groups that may be asked for
	DefaultGroups  []string         // those that are taken when nobody asks
	Packages       []Package        // in the order of the file
	Warnings       []error          // *diag.Error each

	doc            *document
	environmentsAt int
	pythonAt       int
}

// A Package is one version of a distribution.
type Package struct {
	Name           string // normalised
	Version        string // "" when it is not known before it is built
	Marker         marker.Marker
	RequiresPython pep440.Specifier
	Wheels         []Wheel // in the order of the file
	Source         Source  // what there is besides, or instead

	at int
}

// A Source is what a package is built from.
type Source struct {
	Kind string // "", "sdist", "vcs", "directory" or "archive"
	Path string // of a directory or an archive, relative to the lock file; ""
	URL  string // of anything but a directory; ""
}

// A Wheel is one file that may be installed.
type Wheel struct {
	Name     string            // file name
	Filename wheel.Filename    // what it says
	Path     string            // slash path, relative to the lock file; "" for none
	URL      string            // "" for none
	Size     int64             // in bytes; -1 when it is not given
	Hashes   map[string]string // hexadecimal digests by the name of the algorithm, in small letters; at least one

	at int
}

// fileName is what lock files must be called.
var fileName = regexp.MustCompile(`^pylock\.([^.]+\.)?toml$`)

// IsName tells whether a file may be a lock file by its name, without directories.
func IsName(name string) bool { return fileName.MatchString(name) }

// Parse reads a lock file. name stands in messages. The error is a *diag.Error with the place in the file.
func Parse(name string, data []byte) (*File, error) {
	d := &document{file: name, data: data, lines: diag.LinesOf(data)}
	root, err := d.parse()
	if err != nil {
		return nil, err
	}
	r := &reader{d: d}
	f := &File{doc: d, environmentsAt: root.at, pythonAt: root.at}
	if r.version(root, f); r.err == nil {
		r.head(root, f)
	}
	packages := r.tables(root, "packages")
	if r.err == nil && root.keys["packages"] == nil {
		r.fail(root.at, "the key packages is missing")
	}
	for _, n := range packages {
		f.Packages = append(f.Packages, r.pkg(n))
	}
	if r.err != nil {
		return nil, r.err
	}
	return f, nil
}

// version holds lock-version to what is known.
func (r *reader) version(root *node, f *File) {
	text := r.str(root, "lock-version", true)
	major, minor, _ := strings.Cut(text, ".")
	switch n := root.keys["lock-version"]; {
	case r.err != nil:
	case major != "1":
		r.err = r.d.problem(n.at, "update oxgen, or have the lock file written in version 1.0", "lock-version %q is unknown; 1.0 is read here", text)
	case minor != "0":
		f.Warnings = append(f.Warnings, r.d.problem(n.at, "", "lock-version %s is newer than 1.0, so that something may be overlooked", text))
	}
}

func (r *reader) head(root *node, f *File) {
	f.CreatedBy = r.str(root, "created-by", true)
	for _, n := range r.strs(root, "environments") {
		f.environmentsAt = root.keys["environments"].at
		f.Environments = append(f.Environments, r.marker(n))
	}
	if n := root.keys["requires-python"]; n != nil {
		f.pythonAt = n.at
		f.RequiresPython = r.specifier(root, "requires-python")
	}
	f.Extras, f.Groups, f.DefaultGroups = r.texts(root, "extras"), r.texts(root, "dependency-groups"), r.texts(root, "default-groups")
}
