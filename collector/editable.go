package collector

import (
	"encoding/json"
	"fmt"
	"maps"
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
// (setuptools/command/editable_wheel.py, _FINDER_TEMPLATE), or calls that of the package editables, as hatchling and pdm-backend have it
// (editables/__init__.py, bootstrap_file).
func isFinder(name string) bool {
	return strings.HasPrefix(name, "__editable__") && strings.HasSuffix(name, "_finder.py") || isRedirection(name)
}

func isRedirection(name string) bool {
	return strings.HasPrefix(name, "_editable_impl_") && strings.HasSuffix(name, sourceEnding)
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
	if isRedirection(filepath.Base(file)) {
		return parseRedirection(string(data))
	}
	return parseFinder(string(data))
}

// redirectionHead are the lines that a redirection has before those of its modules.
var redirectionHead = []string{"from editables.redirector import RedirectingFinder as F", "F.install()", ""}

// parseRedirection reads the modules at the top that a file maps to others, sorted: lines of F.map_module('name', '/path/name/__init__.py').
// Of two lines for one name the later one counts (editables/redirector.py, RedirectingFinder.map_module).
func parseRedirection(text string) ([]mapped, error) {
	places := map[string]string{}
	for _, line := range lineEnds.Split(text, -1) {
		call, ok := strings.CutPrefix(line, "F.map_module(")
		if !ok && slices.Contains(redirectionHead, line) {
			continue
		}
		args, err := callOf(call)
		texts, isTexts := stringsOf(sequence(args))
		if !ok || err != nil || !isTexts || len(texts) != 2 {
			return nil, fmt.Errorf("it has a line that editables does not write: %.80q", line)
		}
		name := texts[0]
		if !pyname.IsModule(name) || strings.Contains(name, ".") {
			return nil, fmt.Errorf("%q is not the name of a module at the top", name)
		}
		places[name] = texts[1]
		if dir, base := filepath.Split(texts[1]); base == "__init__.py" {
			places[name] = filepath.Clean(dir)
		}
	}
	var all []mapped
	for _, name := range slices.Sorted(maps.Keys(places)) {
		all = append(all, mapped{name: name, place: places[name]})
	}
	return all, nil
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
		dict, err := dictOf(text[at[1]:])
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
