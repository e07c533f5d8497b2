package config

import (
	"cmp"
	"errors"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pip"
	"github.com/oxgen/oxgen/internal/pylock"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/versions"
)

// check reports the values that are of the right type and yet can't be meant.
func (d *document) check(c *Config) {
	d.checkName(c.Name)
	d.checkPackage(c.Package)
	d.checkEach("targets", c.Targets, func(s string) error {
		_, err := target.Parse(s)
		return err
	})
	d.checkEach("sources", c.Sources, func(s string) error {
		_, _, err := ParseGoMod(s)
		return err
	})
	d.checkEach("site-packages", c.SitePackages, noGoMod)
	d.checkEach("wheels", c.Wheels, isPathPattern)
	d.checkEach("requirements", c.Requirements, pip.Check)
	d.checkLock(c)
	d.checkEach("libraries", c.Libraries, isPathPattern)
	d.checkEach("system-libraries", c.SystemLibraries, func(s string) error {
		if strings.Contains(s, "/") {
			return diag.Errorf("", "the name alone, as `oxgen analyze` prints it", "%q is a path", s)
		}
		return isPattern(s)
	})
	d.checkEach("deny-licences", c.DenyLicences, isLicencePattern)
	d.checkEach("allow-licences", c.AllowLicences, isLicencePattern)
	d.checkEach("licences", c.Licences, func(s string) error {
		_, _, err := ParseLicence(s)
		return err
	})
	d.checkEach("include", c.Include, isModulePattern)
	d.checkEach("lazy", c.Lazy, isModulePattern)
	d.checkEach("hooks", c.Hooks, isPathPattern)
	d.checkEach("trace", c.Trace, noGoMod)
	d.checkStorage(c)
	if c.MaxGlibc != "" && !versions.Valid(c.MaxGlibc) {
		d.wrong("max-glibc", `numbers and dots, as in "2.28"`, "max-glibc: %q is no version of glibc", c.MaxGlibc)
	}
	d.checkEach("check.skip", c.Check.Skip, func(s string) error {
		if !isDotted(s) {
			return diag.Errorf("", "a dotted name, as it is imported", "%q is not the name of a module", s)
		}
		return nil
	})
	d.checkWindows(&c.Windows)
	d.checkPrograms(c)
	d.checkRules(c)
	d.checkExtensions(c)
	d.checkEach("interpreter.module-search-paths", c.Interpreter.ModuleSearchPaths, checkSearchPath)
	if n := c.Interpreter.IntMaxStrDigits; n != nil && *n > 0 && *n < 640 { // sys.int_info.str_digits_check_threshold
		d.wrong("interpreter.int-max-str-digits", "", "interpreter.int-max-str-digits must be 0 or at least 640, not %d", *n)
	}
}

// checkStorage reports what modules can't be stored as.
func (d *document) checkStorage(c *Config) {
	seen := make(map[int]bool)
	for i, level := range c.Optimize {
		if v, _ := d.find("optimize"); seen[level] {
			d.report(v.elems[i].at, "", "optimize lists %d twice", level)
		}
		seen[level] = true
	}
	if !c.Bytecode && !c.IncludeSource {
		d.wrong("bytecode", "leave one of the two out", "bytecode and include-source are both false, so nothing of a module is left")
	}
	if !c.Bytecode && !c.DebugRanges {
		d.wrong("debug-ranges", "leave it out", "there is no bytecode to leave the columns out of, with bytecode = false")
	}
	d.checkEach("extract", c.Extract, func(s string) error {
		if !isDotted(s) {
			return diag.Errorf("", "a dotted name, as it is imported", "%q is not the name of a package", s)
		}
		return nil
	})
}

// isModulePattern refuses what no module's name can be like. In such a pattern * stands for anything, dots included.
func isModulePattern(s string) error {
	if !isDotted(strings.NewReplacer("*", "x", "?", "x").Replace(s)) {
		return diag.Errorf("", "a dotted name, as it is imported, or a pattern such as \"package.*\"", "%q is not the name of a module", s)
	}
	return nil
}

