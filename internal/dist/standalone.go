package dist

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
)

// A record is what oxgen takes from the PYTHON.json of a `full` python-build-standalone archive (docs/distributions.rst
// of that project, format versions 5 to 8). Paths in it are relative to its own directory.
type record struct {
	Version        string   `json:"version"`       // of the format
	TargetTriple   string   `json:"target_triple"` // "x86_64-unknown-linux-gnu"
	Implementation string   `json:"python_implementation_name"`
	PythonVersion  string   `json:"python_version"`      // "3.11.9"
	PythonExe      string   `json:"python_exe"`          // "install/bin/python3.11"
	LinkMode       string   `json:"libpython_link_mode"` // "shared" or "static"
	Licenses       []string `json:"licenses"`            // SPDX identifiers of CPython itself
	LicensePath    string   `json:"license_path"`        // "licenses/LICENSE.cpython.txt"
	BuildInfo      struct {
		Core struct {
			SharedLib string `json:"shared_lib"`
			StaticLib string `json:"static_lib"`
		} `json:"core"`
		Extensions map[string][]struct { // variants, the default first
			Licenses     []string `json:"licenses"`              // SPDX identifiers, of the libraries
			PublicDomain bool     `json:"license_public_domain"` // of the libraries
			Links        []struct {
				Name      string `json:"name"`      // as after -l: "crypto"
				System    bool   `json:"system"`    // the target's
				Framework bool   `json:"framework"` // of macOS
			} `json:"links"`
		} `json:"extensions"`
	} `json:"build_info"`

	dir string // directory of the file, absolute
}

const recordName = "PYTHON.json"

// parseRecord reads a PYTHON.json that lies in dir. Every path of the result lies below dir.
func parseRecord(data []byte, dir string) (*record, error) {
	r := &record{dir: dir}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	if r.PythonExe == "" {
		return nil, errors.New("python_exe is missing")
	}
	for _, path := range []string{r.PythonExe, r.LicensePath, r.BuildInfo.Core.SharedLib, r.BuildInfo.Core.StaticLib} {
		if path != "" && !filepath.IsLocal(filepath.FromSlash(path)) {
			return nil, fmt.Errorf("the path %q leads out of the distribution", path)
		}
	}
	return r, nil
}

func (r *record) path(name string) string {
	if name == "" {
		return ""
	}
	return filepath.Join(r.dir, filepath.FromSlash(name))
}

func (r *record) sharedLibrary() string { return r.path(r.BuildInfo.Core.SharedLib) }

func (r *record) staticLibrary() string { return r.path(r.BuildInfo.Core.StaticLib) }

// A LinkedLibrary is a C library that is linked into one of the interpreter's modules.
type LinkedLibrary struct {
	Module  string // "_ssl"
	Name    string // as after -l: "crypto"
	Licence string // SPDX expression of all libraries of the module together; "" when it is not known
}

// Linked returns the libraries that PYTHON.json says are linked into modules, by module and name; nil without that file. It has no
// versions.
func (d *Distribution) Linked() []LinkedLibrary {
	if d.standing == nil {
		return nil
	}
	var list []LinkedLibrary
	for module, variants := range d.standing.BuildInfo.Extensions {
		if len(variants) == 0 {
			continue
		}
		v := variants[0]
		ids := slices.Clone(v.Licenses)
		if v.PublicDomain {
			ids = append(ids, "LicenseRef-Public-Domain")
		}
		slices.Sort(ids)
		for _, l := range v.Links {
			if l.Name != "" && !l.System && !l.Framework {
				list = append(list, LinkedLibrary{Module: module, Name: l.Name, Licence: strings.Join(slices.Compact(ids), " AND ")})
			}
		}
	}
	slices.SortFunc(list, func(a, b LinkedLibrary) int {
		return cmp.Or(strings.Compare(a.Module, b.Module), strings.Compare(a.Name, b.Name))
	})
	return slices.Compact(list)
}

// resolveDir takes the distribution in a directory: a `full` one by its PYTHON.json, another one by its interpreter.
// Either may lie in the directory "python", as it does in the archives.
func (s *Store) resolveDir(ctx context.Context, c choice, dir string) (*Distribution, error) {
	for _, d := range []string{dir, filepath.Join(dir, "python")} {
		data, err := inputs.ReadFile(filepath.Join(d, recordName))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, c.errorf("", "has a %s that can't be read: %s", recordName, rootCause(err))
		}
		r, err := parseRecord(data, d)
		if err != nil {
			return nil, c.errorf("", "has a %s that can't be used: %w", recordName, err)
		}
		return s.resolveRecord(ctx, c, r)
	}
	for _, name := range []string{
		"bin/python3", "python.exe", "python/bin/python3", "python/python.exe", "bin/python", "Scripts/python.exe",
	} {
		if path := filepath.Join(dir, filepath.FromSlash(name)); isFile(path) {
			return s.resolveInterpreter(ctx, c, path, nil)
		}
	}
	return nil, c.errorf("", "is a directory without a Python: it has neither bin/python3 nor python.exe nor %s", recordName)
}

func (s *Store) resolveRecord(ctx context.Context, c choice, r *record) (*Distribution, error) {
	exe := r.path(r.PythonExe)
	if !isFile(exe) {
		return nil, c.errorf("", "has no %s, although its %s says so", r.PythonExe, recordName)
	}
	d, err := s.resolveInterpreter(ctx, c, exe, r)
	if err != nil {
		return nil, err
	}
	if r.PythonVersion != "" && !strings.HasPrefix(d.Version, r.PythonVersion) {
		return nil, c.errorf("", "is Python %s, although its %s says %s", d.Version, recordName, r.PythonVersion)
	}
	return d, nil
}
