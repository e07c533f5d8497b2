package collector

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
)

// A loader is a file of site-packages by which a build backend has Python find an editable install, and that is not followed: what it
// says is true together with a build directory only, which it brings up to date when something is imported.
type loader struct {
	file    string // its name
	backend string
	cause   string // why it is not followed
}

// loaderName matches what scikit-build-core and meson-python call such files: _NAME_editable.py, _NAME_editable_loader.py.
var loaderName = regexp.MustCompile(`^_\w+_editable(_loader)?\.py$`)

// loaders are the backends, by the class that their files define (scikit-build-core, resources/_editable_redirect.py; meson-python,
// mesonpy/_editable.py).
var loaders = []struct{ class, backend, cause string }{
	{"class ScikitBuildRedirectingFinder", "scikit-build-core", "whose packages are put together, when they are imported, of sources and of what CMake has built"},
	{"class MesonpyMetaFinder", "meson-python", "whose modules are found, when they are imported, by the plan of a build directory"},
}

// readLoader returns the loader that a file of site-packages is, nil when it is none.
func readLoader(dir, name string) *loader {
	if !loaderName.MatchString(name) {
		return nil
	}
	full := filepath.Join(dir, name)
	if info, err := inputs.Stat(full); err != nil || info.Size() > maxPathFile {
		return nil
	}
	data, err := inputs.ReadFile(full)
	if err != nil {
		return nil
	}
	for _, l := range loaders {
		if bytes.Contains(data, []byte(l.class)) {
			return &loader{file: name, backend: l.backend, cause: l.cause}
		}
	}
	return nil
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
