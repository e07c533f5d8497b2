package config

import (
	"slices"
	"strings"
	"unicode"
)

// checkPrograms reports what is wrong with [run] and with each [[program]].
func (d *document) checkPrograms(c *Config) {
	has := func(it item) bool { return len(it.path) > 0 && it.path[0].text == "run" }
	if len(c.Programs) == 0 || slices.ContainsFunc(d.items, has) {
		d.checkRun(place{d, "run", 0}, c.Run)
	}
	names := make(map[string]bool, len(c.Programs))
	for i := range c.Programs {
		p := &c.Programs[i]
		at := place{d, programTable, i}
		at.checkName(p.Name)
		if lower := strings.ToLower(p.Name); names[lower] {
			at.wrong("name", "names that differ in the case of letters are one on some platforms", "two programs are named %q", p.Name)
		} else if lower != "" {
			names[lower] = true
		}
		d.checkRun(at, p.Run)
	}
	if c.InstallLinks && len(c.Programs) == 0 {
		d.wrong("install-links", "add programs, each in a table "+d.header(programTable), "install-links is for several programs, and there are none")
	}
}

// A place is a table that says what to run.
type place struct {
	*document
	table   string
	element int // of an array of tables
}

// wrong reports a problem at the value of a key of the table, or at the table itself.
func (at place) wrong(key, hint, format string, args ...any) {
	path := at.table + "." + key
	if _, ok := at.findIn(path, at.element); !ok {
		path = at.table
	}
	at.wrongIn(path, at.element, hint, format, args...)
}

// checkName holds the name of a program to what can be a link on every platform and typed as an argument.
func (at place) checkName(name string) {
	const hint = `a file name without white space, such as "tool"`
	ending := len(name) - len(".exe")
	switch {
	case name == "":
		at.wrong("name", hint, "a program has no name")
	case name != fileName(name) || strings.ContainsFunc(name, unicode.IsSpace):
		at.wrong("name", hint, "program.name %q is not a file name on every platform, or has white space", name)
	case ending >= 0 && strings.EqualFold(name[ending:], ".exe"):
		at.wrong("name", "leave the ending out: Windows adds it", "program.name %q ends in .exe", name)
	case len(name) >= len("python") && strings.EqualFold(name[:len("python")], "python"):
		at.wrong("name", "take another name", "program.name %q begins with python: an executable of such a name acts as the command python", name)
	}
}

// checkRun reports a table that does not say exactly one thing to run, or says it in a form that can't work.
func (d *document) checkRun(at place, r Run) {
	at.checkModes()
	if r.Module != "" {
		at.checkModule(r.Module)
	}
	if r.Entry != "" {
		at.checkEntry(r.Entry)
	}
	if err := noGoMod(r.File); err != nil {
		at.wrong("file", "a script is a file of your own; a module of a Go module is run by `module`", "%s", err)
	}
}

func (at place) checkModes() {
	first := ""
	for _, it := range at.items { // in the order of the text, so that the later one is blamed
		if len(it.path) != 2 || it.path[0].text != at.table || IsArray(at.table) && it.element != at.element {
			continue
		}
		mode, given := it.path[1].text, it.value.text != "false"
		switch {
		case !slices.Contains(runModes, mode) || !given:
		case first == "":
			first = mode
		default:
			at.report(it.value.at, "keep one of the two", "%s.%s and %s.%s exclude each other", at.table, first, at.table, mode)
		}
	}
	if first == "" {
		at.wrongIn(at.table, at.element, at.runHint(at.table), "nothing to run")
	}
}

// runHint is the mend for a table that does not say what to run.
func (d *document) runHint(table string) string {
	return "give one of " + strings.Join(runModes, ", ") + " in the table " + d.header(table)
}

// checkModule takes what runpy can find: names that are no identifiers work there as well.
func (at place) checkModule(m string) {
	const hint = "a dotted name, as after `python -m`; the path of a script goes into `file`"
	odd := strings.ContainsFunc(m, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`/\:`, r)
	})
	if odd || strings.HasSuffix(m, ".py") || strings.HasPrefix("."+m+".", "..") || strings.Contains("."+m+".", "..") {
		at.wrong("module", hint, "%s.module %q is not the name of a module", at.table, m)
	}
}

// checkEntry holds an entry to the object references of the entry points specification, without extras:
// importable.module:object.attr.
func (at place) checkEntry(e string) {
	const hint = "an entry is written pkg.mod:func; to run a module as `python -m` does, use `module`"
	mod, attr, found := strings.Cut(e, ":")
	if !found || !isDotted(mod) || !isDotted(attr) {
		at.wrong("entry", hint, "%s.entry %q is not an object reference", at.table, e)
	}
}

// isDotted reports whether s is identifiers joined by dots.
func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !isIdentifier(part) {
			return false
		}
	}
	return true
}

// isIdentifier reports whether s is a Python identifier (PEP 3131), up to the handful of characters that Unicode added
// to XID_Start and XID_Continue by hand.
func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r)
		more := unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc)
		if !start && (i == 0 || !more) {
			return false
		}
	}
	return s != ""
}
