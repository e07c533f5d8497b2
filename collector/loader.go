package collector

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pyname"
)

// A loader is a file of site-packages by which a build backend has Python find an editable install that lies in several places.
// What it knows is in a call at its end, which is read as literals.
type loader struct {
	file         string // its name
	backend      string
	distribution string // normalised name
	args         []any  // of its call
	inPlace      bool   // the call only has built anew what Python finds by itself, by the .pth file beside the loader
	err          error  // it has a form that is not known
}

// loaderName matches what such files are called: _NAME_editable.py and _editable_skbc_NAME.py of scikit-build-core, before and since
// its 1.0, and _NAME_editable_loader.py of meson-python.
var loaderName = regexp.MustCompile(`^_(?:editable_skbc_(\w+)|(\w+)_editable(?:_loader)?)\.py$`)

const (
	scikitBuild = "scikit-build-core"
	mesonPython = "meson-python"
)

// loaderClasses are the backends by the class that their files define (scikit-build-core, resources/_editable_redirect.py;
// meson-python, mesonpy/_editable.py).
var loaderClasses = []struct{ class, backend string }{
	{"class ScikitBuildRedirectingFinder", scikitBuild},
	{"class MesonpyMetaFinder", mesonPython},
}

// maxLoader is the size in bytes up to which a loader is read. It has a line of each module.
const maxLoader = 16 << 20

// readLoader returns the loader that a file of site-packages is, nil when it is none.
func readLoader(dir, name string) *loader {
	if !loaderName.MatchString(name) {
		return nil
	}
	full := filepath.Join(dir, name)
	if info, err := inputs.Stat(full); err != nil || info.Size() > maxLoader {
		return nil
	}
	data, err := inputs.ReadFile(full)
	if err != nil {
		return nil
	}
	return parseLoader(name, string(data))
}

// installCall matches the start of the calls of a loader, and not that of the definition.
var installCall = regexp.MustCompile(`(?m)^[ \t]*install(_inplace)?\(`)

// parseLoader reads the text of the file called name, whose last statement is the call.
func parseLoader(name, text string) *loader {
	m := loaderName.FindStringSubmatch(name)
	for _, c := range loaderClasses {
		if m == nil || !strings.Contains(text, c.class) {
			continue
		}
		l := &loader{file: name, backend: c.backend, distribution: pyname.Normalize(m[1] + m[2])}
		calls := installCall.FindAllStringSubmatchIndex(text, -1)
		if calls == nil {
			l.err = errors.New("it has no call of install")
			return l
		}
		last := calls[len(calls)-1]
		l.args, l.err = callOf(text[last[1]:])
		l.inPlace = last[2] >= 0
		return l
	}
	return nil
}

// errForm is the error of a call whose arguments are not those of any known version.
var errForm = errors.New("its call of install has arguments that are not known")

// assembly finds what the loader leads to. site is the directory that it lies in.
func (l *loader) assembly(site string) (*assembly, error) {
	switch {
	case l.err != nil:
		return nil, l.err
	case l.backend == mesonPython:
		return planned(l.args, l.distribution)
	}
	if l.inPlace {
		return inPlace(l.args)
	}
	r, err := readRedirect(l.args)
	if err != nil {
		return nil, err
	}
	return r.assembly(site), nil
}

// loaderOf returns the loader that the RECORD of a distribution names, nil for none.
func loaderOf(site, info string) *loader {
	data, err := inputs.ReadFile(filepath.Join(site, info, "RECORD"))
	if err != nil || len(data) > maxPathFile {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ",")
		if l := readLoader(site, strings.Trim(name, `"`)); l != nil {
			return l
		}
	}
	return nil
}

// A gap is why nothing of an editable install is found, although its loader is read well.
type gap struct{ cause, hint string } // hint is "" where the project is to be installed again

func (g *gap) Error() string { return g.cause }

// lost returns the words for files that are not there; the first of them is named.
func lost(missing []string) string {
	switch n := len(missing); n {
	case 1:
		return missing[0] + " is not there"
	case 2:
		return missing[0] + " and another file are not there"
	default:
		return fmt.Sprintf("%s and %d other files are not there", missing[0], n-1)
	}
}
