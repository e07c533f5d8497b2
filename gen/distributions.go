package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/pyembed/table"
)

// findDistributions tells the table where the metadata of the distributions are, in the order of their paths.
func (prog *program) findDistributions() {
	for _, d := range prog.described {
		prog.distributions = append(prog.distributions, table.Distribution{Name: d.Normalized, Info: d.Info})
	}
	slices.SortFunc(prog.distributions, func(a, b table.Distribution) int { return strings.Compare(a.Info, b.Info) })
}

// describe reads what the metadata of the program's distributions say.
func (prog *program) describe() error {
	seen := map[string]bool{}
	for i := range prog.units {
		u := &prog.units[i]
		info, _, _ := strings.Cut(u.Path, "/")
		if u.Kind != collector.Metadata || u.Distribution == "" || seen[u.Distribution] || path.Ext(info) == "" {
			continue
		}
		seen[u.Distribution] = true
		d, err := prog.distribution(u, info)
		if err != nil {
			return err
		}
		prog.described = append(prog.described, *d)
	}
	slices.SortFunc(prog.described, func(a, b manifest.Distribution) int { return strings.Compare(a.Normalized, b.Normalized) })
	prog.addVendored()
	return nil
}

// distribution describes the one whose metadata are the files at or below info; first is one of them.
func (prog *program) distribution(first *unit, info string) (*manifest.Distribution, error) {
	name, version, _ := strings.Cut(strings.TrimSuffix(info, path.Ext(info)), "-")
	version, _, _ = strings.Cut(version, "-") // an egg-info's has the Python behind
	d := &manifest.Distribution{Name: name, Normalized: first.Distribution, Version: version, Info: info, Input: first.Origin.Input}
	if err := prog.plan.addWheel(d); err != nil {
		return nil, err
	}
	files := prog.below(info)
	m := prog.metadata(d, files)
	texts := licenceTexts(info, m.LicenseFiles, files)
	d.Licence = prog.detect(m, texts)
	return d, nil
}

// metadata reads the core metadata among the files of a distribution, and enters them in d. What can't be read is warned of
// and otherwise ignored: importlib.metadata is as lenient.
func (prog *program) metadata(d *manifest.Distribution, files []*unit) wheel.Metadata {
	for _, u := range files {
		if base := strings.TrimPrefix(u.Path, d.Info); base != "/METADATA" && base != "/PKG-INFO" && base != "" {
			continue
		}
		m, err := wheel.ReadMetadata(u.data)
		if err != nil {
			prog.plan.opts.Warn(diag.Errorf(u.Origin.String(), "the licence and the requirements of the distribution are not known", "%w", err))
			continue
		}
		if pyname.Normalize(m.Name) == d.Normalized {
			d.Name = m.Name
		}
		if m.Version != "" {
			d.Version = m.Version
		}
		d.Summary, d.Homepage, d.Requires = m.Summary, m.HomePage, m.RequiresDist
		return m
	}
	return wheel.Metadata{}
}

// below returns the units at or below a path, in order.
func (prog *program) below(dir string) []*unit {
	var list []*unit
	for i := range prog.units {
		if u := &prog.units[i]; u.Path == dir || strings.HasPrefix(u.Path, dir+"/") {
			list = append(list, u)
		}
	}
	return list
}

// detect finds the licence that metadata and texts say.
func (prog *program) detect(m wheel.Metadata, texts []*unit) manifest.Licence {
	declared := licence.Declared{Expression: m.LicenseExpression, License: m.License, Classifiers: m.Classifiers}
	cache := licence.Cache{Dir: filepath.Join(prog.plan.opts.Store.CacheDir, "licence")}
	var files []string
	for _, u := range texts {
		declared.Texts = append(declared.Texts, u.text())
		files = append(files, u.Path)
	}
	found := licence.Detect(declared, cache.Scan)
	return manifest.Licence{Expression: found.Expression, From: found.From, Stated: found.Stated, Files: files}
}

// licenceTexts returns the licence texts among the files of a distribution's metadata: those that it names, and those that
// have the name of one.
func licenceTexts(info string, named []string, files []*unit) []*unit {
	var texts []*unit
	for _, u := range files {
		rel := strings.TrimPrefix(u.Path, info+"/")
		below := strings.HasPrefix(rel, "licenses/") || strings.HasPrefix(rel, "license_files/")
		if below || slices.Contains(named, rel) || licence.IsText(path.Base(rel)) {
			texts = append(texts, u)
		}
	}
	return texts
}

