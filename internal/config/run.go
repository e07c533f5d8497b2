package config

import (
	"slices"
	"strings"
	"unicode"
)

// checkRun reports a [run] that does not say exactly one thing to run, or says it in a form that can't work.
func (d *document) checkRun(r Run) {
	d.checkModes(r)
	if r.Module != "" {
		d.checkModule(r.Module)
	}
	if r.Entry != "" {
		d.checkEntry(r.Entry)
	}
	if err := noGoMod(r.File); err != nil {
		d.wrong("run.file", "a script is a file of your own; a module of a Go module is run by `module`", "%s", err)
	}
}

func (d *document) checkModes(r Run) {
	first := ""
	for _, it := range d.items { // in the order of the text, so that the later one is blamed
		mode, given := pathOf(it.path), it.value.text != "false"
		switch {
		case !slices.Contains(runModes, mode) || !given:
		case first == "":
			first = mode
		default:
			d.report(it.value.at, "keep one of the two", "%s and %s exclude each other", first, mode)
		}
	}
	if first == "" {
		d.wrong("run", d.runHint(), "nothing to run")
	}
}

// runHint is the mend for a configuration that does not say what to run.
func (d *document) runHint() string {
	return "give one of module, entry, command, file, repl in the table " + d.header("run")
}

// checkModule takes what runpy can find: names that are no identifiers work there as well.
func (d *document) checkModule(m string) {
	const hint = "a dotted name, as after `python -m`; the path of a script goes into `file`"
	odd := strings.ContainsFunc(m, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`/\:`, r)
	})
	if odd || strings.HasSuffix(m, ".py") || strings.HasPrefix("."+m+".", "..") || strings.Contains("."+m+".", "..") {
		d.wrong("run.module", hint, "run.module %q is not the name of a module", m)
	}
}

// checkEntry holds an entry to the object references of the entry points specification, without extras:
// importable.module:object.attr.
func (d *document) checkEntry(e string) {
	const hint = "an entry is written pkg.mod:func; to run a module as `python -m` does, use `module`"
	mod, attr, found := strings.Cut(e, ":")
	if !found || !isDotted(mod) || !isDotted(attr) {
		d.wrong("run.entry", hint, "run.entry %q is not an object reference", e)
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
