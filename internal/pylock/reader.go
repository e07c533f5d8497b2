package pylock

import (
	"encoding/hex"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/wheel"
)

// A reader takes values out of a document. After the first mistake it does nothing more.
type reader struct {
	d   *document
	err error
}

// fail notes the first mistake.
func (r *reader) fail(at int, format string, args ...any) {
	if r.err == nil {
		r.err = r.d.problem(at, hintLock, format, args...)
	}
}

// get returns the value of a key when it is of a kind, nil when the key is missing.
func (r *reader) get(n *node, key string, kind unstable.Kind, what string) *node {
	v := n.keys[key]
	if v != nil && v.kind != kind {
		r.fail(v.at, "%s must be %s", key, what)
		return nil
	}
	return v
}

func (r *reader) str(n *node, key string, required bool) string {
	v := r.get(n, key, unstable.String, "a string")
	switch {
	case v != nil:
		return v.text
	case required:
		r.fail(n.at, "the key %s is missing", key)
	}
	return ""
}

// strs returns the elements of an array of strings.
func (r *reader) strs(n *node, key string) []*node {
	v := r.get(n, key, unstable.Array, "an array of strings")
	if v == nil {
		return nil
	}
	for _, e := range v.list {
		if e.kind != unstable.String {
			r.fail(e.at, "%s must be an array of strings", key)
			return nil
		}
	}
	return v.list
}

func (r *reader) texts(n *node, key string) []string {
	var list []string
	for _, e := range r.strs(n, key) {
		list = append(list, e.text)
	}
	return list
}

// tables returns the elements of an array of tables.
func (r *reader) tables(n *node, key string) []*node {
	v := r.get(n, key, unstable.Array, "an array of tables")
	if v == nil {
		return nil
	}
	for _, e := range v.list {
		if e.kind != unstable.Table {
			r.fail(e.at, "%s must be an array of tables", key)
			return nil
		}
	}
	return v.list
}

func (r *reader) table(n *node, key string) *node { return r.get(n, key, unstable.Table, "a table") }

func (r *reader) marker(n *node) marker.Marker {
	m, err := marker.Parse(n.text)
	if err != nil {
		r.fail(n.at, "marker %q: %w", n.text, err)
	}
	return m
}

func (r *reader) specifier(n *node, key string) pep440.Specifier {
	text := r.str(n, key, false)
	s, err := pep440.ParseSpecifier(text)
	if err != nil {
		r.fail(n.keys[key].at, "%s: %w", key, err)
	}
	return s
}

// pkg reads one of packages.
func (r *reader) pkg(n *node) Package {
	p := Package{at: n.at, Name: r.str(n, "name", true), Version: r.str(n, "version", false)}
	if r.err == nil && (!pyname.IsDistribution(p.Name) || pyname.Normalize(p.Name) != p.Name) {
		r.fail(n.keys["name"].at, "%q is not the normalised name of a distribution", p.Name)
	}
	if p.Version != "" {
		if _, ok := pep440.Parse(p.Version); !ok {
			r.fail(n.keys["version"].at, "%q is not a version", p.Version)
		}
	}
	if v := r.get(n, "marker", unstable.String, "a string"); v != nil {
		p.Marker = r.marker(v)
	}
	p.RequiresPython = r.specifier(n, "requires-python")
	for _, w := range r.tables(n, "wheels") {
		p.Wheels = append(p.Wheels, r.wheel(w, &p))
	}
	r.source(n, &p)
	return p
}

// source reads what a package is built from, and holds the package to have one origin.
func (r *reader) source(n *node, p *Package) {
	direct := 0
	for _, kind := range []string{"sdist", "archive", "directory", "vcs"} {
		t := r.table(n, kind)
		if t == nil {
			continue
		}
		if kind != "sdist" {
			direct++
		}
		p.Source = Source{Kind: kind, Path: r.str(t, "path", kind == "directory"), URL: r.str(t, "url", false)}
		// A direct reference to a wheel is locked as an archive.
		if name := last(p.Source); kind == "archive" && strings.HasSuffix(name, ".whl") && t.keys["subdirectory"] == nil && r.err == nil {
			p.Wheels = append(p.Wheels, r.wheel(t, p))
			direct = 0
			p.Source = Source{}
		}
	}
	indexed := len(p.Wheels) > 0 || n.keys["sdist"] != nil
	switch {
	case direct > 1 || direct == 1 && indexed:
		r.fail(n.at, "the package %s has more than one origin", p.Name)
	case direct == 0 && !indexed:
		r.fail(n.at, "the package %s has no origin: wheels, sdist, archive, directory or vcs", p.Name)
	}
}

// last returns the last element of the path or address of a source.
func last(s Source) string {
	if s.Path != "" {
		return path.Base(strings.ReplaceAll(s.Path, `\`, "/"))
	}
	if u, err := url.Parse(s.URL); err == nil {
		return path.Base(u.Path)
	}
	return ""
}

func (r *reader) wheel(n *node, p *Package) Wheel {
	w := Wheel{at: n.at, Name: r.str(n, "name", false), Path: r.str(n, "path", false), URL: r.str(n, "url", false), Size: -1}
	if w.Name == "" {
		w.Name = last(Source{Path: w.Path, URL: w.URL})
	}
	if w.Path == "" && w.URL == "" {
		r.fail(n.at, "a wheel of %s has neither path nor url", p.Name)
	}
	if v := r.get(n, "size", unstable.Integer, "an integer"); v != nil {
		size, err := strconv.ParseInt(v.text, 0, 64)
		if err != nil || size < 0 {
			r.fail(v.at, "%s is not a size", v.text)
		}
		w.Size = size
	}
	r.hashes(n, &w)
	if r.err != nil {
		return w
	}
	var err error
	if w.Filename, err = wheel.ParseFilename(w.Name); err != nil {
		r.fail(n.at, "wheel %q: %w", w.Name, err)
		return w
	}
	if w.Filename.Name() != p.Name || p.Version != "" && !pep440.Same(w.Filename.Version, p.Version) {
		r.fail(n.at, "the wheel %s is none of %s", w.Name, strings.TrimSpace(p.Name+" "+p.Version))
	}
	return w
}

// hashes reads the digests of a file.
func (r *reader) hashes(n *node, w *Wheel) {
	t := r.table(n, "hashes")
	if t == nil || len(t.keys) == 0 {
		r.fail(n.at, "the wheel %s has no hashes", w.Name)
		return
	}
	w.Hashes = map[string]string{}
	for _, algorithm := range slices.Sorted(maps.Keys(t.keys)) {
		v := t.keys[algorithm]
		text := strings.ToLower(v.text)
		if _, err := hex.DecodeString(text); v.kind != unstable.String || err != nil || text == "" {
			r.fail(v.at, "the hashes of %s must be hexadecimal digits", w.Name)
			return
		}
		w.Hashes[strings.ToLower(algorithm)] = text
	}
}
