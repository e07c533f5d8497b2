package pep440

import (
	"fmt"
	"strings"
)

// An Operator compares a version with that of a clause.
type Operator string

// The operators.
const (
	Compatible   Operator = "~="
	Equal        Operator = "=="
	NotEqual     Operator = "!="
	AtMost       Operator = "<="
	AtLeast      Operator = ">="
	Less         Operator = "<"
	Greater      Operator = ">"
	SameText     Operator = "===" // compares texts, without the case of letters
	everyVersion          = ".*"
)

// operators are sorted so that none comes before a longer one that it begins.
var operators = []Operator{SameText, Compatible, Equal, NotEqual, AtMost, AtLeast, Less, Greater}

// A Clause is one comparison of a specifier.
type Clause struct {
	Operator Operator
	Text     string // the version as it is written, with the .* of a prefix

	version Version // zero for SameText
	prefix  bool    // Text ends in .*
}

// A Specifier is a list of clauses that a version must all fulfil; empty takes every version.
type Specifier []Clause

// ParseSpecifier reads clauses with commas between them: ">=3.10,<4". Empty ones are passed over, as packaging does.
func ParseSpecifier(s string) (Specifier, error) {
	var list Specifier
	for text := range strings.SplitSeq(s, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		c, err := ParseClause(text)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// ParseClause reads one clause: "~=3.10".
func ParseClause(s string) (Clause, error) {
	s = strings.TrimSpace(s)
	for _, op := range operators {
		if text, ok := strings.CutPrefix(s, string(op)); ok {
			return newClause(op, strings.TrimSpace(text))
		}
	}
	return Clause{}, fmt.Errorf("%q is not a version specifier, such as >=3.10", s)
}

func newClause(op Operator, text string) (Clause, error) {
	c := Clause{Operator: op, Text: text}
	if op == SameText {
		if strings.ContainsAny(text, " \t;)") {
			return Clause{}, fmt.Errorf("%q is not a version", text)
		}
		return c, nil
	}
	var ok bool
	if c.version, ok = Parse(text); !ok && (op == Equal || op == NotEqual) {
		text, c.prefix = strings.CutSuffix(text, everyVersion)
		c.version, ok = Parse(text)
		ok = ok && c.prefix && c.version.Compare(c.version.base()) == 0 // a.b.* only
	}
	switch {
	case !ok:
		return Clause{}, fmt.Errorf("%s%s: %q is not a version", op, c.Text, c.Text)
	case op != Equal && op != NotEqual && len(c.version.local) > 0:
		return Clause{}, fmt.Errorf("%s%s: a local version can only be compared by == and !=", op, c.Text)
	case op == Compatible && len(c.version.release) < 2:
		return Clause{}, fmt.Errorf("%s%s: a version of at least two numbers is needed", op, c.Text)
	}
	return c, nil
}

// Has tells whether a version fulfils all clauses. Pre-releases count as others do.
func (s Specifier) Has(v Version) bool {
	for _, c := range s {
		if !c.Has(v) {
			return false
		}
	}
	return true
}

// String returns the clauses as they were written, without white space.
func (s Specifier) String() string {
	parts := make([]string, len(s))
	for i, c := range s {
		parts[i] = string(c.Operator) + c.Text
	}
	return strings.Join(parts, ",")
}

// Has tells whether a version fulfils the clause.
func (c Clause) Has(v Version) bool {
	switch c.Operator {
	case SameText:
		return strings.EqualFold(v.String(), c.Text)
	case Equal:
		return c.equal(v)
	case NotEqual:
		return !c.equal(v)
	case AtMost:
		return v.public().Compare(c.version) <= 0
	case AtLeast:
		return v.public().Compare(c.version) >= 0
	case Less:
		// <1.0 does not take 1.0a1, though that is older, unless it is a pre-release that is asked for.
		earliest := c.version.public()
		earliest.dev = "0"
		return v.Compare(c.version) < 0 && (c.version.IsPrerelease() || !v.IsPrerelease() || v.Compare(earliest) < 0)
	case Greater:
		// >1.0 takes neither 1.0.post1 nor 1.0+local.
		origin := v.public()
		origin.post, origin.dev = "", ""
		late := c.version.post == "" && v.post != "" && origin.Compare(c.version) == 0
		return v.Compare(c.version) > 0 && !late && (len(v.local) == 0 || v.public().Compare(c.version) != 0)
	case Compatible:
		series := Clause{version: c.version.base(), prefix: true}
		series.version.release = series.version.release[:len(series.version.release)-1]
		return v.public().Compare(c.version) >= 0 && series.equal(v)
	}
	return false
}

func (c Clause) equal(v Version) bool {
	switch {
	case c.prefix:
		if compareNumbers(v.epoch, c.version.epoch) != 0 {
			return false
		}
		for i, n := range c.version.release {
			if at(v.release, i) != n {
				return false
			}
		}
		return true
	case len(c.version.local) > 0:
		return v.Compare(c.version) == 0
	}
	return v.public().Compare(c.version) == 0
}
