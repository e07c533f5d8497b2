package collector

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pyname"
)

// lineEnds matches the ends of lines.
var lineEnds = regexp.MustCompile(`\r\n|\r|\n`)

// isFinder tells whether a file of site-packages is a finder that setuptools writes for an editable install
// (setuptools/command/editable_wheel.py, _FINDER_TEMPLATE).
func isFinder(name string) bool {
	return strings.HasPrefix(name, "__editable__") && strings.HasSuffix(name, "_finder.py")
}

// finder follows such a finder and returns the directories and files that it leads to.
func (t *trail) finder(site Input, name string) []string {
	mapping, err := readFinder(filepath.Join(site.Path, name))
	if err != nil {
		t.warnings = append(t.warnings, diag.Errorf(join(site.Label, name), "name the project's directory under `sources`", "editable install that can't be followed: %w", err))
		return nil
	}
	var places []string
	for _, m := range mapping {
		in, ok := m.input()
		if !ok {
			t.warnings = append(t.warnings, diag.Errorf(join(site.Label, name), "install the project again", "editable install: there is no package or module %s where it says", m.name))
			continue
		}
		places = append(places, in.Path)
		t.add(in, site, name)
	}
	return places
}

// A mapped name is a package, a module or a namespace package of a finder, with its place.
type mapped struct {
	name      string // dotted
	place     string // directory, or path of a module without its ending or with it
	namespace bool
}

// input returns the input that a name stands for; ok is false when nothing is there (_EditableFinder._find_spec).
func (m mapped) input() (in Input, ok bool) {
	as := strings.ReplaceAll(m.name, ".", "/")
	switch {
	case !filepath.IsAbs(m.place):
		return Input{}, false
	case m.namespace && isDirectory(m.place), isRegular(filepath.Join(m.place, "__init__.py")):
		return Input{Kind: PackageDir, Path: m.place, as: as}, true
	}
	stem := strings.TrimSuffix(m.place, filepath.Ext(m.place))
	if isRegular(stem + sourceEnding) {
		return Input{Kind: SingleFile, Path: stem + sourceEnding, as: as + sourceEnding}, true
	}
	return Input{}, false
}

