package collector

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// A pathFile is a .pth file of a site-packages directory, as site reads it (Lib/site.py, addpackage).
type pathFile struct {
	name string
	dirs []string // existing directories that it adds to sys.path, absolute
	code []string // lines that site would run
	odd  []string // lines that name something that is there and is no directory
}

// readPathFile reads the .pth file called name in dir. Lines are paths relative to dir; those that begin with "import" are code.
func readPathFile(dir, name string) (*pathFile, error) {
	full := filepath.Join(dir, name)
	if info, err := inputs.Stat(full); err != nil || info.Size() > maxPathFile {
		return nil, fmt.Errorf("no file of a sensible size: %w", err)
	}
	data, err := inputs.ReadFile(full)
	if err != nil {
		return nil, err
	}
	p := &pathFile{name: name}
	for _, line := range lineEnds.Split(strings.TrimPrefix(string(data), "\ufeff"), -1) {
		switch {
		case strings.HasPrefix(line, "#"), strings.TrimSpace(line) == "", strings.ContainsRune(line, 0):
		case strings.HasPrefix(line, "import "), strings.HasPrefix(line, "import\t"):
			if m := finderImport.FindStringSubmatch(line); m == nil || !isRegular(filepath.Join(dir, m[1]+m[2]+sourceEnding)) {
				p.code = append(p.code, line)
			}
		default:
			place := strings.TrimRight(line, " \t\f\v")
			if !filepath.IsAbs(place) {
				place = filepath.Join(dir, place)
			}
			switch info, err := inputs.Stat(place); {
			case err != nil: // site passes over what is missing
			case info.IsDir() && filepath.Dir(filepath.Clean(place)) != filepath.Clean(place): // not the whole file system
				p.dirs = append(p.dirs, filepath.Clean(place))
			default:
				p.odd = append(p.odd, line)
			}
		}
	}
	return p, nil
}

// finderImport matches the lines by which the finder of an editable install is imported (isFinder). Finders are followed.
var finderImport = regexp.MustCompile(`^import (?:(__editable__\w+_finder); ?__editable__\w+_finder\.install\(\)|(_editable_impl_\w+))[ \t]*$`)

// maxPathFile is the size in bytes up to which a .pth file, or a finder, is read.
const maxPathFile = 1 << 20

// verdict settles the file itself.
func (p *pathFile) settle(e *entry, site *Input) {
	var reasons []string
	if code := slices.DeleteFunc(slices.Clone(p.code), site.follows); len(code) > 0 {
		reasons = append(reasons, fmt.Sprintf("code that is not run: %.80q", code[0]))
	}
	for _, line := range p.odd {
		reasons = append(reasons, fmt.Sprintf("no directory: %.80q", line))
	}
	if len(reasons) > 0 {
		e.settle(VerdictUnsupported, "", "path configuration file: "+strings.Join(reasons, "; "))
		return
	}
	e.settle(VerdictExcluded, rulePathFile, "path configuration file: the directories that it adds to sys.path are looked through")
}

// loaderImport matches the line by which a loader (readLoader) is imported.
var loaderImport = regexp.MustCompile(`^import (_\w+)[ \t]*$`)

// follows tells whether a line of a .pth file has nothing but a loader imported that was followed.
func (in *Input) follows(line string) bool {
	m := loaderImport.FindStringSubmatch(line)
	return m != nil && slices.Contains(in.followed, m[1]+sourceEnding)
}

// A trail follows what the files of a site-packages directory add to sys.path.
type trail struct {
	base     string   // directory that labels are relative to; "" for none
	inputs   []Input  // so far, in the order of sys.path
	found    []string // directories and files that are inputs already, without symbolic links
	own      []Input  // source trees and packages that the user has named, with paths without symbolic links
	taken    []string // files and directories that belong to assemblies
	builds   []string // build directories of these
	told     []string // loaders that a warning was about
	labels   []string // of directories with parts of assemblies
	warnings []error
}

// followPaths returns the inputs with those that the .pth files and the editable installs of site-packages directories among
// them lead to, each behind the directory that names it, and assemblies before it.
func followPaths(inputs []Input, base string) ([]Input, []error) {
	t := &trail{base: base}
	for _, in := range inputs {
		t.found = append(t.found, realPath(in.Path))
		if in.Kind == SourceTree || in.Kind == PackageDir {
			in.as = in.at()
			in.Path = realPath(in.Path)
			t.own = append(t.own, in)
		}
	}
	for _, in := range inputs {
		if in.Kind == SitePackages {
			t.follow(in)
		} else {
			t.inputs = append(t.inputs, in)
		}
	}
	t.pass()
	return t.inputs, t.warnings
}

