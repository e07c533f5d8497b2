package dist

import (
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/versions"
)

// A Release is a pinned distribution: a Go module that carries a CPython for several platforms.
type Release struct {
	Version       string          // of CPython: "3.14.6"
	Module        string          // path of the Go module
	ModuleVersion string          // version of the Go module
	Sum           string          // the module's h1 sum, as in go.sum
	Targets       []target.Target // the platforms that it is made for, sorted
	Default       bool            // used when nobody asks for another one; true for exactly one

	// Bundled are the versions of the C libraries inside of it that neither an interpreter nor the machine code tells, by the
	// names of internal/bundled. They are those of pythonbuild/downloads.py of python-build-standalone at the date in
	// ModuleVersion.
	Bundled map[string]string
}

// Name returns the release's label, "cpython-3.14.6".
func (r Release) Name() string { return "cpython-" + r.Version }

const carrier = "github.com/kluctl/go-embed-python"

// Known returns the pinned releases, newest first.
func Known() []Release {
	return []Release{
		{
			Version:       "3.14.6",
			Module:        carrier,
			ModuleVersion: "v0.0.0-3.14.6-20260610-1",
			Sum:           "h1:oGUS7++Wm3LgxUfD6AmJgKbKQD2wdQFO9PzyJv6T+E4=",
			Targets:       target.Known(),
			Default:       true,
			Bundled: map[string]string{
				"bdb": "6.0.19", "libffi": "3.4.6", "libuuid": "1.0.3", "libx11": "1.6.12", "libxau": "1.0.11", "libedit": "20240808-3.1", "libxcb": "1.17.0",
			},
		},
		{
			Version:       "3.11.11",
			Module:        carrier,
			ModuleVersion: "v0.0.0-3.11.11-20241219-1",
			Sum:           "h1:yVXFTxa6cvhLC6TwkDEHmNaiWlDyaFEGiXd1DQdoeOU=",
			Targets:       target.Known(),
			Bundled:       bundled2024,
		},
		{
			Version:       "3.10.16",
			Module:        carrier,
			ModuleVersion: "v0.0.0-3.10.16-20241219-1",
			Sum:           "h1:bfJRrtWlbdrPtwXXXZzA95yj2Pr9AvSbxDEm8YvbaP0=",
			Targets:       target.Known(),
			Bundled:       bundled2024,
		},
	}
}

// bundled2024 are those of 20241219.
var bundled2024 = map[string]string{
	"bdb": "6.0.19", "libffi": "3.4.6", "libuuid": "1.0.3", "libx11": "1.6.12", "libxau": "1.0.11", "libedit": "20210910-3.1", "libxcb": "1.14",
}

// DefaultRelease returns the one that is used when nobody asks for another.
func DefaultRelease() Release {
	for _, r := range Known() {
		if r.Default {
			return r
		}
	}
	return Known()[0]
}

var versionShape = regexp.MustCompile(`^(?:cpython-)?(3(?:\.[0-9]+){0,2}|[0-9]+(?:\.[0-9]+){1,2})$`)

// asVersion returns the version that spec asks for, if it has the shape of one: "3.11" for "cpython-3.11".
func asVersion(spec string) (string, bool) {
	m := versionShape.FindStringSubmatch(spec)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// findRelease returns the newest release that version asks for: "3", "3.11" or "3.11.11".
func findRelease(version string) (Release, bool) {
	for _, r := range Known() {
		if r.Version == version || strings.HasPrefix(r.Version, version+".") {
			return r, true
		}
	}
	return Release{}, false
}

// tooOld reports whether version is one of Python below 3.10.
func tooOld(version string) bool { return versions.Compare(minorOf(version), "3.10") < 0 }

// knownVersions returns the minor versions of the releases for a hint: "3.14, 3.11, 3.10".
func knownVersions() string {
	var minors []string
	for _, r := range Known() {
		minors = append(minors, minorOf(r.Version))
	}
	return strings.Join(minors, ", ")
}

// minorOf returns "3.14" for "3.14.6".
func minorOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}
