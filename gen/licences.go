package gen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/pyname"
)

// fromConfig is where the licences were found that the key licences gives.
const fromConfig = "licences"

// stateLicences takes the licences that the configuration gives.
func (prog *program) stateLicences() {
	for _, text := range prog.plan.config.Licences {
		name, expression, err := config.ParseLicence(text)
		if err != nil {
			continue // the configuration was checked
		}
		stated, used := manifest.Licence{Expression: expression, From: fromConfig}, false
		set := func(l *manifest.Licence) {
			files := l.Files
			*l, used = stated, true
			l.Files = files
		}
		for i := range prog.described {
			d := &prog.described[i]
			if d.Normalized == name {
				set(&d.Licence)
			}
			for k := range d.Vendored {
				if pyname.Normalize(d.Vendored[k].Name) == name {
					set(&d.Vendored[k].Licence)
				}
			}
		}
		if !used {
			prog.plan.opts.Warn(diag.Errorf(prog.plan.config.File, "remove it, or correct the name", "licences names %q, which the program does not have", name))
		}
	}
}

// A licensed is something in the program with a licence.
type licensed struct {
	name, where string
	licence     manifest.Licence
}

// licensed lists all that has one: CPython, its libraries, distributions, what they vendor, and C libraries that they bring.
func (prog *program) licensed() []licensed {
	list := []licensed{{"CPython " + prog.plan.python.Version, prog.plan.python.Name, manifest.Licence{Expression: bundled.CPythonLicence, From: "oxgen"}}}
	for _, l := range prog.bundled {
		list = append(list, licensed{strings.TrimSpace(l.Name + " " + l.Version), l.In, manifest.Licence{Expression: l.Licence, From: "oxgen"}})
	}
	for _, d := range prog.described {
		list = append(list, licensed{d.Name + " " + d.Version, d.Input, d.Licence})
		for _, v := range d.Vendored {
			list = append(list, licensed{v.Name + " " + v.Version, v.List, v.Licence})
		}
	}
	return append(list, prog.licensedLibraries()...)
}

// licensedLibraries lists the C libraries that distributions bring and that oxgen knows. Others come under the licence of their wheel, as
// far as anybody can tell.
func (prog *program) licensedLibraries() []licensed {
	var list []licensed
	for i := range prog.units {
		u := &prog.units[i]
		if u.Distribution == "" || u.Distribution == collector.StdlibDistribution || u.Kind != collector.Library && u.Kind != collector.Data {
			continue
		}
		if lib := bundled.OfFile(u.Path); lib != nil {
			version := lib.VersionIn(u.data)
			list = append(list, licensed{
				strings.TrimSpace(lib.Title + " " + version), u.Path, manifest.Licence{Expression: lib.LicenceOf(version), From: "oxgen"},
			})
		}
	}
	return list
}

// checkLicences holds all licences against the rules of the configuration. The error has one for each that is denied.
func (prog *program) checkLicences() error {
	c := prog.plan.config
	rules := licence.Rules{Deny: c.DenyLicences, Allow: c.AllowLicences}
	if rules.IsZero() {
		return nil
	}
	var problems []error
	for _, l := range prog.licensed() {
		denied := rules.Denied(l.licence.Expression)
		switch {
		case slices.Contains(denied, licence.Unknown):
			problems = append(problems, diag.Errorf(l.where, "if you know it: `licences = [\"NAME: EXPRESSION\"]`", "%s: nobody knows the licence%s", l.name, saying(&l.licence)))
		case len(denied) > 0:
			problems = append(problems, diag.Errorf(l.where, "leave it out, or let `deny-licences` and `allow-licences` pass it", "%s comes under %s (from: %s), and %s is not allowed",
				l.name, l.licence.Expression, l.licence.From, strings.Join(denied, ", ")))
		case !l.licence.Known():
			prog.plan.opts.Warn(diag.Errorf(l.where, "`licences = [\"NAME: EXPRESSION\"]` says it, `deny-licences = [\"unknown\"]` makes this an error",
				"%s: nobody knows the licence%s", l.name, saying(&l.licence)))
		}
	}
	return errors.Join(problems...)
}

// saying tells what the metadata say where that is no licence's name.
func saying(l *manifest.Licence) string {
	if l.Stated == "" {
		return ""
	}
	return fmt.Sprintf("; its metadata say %q", l.Stated)
}
