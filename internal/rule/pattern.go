package rule

import (
	"errors"
	"path"
	"slices"
	"strings"
)

// A Pattern is the value of `match`: elements joined by dots, or by slashes. The zero Pattern matches nothing.
//
// With a slash in it, it is a path below the program's root, "pkg/data/*.json". Without one it is the dotted name of a
// module, "pkg.mod", and stands for the files of a directory as well: of the data file pkg/data/x.json the elements are
// pkg, data and x.json. A path of one element begins with a slash: "/LICENSE".
//
// In an element `*`, `?` and `[…]` are those of path.Match, so that `*` alone is any one element. The element `**` is any
// number of elements, none included. A pattern that ends in a plain name also matches what lies below: "pkg" is all of the
// package, "pkg.*" what lies directly in it, "pkg.**" both again. Upper and lower case differ.
type Pattern struct {
	text     string
	elements []string
	path     bool
}

// Parse reads a pattern.
func Parse(text string) (Pattern, error) {
	p := Pattern{text: text, path: strings.Contains(text, "/")}
	separator := "."
	if p.path {
		separator = "/"
	}
	p.elements = strings.Split(strings.TrimPrefix(text, "/"), separator)
	for _, e := range p.elements {
		if _, err := path.Match(e, ""); err != nil {
			return Pattern{}, errors.New("a bracket is left open")
		}
		switch {
		case e == "":
			return Pattern{}, errors.New("an element is empty")
		case e == ".", e == "..":
			return Pattern{}, errors.New("paths are those below the program's root, without dots alone")
		case e != "**" && strings.Contains(e, "**"):
			return Pattern{}, errors.New("** is an element of its own")
		}
	}
	if last := p.elements[len(p.elements)-1]; !strings.ContainsAny(last, "*?[") {
		p.elements = append(p.elements, "**")
	}
	return p, nil
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Match tells whether the pattern means the file.
func (p Pattern) Match(f File) bool {
	if len(p.elements) == 0 {
		return false
	}
	if p.path || f.Module == "" {
		return match(p.elements, strings.Split(f.Path, "/"))
	}
	return match(p.elements, strings.Split(f.Module, "."))
}

// match compares elements. Where more than one `**` stands in a pattern, what the earlier ones took need never be taken
// back, so the time is at most the product of the two lengths.
func match(pattern, elements []string) bool {
	at, from := 0, -1 // element of the pattern; place behind the last `**` in it, -1 before the first
	start := 0        // of the elements, where what follows that `**` was tried last
	for i := 0; i < len(elements); {
		switch {
		case at < len(pattern) && pattern[at] == "**":
			at++
			from, start = at, i
		case at < len(pattern) && matchElement(pattern[at], elements[i]):
			at++
			i++
		case from >= 0:
			start++
			at, i = from, start
		default:
			return false
		}
	}
	return !slices.ContainsFunc(pattern[at:], func(e string) bool { return e != "**" })
}

func matchElement(pattern, element string) bool {
	ok, err := path.Match(pattern, element)
	return ok && err == nil
}
