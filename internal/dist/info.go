package dist

import (
	"context"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/versions"
)

// Info is all that is known about a distribution on this host, for people and as JSON.
type Info struct {
	Name              string   `json:"name"`
	Version           string   `json:"version"`
	Spec              string   `json:"spec,omitempty"`
	Interpreter       string   `json:"interpreter"`
	Magic             string   `json:"magic"`              // of its .pyc files, 8 hex digits in file order
	CacheTag          string   `json:"cache_tag"`          // "cpython-314"
	ExtensionSuffixes []string `json:"extension_suffixes"` // in the order that CPython tries them
	Platform          string   `json:"platform"`           // as sysconfig says it: "linux-x86_64"
	Targets           []string `json:"targets"`            // "GOOS/GOARCH", sorted
	Stdlib            string   `json:"stdlib"`
	LibDynload        string   `json:"lib_dynload,omitempty"`
	SitePackages      string   `json:"site_packages,omitempty"`
	Libpython         string   `json:"libpython"`
	LibpythonSize     int64    `json:"libpython_size"`             // in bytes
	StaticLibpython   string   `json:"static_libpython,omitempty"` // "" if there is none
	Needs             []string `json:"needs"`                      // DT_NEEDED of libpython; nil where it is no ELF file
	MinimumGlibc      string   `json:"minimum_glibc,omitempty"`    // highest GLIBC_x that libpython and lib-dynload ask for
	Libraries         []string `json:"libraries,omitempty"`
	BuiltinModules    []string `json:"builtin_modules"` // sorted
	FrozenModules     []string `json:"frozen_modules,omitempty"`
	Licenses          []string `json:"licenses,omitempty"` // SPDX, when the distribution says
	License           string   `json:"license,omitempty"`  // path of the licence text
}

// Info says all about what d has for the host.
func (s *Store) Info(ctx context.Context, d *Distribution) (*Info, error) {
	p, err := d.Target(ctx, target.Host())
	if err != nil {
		return nil, err
	}
	lib, err := inputs.Stat(p.Libpython)
	if err != nil {
		return nil, err
	}
	a := d.answer
	info := &Info{
		Name:              d.Name,
		Version:           d.Version,
		Spec:              d.Spec,
		Interpreter:       d.Interpreter,
		Magic:             a.Magic,
		CacheTag:          a.CacheTag,
		ExtensionSuffixes: a.ExtensionSuffixes,
		Platform:          a.Platform,
		Stdlib:            p.Stdlib,
		LibDynload:        p.LibDynload,
		SitePackages:      p.SitePackages,
		Libpython:         p.Libpython,
		LibpythonSize:     lib.Size(),
		StaticLibpython:   d.Static().Archive,
		Libraries:         p.Libraries,
		BuiltinModules:    a.BuiltinModules,
		FrozenModules:     a.FrozenModules,
	}
	for _, t := range d.Targets() {
		info.Targets = append(info.Targets, t.String())
	}
	info.addLicense(d, p)
	return info, info.addNeeds(p)
}

// addNeeds reads what libpython and the extension modules want from the system.
func (i *Info) addNeeds(p *Platform) error {
	n, ok, err := elfNeeds(p.Libpython)
	if err != nil || !ok {
		return err
	}
	i.Needs, i.MinimumGlibc = n.libraries, n.glibc
	if p.LibDynload == "" {
		return nil
	}
	modules, err := inputs.ReadDir(p.LibDynload)
	if err != nil {
		return err
	}
	for _, m := range modules {
		n, ok, err := elfNeeds(filepath.Join(p.LibDynload, m.Name()))
		if err == nil && ok && versions.Compare(n.glibc, i.MinimumGlibc) > 0 {
			i.MinimumGlibc = n.glibc
		}
	}
	return nil
}

// addLicense names the licence text: the one of PYTHON.json, or LICENSE.txt where CPython installs it.
func (i *Info) addLicense(d *Distribution, p *Platform) {
	if d.standing != nil {
		i.Licenses = d.standing.Licenses
		i.License = d.standing.path(d.standing.LicensePath)
		return
	}
	if name := filepath.Join(p.Stdlib, "LICENSE.txt"); isFile(name) {
		i.License = name
	}
}