// addWheel enters the wheel that a distribution comes from.
func (p *plan) addWheel(d *manifest.Distribution) error {
	i := slices.IndexFunc(p.inputs, func(in collector.Input) bool { return in.Label == d.Input && in.Kind == collector.Wheel })
	if i < 0 {
		return nil
	}
	f, err := inputs.Open(p.inputs[i].Path)
	if err != nil {
		return diag.Errorf(d.Input, "make it readable", "%w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return diag.Errorf(d.Input, "make it readable", "%w", err)
	}
	d.Wheel, d.SHA256 = path.Base(d.Input), hex.EncodeToString(h.Sum(nil))
	return nil
}

// addVendored finds copies of distributions inside of others: by the lists that pip and setuptools keep of theirs, and by
// metadata directories below a package.
func (prog *program) addVendored() {
	for i := range prog.units {
		u := &prog.units[i]
		owner := prog.owner(u)
		if owner == nil || u.Kind != collector.Data {
			continue
		}
		dir, base := path.Split(u.Path)
		switch {
		case base == "vendor.txt" || base == "vendored.txt":
			for _, v := range parseVendored(u.text()) {
				v.List = u.Path
				v.Licence = prog.detect(wheel.Metadata{}, prog.vendoredTexts(dir+v.Name))
				owner.Vendored = append(owner.Vendored, v)
			}
		case base == "METADATA" && path.Ext(path.Clean(dir)) == ".dist-info":
			if m, err := wheel.ReadMetadata(u.text()); err == nil && m.Name != "" {
				info := path.Clean(dir)
				texts := licenceTexts(info, m.LicenseFiles, prog.below(info))
				owner.Vendored = append(owner.Vendored, manifest.Vendored{Name: m.Name, Version: m.Version, List: u.Path, Licence: prog.detect(m, texts)})
			}
		}
	}
	for i := range prog.described {
		v := prog.described[i].Vendored
		slices.SortStableFunc(v, func(a, b manifest.Vendored) int {
			return strings.Compare(pyname.Normalize(a.Name), pyname.Normalize(b.Name))
		})
		prog.described[i].Vendored = slices.CompactFunc(v, func(a, b manifest.Vendored) bool {
			return pyname.Normalize(a.Name) == pyname.Normalize(b.Name) && a.Version == b.Version
		})
	}
}

// owner returns the description of the distribution that a unit belongs to, nil when there is none.
func (prog *program) owner(u *unit) *manifest.Distribution {
	i, ok := slices.BinarySearchFunc(prog.described, u.Distribution, func(d manifest.Distribution, name string) int {
		return strings.Compare(d.Normalized, name)
	})
	if !ok {
		return nil
	}
	return &prog.described[i]
}

// vendoredTexts returns the licence texts beside the modules of a vendored distribution. stem is the path of its package,
// spelt as the distribution's name is.
func (prog *program) vendoredTexts(stem string) []*unit {
	if dir, ok := strings.CutSuffix(stem, "/setuptools"); ok {
		stem = dir + "/pkg_resources" // the part that pip takes of it
	}
	want := strings.ReplaceAll(pyname.Normalize(stem), "-", "_")
	var texts []*unit
	for i := range prog.units {
		u := &prog.units[i]
		dir := path.Dir(u.Path)
		if u.Kind == collector.Data && licence.IsText(path.Base(u.Path)) && strings.ReplaceAll(pyname.Normalize(dir), "-", "_") == want {
			texts = append(texts, u)
		}
	}
	return texts
}

// parseVendored reads a list of pinned requirements, one a line: "urllib3==1.26.20". Indented lines, comments and anything
// else are passed over.
func parseVendored(list []byte) []manifest.Vendored {
	var found []manifest.Vendored
	for line := range bytes.Lines(list) {
		text, _, _ := strings.Cut(string(line), "#")
		text, _, _ = strings.Cut(text, ";")
		name, version, ok := strings.Cut(text, "==")
		name, _, _ = strings.Cut(strings.TrimSpace(name), "[")
		version = strings.TrimSpace(version)
		if ok && pyname.IsDistribution(name) && version != "" && !strings.ContainsAny(version, " \t") {
			found = append(found, manifest.Vendored{Name: name, Version: version})
		}
	}
	return found
}
