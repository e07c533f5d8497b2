package main

import (
	"maps"
	"slices"
	"strings"
)

// A module is a test module with what came of it: an element of the two slices for each round.
type module struct {
	name           string
	python, frozen outcomes // of the last round
	differ         []difference
	rounds         int
}

// A difference is a test that python passes and the frozen program does not.
type difference struct {
	test    string
	verdict verdict // of the frozen program
	reason  string  // the first line of what the test said
}

// add takes the outcomes of a further round. A test differs if it does so in every round.
func (m *module) add(python, frozen outcomes) {
	now := compare(python, frozen)
	if m.rounds > 0 {
		now = slices.DeleteFunc(now, func(d difference) bool {
			return !slices.ContainsFunc(m.differ, func(old difference) bool { return old.test == d.test })
		})
	}
	m.python, m.frozen, m.differ = python, frozen, now
	m.rounds++
}

func (m *module) differences() []difference { return m.differ }

// compare returns the tests that python passes and the frozen program does not, sorted by name.
func compare(python, frozen outcomes) []difference {
	var found []difference
	for _, test := range slices.Sorted(maps.Keys(python)) {
		if !good(python[test].verdict) {
			continue
		}
		now, ran := frozen[test]
		if !ran {
			now = outcome{notRun, frozen.whyNotRun(test)}
		}
		if !good(now.verdict) {
			found = append(found, difference{test, now.verdict, now.reason})
		}
	}
	return found
}

// good tells whether a test with the verdict has done what was expected of it.
func good(v verdict) bool { return v == passed || v == expected }

// whyNotRun returns what the class or the module of a test that was not run said, "" if they said nothing.
func (o outcomes) whyNotRun(test string) string {
	for owner := test; owner != ""; {
		owner = owner[:max(strings.LastIndexByte(owner, '.'), 0)]
		for _, name := range []string{"setUpClass (" + owner + ")", "setUpModule (" + owner + ")", owner} {
			if found, ok := o[name]; ok {
				return found.reason
			}
		}
	}
	return ""
}

// count returns how many tests there are and how many were passed. What stands for a whole class, module or process is
// no test.
func (o outcomes) count() (tests, passes int) {
	for name, one := range o {
		if strings.HasSuffix(name, ")") && strings.Contains(name, " (") || !strings.Contains(name, ".") {
			continue
		}
		tests++
		if good(one.verdict) {
			passes++
		}
	}
	return tests, passes
}
