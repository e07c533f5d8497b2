// Package marker reads environment markers and evaluates them for a target, which need not be the machine that asks (PEP 508,
// PEP 751; packaging.python.org, "Dependency specifiers").
//
// It decides as packaging, the library that pip uses, with one difference: a target does not have what only a running
// machine has (platform_release, platform_version), and a marker that depends on that has no value. One that is decided
// by its other parts has one.
package marker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
)

// A Marker is an expression. The zero Marker holds everywhere.
type Marker struct {
	root node
	text string
}

// String returns the text that the marker was read from.
func (m Marker) String() string { return m.text }

// IsZero tells whether there is no expression.
func (m Marker) IsZero() bool { return m.root == nil }

// An Env is what markers ask about.
type Env struct {
	// Values of the variables of PEP 508 but extra. A variable that is missing has no value here; see For.
	Values map[string]string
	// Extra is the extra for which a dependency of METADATA is looked at; "" is none.
	Extra string
	// Extras and Groups are the sets that the variables extras and dependency_groups of a lock file stand for.
	Extras, Groups []string
}

// An UnknownError is a variable that has no value for the target.
type UnknownError struct {
	Variable string
}

func (e *UnknownError) Error() string {
	return e.Variable + " is not known before the program runs"
}

// Eval tells whether the marker holds. The error is an *UnknownError, or tells of two values that can't be compared.
func (m Marker) Eval(env Env) (bool, error) {
	if m.root == nil {
		return true, nil
	}
	return m.root.eval(&env)
}

// A node is a part of an expression.
type node interface {
	eval(env *Env) (bool, error)
}

// A junction is a row of parts with the same word between them.
type junction struct {
	parts []node
	any   bool // "or", else "and"
}

// eval takes a part that decides the whole by itself, and only without one cares for what another part lacks.
func (j *junction) eval(env *Env) (bool, error) {
	var problem error
	for _, p := range j.parts {
		switch holds, err := p.eval(env); {
		case err != nil && problem == nil:
			problem = err
		case err == nil && holds == j.any:
			return j.any, nil
		}
	}
	if problem != nil {
		return false, problem
	}
	return !j.any, nil
}

// A comparison is a variable, an operator and a text, or the other way round.
type comparison struct {
	variable string
	op       string
	text     string
	reversed bool // the text stands on the left
}

// versions are the variables that are compared as versions are.
var versions = []string{"implementation_version", "platform_release", "python_full_version", "python_version"}

func (c *comparison) eval(env *Env) (bool, error) {
	switch c.variable {
	case "extras", "dependency_groups":
		set := env.Extras
		if c.variable == "dependency_groups" {
			set = env.Groups
		}
		name := pyname.Normalize(c.text)
		has := slices.ContainsFunc(set, func(s string) bool { return pyname.Normalize(s) == name })
		return has == (c.op == "in"), nil
	case "extra":
		return c.compare(pyname.Normalize(env.Extra), pyname.Normalize(c.text))
	}
	value, known := env.Values[c.variable]
	if !known {
		return false, &UnknownError{c.variable}
	}
	return c.compare(value, c.text)
}

func (c *comparison) compare(value, text string) (bool, error) {
	left, right := value, text
	if c.reversed {
		left, right = text, value
	}
	if slices.Contains(versions, c.variable) && c.op != "in" && c.op != "not in" {
		version, ok := pep440.Parse(left)
		if clause, err := pep440.ParseClause(c.op + right); err == nil && ok {
			return clause.Has(version), nil
		}
	}
	switch c.op {
	case "in":
		return strings.Contains(right, left), nil
	case "not in":
		return !strings.Contains(right, left), nil
	case "==", "<=", ">=":
		return left == right, nil
	case "!=":
		return left != right, nil
	case "<", ">":
		return false, nil
	}
	return false, fmt.Errorf("%q and %q can't be compared by %s", left, right, c.op)
}
