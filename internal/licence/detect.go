package licence

import (
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// Where an expression was found, as Found.From says.
const (
	FromExpression  = "License-Expression"
	FromField       = "License"
	FromClassifiers = "classifiers"
	FromTexts       = "texts"
)

// Declared is what the metadata of a distribution say about its licence.
type Declared struct {
	Expression  string   // License-Expression (PEP 639)
	License     string   // License: a name, an expression or a text
	Classifiers []string // all, also those that say something else
	Texts       [][]byte // of licences, in the order of their names
}

// Found is what could be found out.
type Found struct {
	Expression string // SPDX; "" when it is not known
	From       string // see the constants; "" when it is not known
	Stated     string // what the metadata say in a line, when that is no expression; "" when they say nothing
}

// Detect finds the licence of a distribution. What is said in words that leave no doubt comes first: the expression, the
// field License, classifiers; then the texts. Words like "BSD", which mean several licences, are no expression.
//
// Several classifiers, and several licences in the texts, are taken to hold all together: the metadata can't say whether a
// user may choose, and to obey both is right in either case.
//
// scan finds the expression for a text: Scan, or a Cache of it.
func Detect(d Declared, scan func(text []byte) string) Found {
	if e, ok := Parse(d.Expression); ok {
		return Found{Expression: e, From: FromExpression}
	}
	if e, ok := named(d.License); ok {
		return Found{Expression: e, From: FromField}
	}
	if e := fromClassifiers(d.Classifiers); e != "" {
		return Found{Expression: e, From: FromClassifiers}
	}
	if strings.Contains(strings.TrimSpace(d.License), "\n") {
		if e := scan([]byte(d.License)); e != "" {
			return Found{Expression: e, From: FromField}
		}
	}
	var all []string
	for _, text := range d.Texts {
		if e := scan(text); e != "" {
			all = append(all, e)
		}
	}
	if e := And(all); e != "" {
		return Found{Expression: e, From: FromTexts}
	}
	return Found{Stated: d.stated()}
}

// stated returns in a line what the metadata say in words.
func (d *Declared) stated() string {
	line, _, _ := strings.Cut(strings.TrimSpace(d.License), "\n")
	if line != "" && !strings.EqualFold(line, "UNKNOWN") {
		return line
	}
	var last []string
	for _, c := range d.Classifiers {
		if rest, ok := strings.CutPrefix(c, "License :: "); ok {
			parts := strings.Split(rest, " :: ")
			last = append(last, parts[len(parts)-1])
		}
	}
	return strings.Join(last, ", ")
}

// minCoverage is how much of a text must be that of known licences, in percent: the rest are names, years and headings.
const minCoverage = 60

// Scan returns the expression for a text that holds licences, "" when it is not known. Licences that stand one after the
// other all hold. The first call takes a second or two: it compiles the known licences.
func Scan(text []byte) string {
	const most = 1 << 20 // bytes; longer files are something else
	if len(text) > most {
		return ""
	}
	cover := licensecheck.Scan(text)
	if cover.Percent < minCoverage {
		return ""
	}
	var list []string
	for _, m := range cover.Match {
		if e, ok := Parse(m.ID); ok && !m.IsURL {
			list = append(list, e)
		}
	}
	slices.Sort(list)
	return And(list)
}
