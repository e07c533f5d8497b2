package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
)

// mesonPlan is where a build directory of meson has its install plan (mesonbuild/mintro.py, list_install_plan).
const mesonPlan = "meson-info/intro-install_plan.json"

// A planEntry is a file or a directory of an install plan that is installed into site-packages, or a shared library.
type planEntry struct {
	source  string   // path on disk; relative to the build directory when it is not absolute
	as      string   // slash path below site-packages, "" for that itself
	section string   // of the plan: "python", "targets", "install_subdirs"
	library bool     // a library that extension modules are linked with: as is below the directory of those
	without []string // slash paths below a directory that are not installed
}

// planned follows a loader of meson-python, by the arguments of its install: the names of the top-level modules, the build directory, the
// command that builds, and how loud to be; since 0.16 behind the name of the project.
func planned(args []any, distribution string) (*assembly, error) {
	if len(args) > 1 {
		if _, ok := args[1].(sequence); ok {
			args = args[1:]
		}
	}
	if len(args) < 2 {
		return nil, errForm
	}
	tops, ok := stringsOf(args[0])
	build, isPath := args[1].(string)
	if !ok || !isPath || !filepath.IsAbs(build) {
		return nil, errForm
	}
	file := filepath.Join(build, filepath.FromSlash(mesonPlan))
	info, err := inputs.Stat(file)
	if err != nil || info.Size() > maxList {
		return nil, &gap{"its build directory has no install plan (" + mesonPlan + ")", ""}
	}
	data, err := inputs.ReadFile(file)
	if err != nil {
		return nil, &gap{"its install plan can't be read: " + cause(err).Error(), "make " + mesonPlan + " in its build directory readable"}
	}
	plan, err := parsePlan(data)
	if err != nil {
		return nil, &gap{"its install plan can't be read: " + err.Error(), ""}
	}
	return assemblePlan(plan, tops, build, "."+strings.ReplaceAll(distribution, "-", "_")+".mesonpy.libs"), nil
}

// assemblePlan finds the files of a plan (mesonpy/_editable.py, collect). Of two for one path the last counts. Libraries come into the
// directory libs, as in a wheel; an editable install has them where they were built.
func assemblePlan(plan []planEntry, tops []string, build, libs string) *assembly {
	a := &assembly{build: build}
	for _, e := range slices.Backward(plan) {
		place := within(build, filepath.FromSlash(e.source))
		top, _, _ := strings.Cut(e.as, "/")
		if top, _, _ = strings.Cut(top, "."); e.library {
			e.as = path.Join(libs, e.as)
		} else if e.as != "" && !slices.Contains(tops, top) {
			continue
		}
		p := part{Input: Input{Kind: SingleFile, Path: place, as: e.as}}
		switch {
		case (e.section == "install_subdirs" || e.section == "targets") && isDirectory(place):
			p.Kind = PackageDir
			if e.as == "" {
				p.Kind = SourceTree
			}
			for _, w := range e.without {
				if p.skips == nil {
					p.skips = map[string]bool{}
				}
				p.skips[w] = true
			}
		case e.as == "" || !isRegular(place):
			a.missing = append(a.missing, e.as)
			continue
		}
		a.parts = append(a.parts, p)
	}
	slices.Sort(a.missing)
	planned := map[string]bool{}
	for _, p := range a.parts {
		planned[p.Path] = true
	}
	a.old, a.source = stale(build, planned)
	return a
}

// errPlan is the error of a plan that meson does not write.
var errPlan = errors.New("it has a form that is not known")

// parsePlan reads an install plan, of which it returns what goes into site-packages, in its order.
func parsePlan(data []byte) (plan []planEntry, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	err = members(d, func(section string) error {
		return members(d, func(source string) error {
			var target struct {
				Destination  string   `json:"destination"`
				ExcludeFiles []string `json:"exclude_files"`
				ExcludeDirs  []string `json:"exclude_dirs"`
			}
			if err := d.Decode(&target); err != nil {
				return err
			}
			base, as, _ := strings.Cut(path.Clean(filepath.ToSlash(target.Destination)), "/")
			library := (base == "{libdir_shared}" || base == "{libdir}") && section == "targets" && isLibrary(path.Base(as))
			if base != "{py_platlib}" && base != "{py_purelib}" && !library || source == "" {
				return nil
			}
			if as != "" && (!filepath.IsLocal(filepath.FromSlash(as)) || strings.ContainsFunc(as, isControl)) {
				return errPlan
			}
			e := planEntry{source: source, as: as, section: section, library: library}
			for _, w := range slices.Concat(target.ExcludeFiles, target.ExcludeDirs) {
				e.without = append(e.without, path.Clean(filepath.ToSlash(w)))
			}
			plan = append(plan, e)
			return nil
		})
	})
	if err != nil {
		return nil, errPlan
	}
	return plan, nil
}

// members calls read for each key of a JSON object, in the order of the text. It has to take the value.
func members(d *json.Decoder, read func(key string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errPlan
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if err := read(key.(string)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}
