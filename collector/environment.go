package collector

import (
	"bufio"
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// Environment finds the directories of installed distributions that the directory at place, which the user calls label, means
// for a Python of a version ("3.14.6", "" for any): of a virtual environment (PEP 405) or another prefix those that site would put on
// sys.path, in its order; else the directory itself. A *diag.Error says that there is none, or that it is for another version. The
// warning is nil, or says what is seen in the environment under python and not followed.
func Environment(place, label, version string) (inputs []Input, warning, err error) {
	minor := minorVersion(version)
	label = cleanLabel(label)
	config, isVenv := readVenv(filepath.Join(place, venvMarker))
	if isVenv && minor != "" && config.version != "" && config.version != minor {
		return nil, nil, otherVersion(label, config.version, minor)
	}
	dirs, versions := sitesOf(place, minor)
	switch {
	case len(dirs) > 0:
	case len(versions) > 0:
		return nil, nil, otherVersion(label, versions[0], minor)
	case isVenv:
		return nil, nil, diag.Errorf(label, "make the environment anew", "a virtual environment without a directory site-packages")
	default:
		if v := versionInPath(place); v != "" && minor != "" && v != minor {
			return nil, nil, otherVersion(label, v, minor)
		}
		return []Input{{Kind: SitePackages, Path: place, Label: label}}, nil, nil
	}
	for _, dir := range dirs {
		inputs = append(inputs, Input{Kind: SitePackages, Path: filepath.Join(place, filepath.FromSlash(dir)), Label: join(label, dir)})
	}
	if config.system {
		warning = diag.Errorf(label, "name their directory under `site-packages` as well, behind this one",
			"the environment was made with --system-site-packages; packages that only the system has are not found through it")
	}
	return inputs, warning, nil
}

// otherVersion is the error of an environment for another Python.
func otherVersion(label, has, wants string) error {
	return diag.Errorf(label, "make an environment with Python "+wants+", or choose its Python with `python` in oxgen.toml, or --python",
		"an environment of Python %s, and the program's is %s", has, wants)
}

// A venvConfig is what a pyvenv.cfg says.
type venvConfig struct {
	version string // "3.14"; "" when it does not say
	system  bool   // the packages of the interpreter that it was made with are seen too
}

// readVenv reads a pyvenv.cfg as site does (Lib/site.py, venv): keys in any case, lines without "=" ignored. venv writes the
// version under version, virtualenv and uv under version_info.
func readVenv(name string) (c venvConfig, ok bool) {
	data, err := inputs.ReadFile(name)
	if err != nil {
		return c, false
	}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "version", "version_info":
			c.version = minorVersion(value)
		case "include-system-site-packages":
			c.system = strings.EqualFold(value, "true")
		}
	}
	return c, true
}

// versionDir matches the directory of one Python's library.
var versionDir = regexp.MustCompile(`^python(3\.[0-9]+)$`)

// sitesOf returns the directories site-packages below a prefix that are for the version minor, or for any when that is "", as
// slash paths, each directory once; and the versions of others. On Windows there is one, and its version is not in its name.
func sitesOf(prefix, minor string) (dirs, versions []string) {
	var seen []os.FileInfo
	add := func(dir string) {
		info, err := inputs.Stat(filepath.Join(prefix, filepath.FromSlash(dir)))
		if err != nil || !info.IsDir() || slices.ContainsFunc(seen, func(s os.FileInfo) bool { return os.SameFile(s, info) }) {
			return
		}
		seen, dirs = append(seen, info), append(dirs, dir)
	}
	for _, lib := range []string{"lib64", "lib"} { // sys.platlibdir first (site.getsitepackages)
		if info, err := inputs.Lstat(filepath.Join(prefix, lib)); lib == "lib64" && err == nil && info.Mode()&os.ModeSymlink != 0 {
			continue // to lib, the name that people know
		}
		list, _ := inputs.ReadDir(filepath.Join(prefix, lib))
		for _, e := range list {
			m := versionDir.FindStringSubmatch(e.Name())
			dir := path.Join(lib, e.Name(), "site-packages")
			switch {
			case m == nil:
			case minor == "" || m[1] == minor:
				add(dir)
			case isDirectory(filepath.Join(prefix, filepath.FromSlash(dir))):
				versions = append(versions, m[1])
			}
		}
	}
	add("Lib/site-packages")
	return dirs, versions
}

func isDirectory(name string) bool {
	info, err := inputs.Stat(name)
	return err == nil && info.IsDir()
}

// versionInPath returns the version of Python that a directory is for by its path, "" when it does not say.
func versionInPath(place string) string {
	if base := filepath.Base(place); base != "site-packages" && base != "dist-packages" {
		return ""
	}
	if m := versionDir.FindStringSubmatch(filepath.Base(filepath.Dir(place))); m != nil {
		return m[1]
	}
	return ""
}

// minorVersion returns "3.14" of "3.14.6", "" of what is no version.
func minorVersion(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[0] + "." + parts[1]
}

func cleanLabel(label string) string {
	if clean := strings.TrimRight(filepath.ToSlash(label), "/"); clean != "" {
		return clean
	}
	return label
}