// follow adds one directory of installed distributions with what it leads to: in front of it the editable installs by loaders, which come
// first in sys.meta_path; then what its .pth files name, in the order of their names; then what finders know, which come last.
func (t *trail) follow(site Input) {
	list, err := inputs.ReadDir(site.Path)
	if err != nil {
		t.inputs = append(t.inputs, site)
		return // the walk says so
	}
	t.loaders(&site, list)
	t.inputs = append(t.inputs, site)
	var projects []string
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".pth") && !strings.HasPrefix(e.Name(), ".") {
			p, err := readPathFile(site.Path, e.Name())
			if err != nil {
				continue // the walk says so, or it is no regular file
			}
			for _, dir := range p.dirs {
				projects = append(projects, dir)
				t.add(Input{Kind: pathKind(dir), Path: dir}, site, p.name)
			}
		}
	}
	for _, e := range list {
		if isFinder(e.Name()) {
			projects = append(projects, t.finder(site, e.Name())...)
		}
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".dist-info") {
			t.editable(site, e.Name(), projects)
		}
	}
}

// pathKind returns how a directory on sys.path is read: one that distributions are installed in by its name.
func pathKind(dir string) InputKind {
	if base := filepath.Base(dir); base == "site-packages" || base == "dist-packages" {
		return SitePackages
	}
	return SourceTree
}

// add appends an input that the file via of site leads to, unless it is there already.
func (t *trail) add(in Input, site Input, via string) {
	real := realPath(in.Path)
	if slices.Contains(t.found, real) {
		return
	}
	t.found = append(t.found, real)
	in.Label = t.label(in.Path, site, via)
	in.optional = true
	t.inputs = append(t.inputs, in)
}

// label returns what messages and the program call a directory: its path below the directory of the configuration, else the file that led to it and its own name, so that no path of the machine is in the program.
func (t *trail) label(place string, site Input, via string) string {
	inSite, err := filepath.Rel(site.Path, place)
	inside := err == nil && filepath.IsLocal(inSite) // its files are those of site as well
	if rel, err := filepath.Rel(t.base, place); t.base != "" && !inside && err == nil && filepath.IsLocal(rel) && rel != "." {
		return filepath.ToSlash(rel)
	}
	label := via + ":" + filepath.Base(place)
	for n := 2; slices.Contains(t.labels, label) || slices.ContainsFunc(t.inputs, func(in Input) bool { return in.Label == label }); n++ {
		label = fmt.Sprintf("%s:%s#%d", via, filepath.Base(place), n)
	}
	return label
}

// editable warns of an editable install (PEP 660, direct_url.json) whose project nothing leads to.
func (t *trail) editable(site Input, info string, projects []string) {
	project, ok := editableProject(filepath.Join(site.Path, info, "direct_url.json"))
	if !ok {
		return
	}
	for _, p := range projects {
		if rel, err := filepath.Rel(realPath(project), realPath(p)); err == nil && (rel == "." || filepath.IsLocal(rel)) {
			return
		}
	}
	name, _, _ := strings.Cut(info, "-")
	file, why, hint := info, "whose code is found by a program of its own", "name the directory of its packages under `sources`"
	if l := loaderOf(site.Path, info); l != nil {
		if slices.Contains(site.followed, l.file) || slices.Contains(t.told, filepath.Join(site.Path, l.file)) {
			return
		}
		file, why = l.file, "by "+l.backend+", in a form that is not known"
		hint = fmt.Sprintf("name a wheel of it under `wheels`: `python3 -m pip wheel --no-deps -w wheels %s` builds one", t.shown(project))
	}
	t.warnings = append(t.warnings, diag.Errorf(path.Join(site.Label, file), hint, "editable install of %s, %s: it is not embedded", name, why))
}

// shown returns a directory as a user would type it.
func (t *trail) shown(dir string) string {
	if rel, err := filepath.Rel(t.base, dir); t.base != "" && err == nil && filepath.IsLocal(rel) {
		return "./" + filepath.ToSlash(rel)
	}
	return dir
}

// realPath returns a path without symbolic links, as far as it exists.
func realPath(path string) string {
	if real, err := inputs.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}
