package collector

import (
	"regexp"
	"strings"
)

// statement matches import statements at the start of a line, indented or not: what stands behind `from`, what is imported
// from there with parentheses or without, and what stands behind `import` alone. Backslashes at the ends of lines must be
// gone.
var statement = regexp.MustCompile(`(?m)^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(?:\(([^)]*)\)|([^(\n]*))|import[ \t]+([^\n]*))`)

var (
	continued = strings.NewReplacer("\\\r\n", " ", "\\\n", " ")
	comment   = regexp.MustCompile(`#[^\n]*`)
)

// importedNames returns the dotted names that the import statements of a source name, absolute, as they come; a from
// statement gives the module and each name in it, which may be a module too or not. module is the source's own name. It goes
// by the text and not by the grammar: of a statement in a string it may tell as well.
func importedNames(text, module string, isPackage bool) []string {
	var names []string
	for _, m := range statement.FindAllStringSubmatch(continued.Replace(text), -1) {
		if m[1] == "" {
			names = append(names, listed(m[4])...)
			continue
		}
		from, ok := absolute(m[1], module, isPackage)
		if !ok {
			continue
		}
		names = append(names, from)
		for _, name := range listed(m[2] + m[3]) {
			names = append(names, from+"."+name)
		}
	}
	return names
}

// listed returns the names of a list "a.b as c, d".
func listed(list string) []string {
	list = comment.ReplaceAllString(list, "")
	list, _, _ = strings.Cut(list, ";")
	var names []string
	for item := range strings.SplitSeq(list, ",") {
		if words := strings.Fields(item); len(words) > 0 {
			names = append(names, words[0])
		}
	}
	return names
}

// absolute resolves the dots that a name of a from statement begins with (PEP 328). ok is false when they lead out of the
// top-level package.
func absolute(name, module string, isPackage bool) (resolved string, ok bool) {
	rest := strings.TrimLeft(name, ".")
	up := len(name) - len(rest)
	if up == 0 {
		return name, true
	}
	parts := strings.Split(module, ".")
	if isPackage {
		up--
	}
	if up >= len(parts) {
		return "", false
	}
	parts = parts[:len(parts)-up]
	if rest != "" {
		parts = append(parts, rest)
	}
	return strings.Join(parts, "."), true
}
