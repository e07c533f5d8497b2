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
	owner   string  // the class or module that kept the test from being run, "" if none is known to have
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
		d := difference{test: test, verdict: notRun}
		if now, ran := frozen[test]; ran {
			d.verdict, d.reason = now.verdict, now.reason
		} else {
			d.owner, d.reason = frozen.obstacle(test)
		}
		if !good(d.verdict) {
			found = append(found, d)
		}
	}
	return found
}

// good tells whether a test with the verdict has done what was expected of it.
func good(v verdict) bool { return v == passed || v == expected }

// obstacle returns the class or the module that kept a test from being run, and what it said; "" if there is none.
func (o outcomes) obstacle(test string) (owner, reason string) {
	for owner = test; owner != ""; {
		owner = owner[:max(strings.LastIndexByte(owner, '.'), 0)]
		for _, name := range []string{"setUpClass (" + owner + ")", "setUpModule (" + owner + ")", owner} {
			if found, ok := o[name]; ok {
				return owner, found.reason
			}
		}
	}
	return "", ""
}

// count returns how many tests there are and how many were passed. A module that is skipped as a whole counts as one.
func (o outcomes) count() (tests, passes int) {
	for name, one := range o {
		if !isTest(name) {
			continue
		}
		tests++
		if good(one.verdict) {
			passes++
		}
	}
	return tests, passes
}

// isTest tells whether a name of an outcome is that of a test and not of a fixture or a process.
func isTest(name string) bool {
	for _, fixture := range []string{"setUpClass (", "tearDownClass (", "setUpModule (", "tearDownModule ("} {
		if strings.HasPrefix(name, fixture) {
			return false
		}
	}
	return !strings.HasSuffix(name, processSuffix)
}