// checkLock reports what can't be meant about a lock file.
func (d *document) checkLock(c *Config) {
	if c.Lock != "" && !pylock.IsName(path.Base(filepath.ToSlash(c.Lock))) {
		d.wrong("lock", "PEP 751 wants the name pylock.toml, or pylock.NAME.toml", "%q is not the name of a lock file", c.Lock)
	}
	isName := func(s string) error {
		if !pyname.IsDistribution(s) {
			return diag.Errorf("", "", "%q is not the name of an extra or a group", s)
		}
		return nil
	}
	d.checkEach("lock-extras", c.LockExtras, isName)
	d.checkEach("lock-groups", c.LockGroups, isName)
	d.checkEach("find-links", c.FindLinks, noGoMod)
}

func isPattern(s string) error {
	if _, err := path.Match(s, ""); err != nil {
		return diag.Errorf("", `a "[" of a name is written "\\["`, "%q is not a pattern: a bracket is left open", s)
	}
	return nil
}

func isPathPattern(s string) error { return cmp.Or(isPattern(s), noGoMod(s)) }

// wrong reports a problem at the value of a key.
func (d *document) wrong(path, hint, format string, args ...any) {
	d.wrongIn(path, 0, hint, format, args...)
}

// wrongIn is wrong for a key in an element of an array of tables.
func (d *document) wrongIn(path string, element int, hint, format string, args ...any) {
	at := -1
	if v, ok := d.findIn(path, element); ok {
		at = v.at
	}
	d.report(at, hint, format, args...)
}

// checkEach reports the elements of an array that check refuses or that were there before.
func (d *document) checkEach(path string, list []string, check func(string) error) {
	v, _ := d.find(path)
	seen := make(map[string]bool)
	for i, s := range list {
		at := v.elems[i].at
		var e *diag.Error
		switch err := check(s); {
		case errors.As(err, &e):
			d.report(at, e.Hint, "%s", e.Problem)
		case seen[s]:
			d.report(at, "", "%s lists %q twice", path, s)
		}
		seen[s] = true
	}
}

// checkName holds the program name to what every platform takes for a file name.
func (d *document) checkName(name string) {
	if name != "" && name != fileName(name) {
		d.wrong("name", `a name such as "`+fileName(name)+`"`, "name %q is not a file name on every platform", name)
	}
}

// fileName returns the file name nearest to s that every platform takes and that no command takes for a flag.
// Microsoft's documentation "Naming Files, Paths, and Namespaces" has the strictest rules.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, s)
	s = strings.TrimRight(strings.TrimLeft(s, "- "), ". ")
	stem, _, _ := strings.Cut(s, ".")
	switch {
	case s == "":
		return "app"
	case len(s) > 200: // most file systems take 255 bytes; suffixes are added
		return "app"
	case deviceName.MatchString(stem):
		return "app-" + s
	}
	return s
}

var deviceName = regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

func (d *document) checkPackage(p string) {
	const hint = `a slash-separated path below this file's directory that ends in a Go name, such as "internal/pyapp"`
	base := path.Base(p)
	switch {
	case module.CheckImportPath(p) != nil || path.Clean(p) != p:
		d.wrong("package", hint, "package %q is not the path of a directory that Go can import", p)
	case slices.Contains(strings.Split(p, "/"), "vendor"):
		d.wrong("package", hint, "package %q lies in a vendor directory", p)
	case !token.IsIdentifier(base) || base == "_" || base == "main":
		d.wrong("package", hint, "package %q does not end in the name of a Go package", p)
	}
}

func noGoMod(s string) error {
	if strings.HasPrefix(s, goModPrefix) {
		return diag.Errorf("", "only `sources` takes directories of Go modules", "%q is not a path", s)
	}
	return nil
}

// checkSearchPath refuses directories that depend on where the program is started.
func checkSearchPath(s string) error {
	below, ok := strings.CutPrefix(s, Origin)
	switch {
	case ok && (below == "" || below[0] == '/'):
		return nil
	case strings.HasPrefix(s, "$"):
		return diag.Errorf("", Origin+` is the only variable, as in "`+Origin+`/plugins"`, "%q starts with an unknown variable", s)
	case !absolute.MatchString(s):
		return diag.Errorf("", `write "`+Origin+`/…" for a directory beside the executable`,
			"%q depends on the directory in which the program is started", s)
	}
	return nil
}

// absolute matches absolute paths of all platforms, as a configuration may serve several.
var absolute = regexp.MustCompile(`^(/|\\\\|[A-Za-z]:[/\\])`)
