package gen

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/pyembed/table"
)

// extractedReason is what verdicts say of files that are put on disk.
const extractedReason = "put into the user's cache directory at run time"

// findExtractions looks up the packages that the configuration wants on disk. Of two packages within each other the
// inner one has nothing to add.
func (prog *program) findExtractions() error {
	onDisk, problems := prog.placed()
	names := slices.Sorted(maps.Keys(onDisk))
	for i, name := range names {
		if slices.ContainsFunc(names[:i], func(outer string) bool { return strings.HasPrefix(name, outer+".") }) {
			continue
		}
		x := table.Extraction{Package: name}
		if err := prog.extract(&x); err != nil {
			problems = append(problems, err)
			continue
		}
		prog.extractions = append(prog.extractions, x)
	}
	return errors.Join(problems...)
}

// extract marks the units of a package and fills in what the table needs to know.
func (prog *program) extract(x *table.Extraction) error {
	if err := prog.checkExtraction(x.Package); err != nil {
		return err
	}
	sum := sha256.New()
	inside := strings.ReplaceAll(x.Package, ".", "/") + "/"
	for i := range prog.units { // sorted by path
		u := &prog.units[i]
		if !strings.HasPrefix(u.Path, inside) {
			continue
		}
		u.extracted = true
		prog.plan.remark(u.Origin, extractedReason)
		digest := u.digest
		if u.Kind == collector.Module && !u.sourced {
			digest = sha256.Sum256(u.code[0])
		}
		fmt.Fprintf(sum, "%q %t %x\n", u.Path, u.Executable, digest) // a hash takes everything
		if u.Executable {
			x.Executables = append(x.Executables, u.Path)
		}
	}
	fmt.Fprintf(sum, "%x\n", prog.plan.interp.Magic) // it is in the header of .pyc files
	x.Digest = hex.EncodeToString(sum.Sum(nil)[:16])
	return nil
}

// checkExtraction refuses what is no package of the program.
func (prog *program) checkExtraction(name string) error {
	file := prog.plan.config.File
	if name == "encodings" {
		return diag.Errorf(file, "leave it out", "extract: the package encodings is imported before files can be written")
	}
	packages := prog.packages()
	if slices.Contains(packages, name) {
		return nil
	}
	if slices.ContainsFunc(prog.units, func(u unit) bool { return u.Module == name }) {
		return diag.Errorf(file, "name the package that it is part of", "extract: %q is a module and no package", name)
	}
	hint := "`oxgen scan` lists the packages that are found"
	if of := prog.packagesOf(name, packages); of != nil {
		hint = fmt.Sprintf("the distribution %s has the packages %s", name, strings.Join(of, ", "))
	} else if near := config.Nearest(name, packages); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return diag.Errorf(file, hint, "extract: no package is named %q", name)
}

// packages returns the names of all packages of the program, namespace packages included, sorted.
func (prog *program) packages() []string {
	seen := map[string]bool{}
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Module {
			continue
		}
		name := u.Module
		if u.IsPackage {
			seen[name] = true
		}
		for dot := strings.LastIndexByte(name, '.'); dot >= 0; dot = strings.LastIndexByte(name, '.') {
			name = name[:dot]
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// packagesOf returns the top-level packages of a distribution, nil when there is no such distribution.
func (prog *program) packagesOf(distribution string, packages []string) []string {
	var tops []string
	for i := range prog.units {
		u := &prog.units[i]
		top, _, _ := strings.Cut(u.Module, ".")
		if u.Distribution != "" && u.Distribution == strings.ToLower(distribution) && !slices.Contains(tops, top) && slices.Contains(packages, top) {
			tops = append(tops, top)
		}
	}
	return tops
}

// remark adds a reason to the verdict on one file.
func (p *plan) remark(origin collector.Origin, reason string) {
	for i := range p.collection.Verdicts {
		v := &p.collection.Verdicts[i]
		switch {
		case v.Origin != origin:
		case v.Reason == "":
			v.Reason = reason
		default:
			v.Reason += "; " + reason
		}
	}
}