func isRegular(name string) bool {
	info, err := inputs.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// readFinder returns the names of a finder: those of MAPPING, then those of NAMESPACES, each sorted. A name that lies in a package
// of another entry at the place where it is found anyway is left out.
func readFinder(file string) ([]mapped, error) {
	info, err := inputs.Stat(file)
	if err != nil || info.Size() > maxPathFile {
		return nil, fmt.Errorf("it is no file of a sensible size")
	}
	data, err := inputs.ReadFile(file)
	if err != nil {
		return nil, cause(err)
	}
	return parseFinder(string(data))
}

// assignment matches the start of a line that gives a dictionary its name, with an annotation or without.
var assignment = regexp.MustCompile(`(?m)^(MAPPING|NAMESPACES)(?::[^=\n]*)?[ \t]*=[ \t]*`)

func parseFinder(text string) ([]mapped, error) {
	var all []mapped
	seen := map[string]bool{}
	for _, at := range assignment.FindAllStringSubmatchIndex(text, -1) {
		name := text[at[2]:at[3]]
		if seen[name] {
			return nil, fmt.Errorf("it has two %s", name)
		}
		seen[name] = true
		l := literal{text: text[at[1]:]}
		dict, err := l.dict()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, key := range dict {
			for _, place := range key.values {
				if !pyname.IsModule(key.name) {
					return nil, fmt.Errorf("%s: %q is not the name of a module", name, key.name)
				}
				all = append(all, mapped{name: key.name, place: place, namespace: name == "NAMESPACES"})
			}
		}
	}
	if !seen["MAPPING"] {
		return nil, fmt.Errorf("it has no MAPPING")
	}
	slices.SortStableFunc(all, func(a, b mapped) int {
		if a.namespace != b.namespace {
			return strings.Compare(strconv.FormatBool(a.namespace), strconv.FormatBool(b.namespace))
		}
		return strings.Compare(a.name, b.name)
	})
	return all, nil
}

// A literal is Python's repr of a dictionary from strings to strings or lists of strings.
type literal struct{ text string }

// A pair is a key with its value, or with the elements of its list.
type pair struct {
	name   string
	values []string
}

func (l *literal) dict() ([]pair, error) {
	if !l.take("{") {
		return nil, fmt.Errorf("it is no dictionary")
	}
	var pairs []pair
	for !l.take("}") {
		key, err := l.str()
		if err != nil {
			return nil, err
		}
		if !l.take(":") {
			return nil, fmt.Errorf("a key has no value")
		}
		p := pair{name: key}
		if l.take("[") {
			for !l.take("]") {
				value, err := l.str()
				if err != nil {
					return nil, err
				}
				p.values = append(p.values, value)
				if !l.take(",") && !strings.HasPrefix(l.text, "]") {
					return nil, fmt.Errorf("a list is not closed")
				}
			}
		} else {
			value, err := l.str()
			if err != nil {
				return nil, err
			}
			p.values = []string{value}
		}
		pairs = append(pairs, p)
		if !l.take(",") && !strings.HasPrefix(l.text, "}") {
			return nil, fmt.Errorf("the dictionary is not closed")
		}
	}
	return pairs, nil
}

// take takes a sign, and white space around it.
func (l *literal) take(sign string) bool {
	l.text = strings.TrimLeft(l.text, " \t\r\n")
	rest, ok := strings.CutPrefix(l.text, sign)
	if ok {
		l.text = strings.TrimLeft(rest, " \t\r\n")
	}
	return ok
}

// str takes a string as repr writes it: one of the two quotes, and the escapes of Objects/unicodeobject.c, unicode_repr.
func (l *literal) str() (string, error) {
	if l.text == "" || l.text[0] != '\'' && l.text[0] != '"' {
		return "", fmt.Errorf("a string was expected")
	}
	quote := l.text[0]
	rest := l.text[1:]
	var b strings.Builder
	for rest != "" && rest[0] != quote {
		if rest[0] == '\n' {
			break
		}
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		switch {
		case strings.HasPrefix(rest, `\'`), strings.HasPrefix(rest, `\"`):
			r, tail = rune(rest[1]), rest[2:]
		case strings.HasPrefix(rest, `\x`) && err == nil: // a character in Python, a byte in Go
		case err != nil:
			return "", fmt.Errorf("a string has an escape that repr does not write")
		}
		b.WriteRune(r)
		rest = tail
	}
	if rest == "" || rest[0] != quote {
		return "", fmt.Errorf("a string is not closed")
	}
	l.text = rest[1:]
	return b.String(), nil
}

// editableProject returns the directory of the project that a direct_url.json names as installed in the editable way
// (packaging.python.org, "Direct URL Data Structure").
func editableProject(name string) (dir string, ok bool) {
	data, err := inputs.ReadFile(name)
	if err != nil {
		return "", false
	}
	d := readDirectURL(data)
	u, err := url.Parse(d.URL)
	if err != nil || u.Scheme != "file" || u.Path == "" || !d.DirInfo.Editable {
		return "", false
	}
	return filepath.FromSlash(u.Path), true
}

// A directURL is a direct_url.json. The zero value stands for one that can't be read.
type directURL struct {
	URL     string `json:"url"`
	DirInfo struct {
		Editable bool `json:"editable"`
	} `json:"dir_info"`
}

func readDirectURL(data []byte) (d directURL) {
	if len(data) > maxPathFile || json.Unmarshal(data, &d) != nil {
		return directURL{}
	}
	return d
}

// setLocalURLsAside marks what says from where on this machine distributions were installed: no program has use of it, and it
// would be another one on each machine.
func (t *tree) setLocalURLsAside() {
	for _, f := range t.root.folders {
		if distributionOf(f.name) == "" {
			continue
		}
		for _, e := range f.files {
			if e.name == "direct_url.json" && strings.HasPrefix(readDirectURL(f.content(e.name)).URL, "file:") {
				e.left = ruleLocalURL
			}
		}
	}
}
