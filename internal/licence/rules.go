package licence

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Rules say which licences may be in a program. The zero Rules let all pass.
type Rules struct {
	Deny  []string // patterns of identifiers: "GPL-3.0-only", "AGPL-*"; Unknown
	Allow []string // the same; when it is not empty, what it does not name is denied, but for Unknown
}

// IsZero tells whether the rules let all pass.
func (r *Rules) IsZero() bool { return len(r.Deny) == 0 && len(r.Allow) == 0 }

// CheckPattern returns what is wrong with a pattern of Rules.
func CheckPattern(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("%q is no pattern", pattern)
	}
	if pattern == Unknown || strings.ContainsAny(pattern, "*?[") {
		return nil
	}
	if id, ok := Parse(pattern); !ok || len(Terms(id)) != 1 {
		return fmt.Errorf("%q is no licence of the SPDX list", pattern)
	}
	return nil
}

// Denied returns the licences that an expression can't do without and that the rules deny, nil when it passes: of
// alternatives (OR) one that is allowed is enough. An empty expression is an unknown licence.
func (r *Rules) Denied(expression string) []string {
	if expression == "" {
		if slices.Contains(r.Deny, Unknown) {
			return []string{Unknown}
		}
		return nil
	}
	e := evaluation{words: tokens(expression), denies: r.denies}
	if e.either() {
		return nil
	}
	return slices.DeleteFunc(Terms(expression), func(term string) bool { return !r.denies(term) })
}

// An evaluation walks over an expression that Parse returned. The library's own Satisfies is not for this: it takes
// GPL-2.0-or-later for GPL-3.0-only, where rules mean names, and its time grows exponentially with the length.
type evaluation struct {
	words  []string // what is left
	denies func(term string) bool
}

// either = all { "OR" all } .
func (e *evaluation) either() bool {
	ok := e.all()
	for e.next("OR") {
		ok = e.all() || ok
	}
	return ok
}

// all = one { "AND" one } .
func (e *evaluation) all() bool {
	ok := e.one()
	for e.next("AND") {
		ok = e.one() && ok
	}
	return ok
}

// one = "(" either ")" | licence [ "WITH" exception ] .
func (e *evaluation) one() bool {
	if e.next("(") {
		ok := e.either()
		e.next(")")
		return ok
	}
	if len(e.words) == 0 {
		return false
	}
	term := e.words[0]
	e.words = e.words[1:]
	if e.next("WITH") && len(e.words) > 0 {
		term += " WITH " + e.words[0]
		e.words = e.words[1:]
	}
	return !e.denies(term)
}

// next takes the next word if it is word.
func (e *evaluation) next(word string) bool {
	if len(e.words) == 0 || e.words[0] != word {
		return false
	}
	e.words = e.words[1:]
	return true
}

// denies tells whether the rules deny one licence, with its exception if it has one. A pattern without an exception means
// the licence with any.
func (r *Rules) denies(term string) bool {
	id, _, _ := strings.Cut(term, " ")
	either := func(patterns []string) bool { return matches(patterns, id) || matches(patterns, term) }
	return either(r.Deny) || len(r.Allow) > 0 && !either(r.Allow)
}

// matches tells whether a pattern matches a licence, whatever the case of letters. A pattern that is an identifier is
// read as Parse reads it.
func matches(patterns []string, term string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if id, ok := Parse(p); ok {
			p = id
		}
		ok, err := path.Match(strings.ToLower(p), strings.ToLower(term))
		return err == nil && ok
	})
}
