package collector

import (
	"encoding/json"
	"path/filepath"
	"time"

	"github.com/oxgen/oxgen/internal/inputs"
)

// What meson says about a build directory besides the install plan (mesonbuild/mintro.py).
const (
	mesonTargets     = "meson-info/intro-targets.json"           // what is built, of which sources
	mesonDefinitions = "meson-info/intro-buildsystem_files.json" // the files meson.build
	ninjaFile        = "build.ninja"                             // made from them, as the plan is
)

// A mesonTarget is something that is built.
type mesonTarget struct {
	Filename []string `json:"filename"`
	Sources  []struct {
		Sources   []string `json:"sources"`
		Generated []string `json:"generated_sources"`
	} `json:"target_sources"`
}

// stale returns a file of a build directory that is older than what it is made from, and that; both are base names, "" when there is none.
// Python would have it built anew by meson-python. Headers are not looked at. What can't be read is not stale.
func stale(build string, planned map[string]bool) (file, source string) {
	var definitions []string
	readInfo(filepath.Join(build, filepath.FromSlash(mesonDefinitions)), &definitions)
	if source := newer(build, ninjaFile, definitions); source != "" {
		return ninjaFile, source
	}
	var targets []mesonTarget
	readInfo(filepath.Join(build, filepath.FromSlash(mesonTargets)), &targets)
	for _, t := range targets {
		if len(t.Filename) == 0 || !planned[within(build, t.Filename[0])] {
			continue
		}
		for _, s := range t.Sources {
			if source := newer(build, t.Filename[0], append(s.Sources, s.Generated...)); source != "" {
				return filepath.Base(t.Filename[0]), source
			}
		}
	}
	return "", ""
}

// newer returns the base name of the first of the sources that was changed after file, "" for none.
func newer(build, file string, sources []string) string {
	built, ok := changedAt(within(build, file))
	if !ok {
		return ""
	}
	for _, s := range sources {
		if at, ok := changedAt(within(build, s)); ok && at.After(built) {
			return filepath.Base(s)
		}
	}
	return ""
}

// changedAt returns the time of the last change of a file.
func changedAt(name string) (at time.Time, ok bool) {
	info, err := inputs.Stat(name)
	if err != nil {
		return at, false
	}
	return info.ModTime(), true
}

// readInfo reads a file of a build directory. One that is missing, or has another form, leaves v as it is.
func readInfo(name string, v any) {
	info, err := inputs.Stat(name)
	if err != nil || info.Size() > maxList {
		return
	}
	if data, err := inputs.ReadFile(name); err == nil {
		_ = json.Unmarshal(data, v) // it is only what a warning needs
	}
}
