package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	const name = "test.test_x.C.test_a"
	tests := []struct {
		title          string
		python, frozen outcomes
		want           []difference
	}{
		{"the same", outcomes{name: {passed, ""}}, outcomes{name: {passed, ""}}, nil},
		{
			"fails",
			outcomes{name: {passed, ""}},
			outcomes{name: {failed, "AssertionError: 1 != 2"}},
			[]difference{{test: name, verdict: failed, reason: "AssertionError: 1 != 2"}},
		},
		{"fails as with python", outcomes{name: {failed, "x"}}, outcomes{name: {broken, "y"}}, nil},
		{"passes what python does not", outcomes{name: {failed, "x"}}, outcomes{name: {passed, ""}}, nil},
		{"skipped by both", outcomes{name: {skipped, "x"}}, outcomes{name: {skipped, "x"}}, nil},
		{
			"skipped",
			outcomes{name: {passed, ""}},
			outcomes{name: {skipped, "no source"}},
			[]difference{{test: name, verdict: skipped, reason: "no source"}},
		},
		{"fails as expected", outcomes{name: {passed, ""}}, outcomes{name: {expected, ""}}, nil},
		{
			"passes what is expected to fail",
			outcomes{name: {expected, ""}},
			outcomes{name: {unexpected, ""}},
			[]difference{{test: name, verdict: unexpected}},
		},
		{"not run", outcomes{name: {passed, ""}}, outcomes{}, []difference{{test: name, verdict: notRun}}},
		{
			"not run for its class",
			outcomes{name: {passed, ""}},
			outcomes{"setUpClass (test.test_x.C)": {broken, "OSError: no"}},
			[]difference{{test: name, verdict: notRun, reason: "OSError: no", owner: "test.test_x.C"}},
		},
		{
			"not run for its module",
			outcomes{name: {passed, ""}},
			outcomes{"test.test_x": {broken, "ImportError: no"}, "test": {broken, "too far"}},
			[]difference{{test: name, verdict: notRun, reason: "ImportError: no", owner: "test.test_x"}},
		},
		{
			"sorted",
			outcomes{"b": {passed, ""}, "a": {passed, ""}},
			outcomes{"a": {crashed, ""}, "b": {hung, ""}},
			[]difference{{test: "a", verdict: crashed}, {test: "b", verdict: hung}},
		},
	}
	for _, tt := range tests {
		got := compare(tt.python, tt.frozen)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(difference{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.title, diff)
		}
	}
}

// TestRounds asserts that a test that differs only sometimes does not count.
func TestRounds(t *testing.T) {
	t.Parallel()
	python := outcomes{"a": {passed, ""}, "b": {passed, ""}, "c": {passed, ""}}
	m := &module{name: "test_x"}
	m.add(python, outcomes{"a": {failed, "first"}, "b": {failed, ""}, "c": {passed, ""}})
	m.add(python, outcomes{"a": {failed, "second"}, "b": {passed, ""}, "c": {failed, ""}})
	want := []difference{{test: "a", verdict: failed, reason: "second"}}
	if diff := cmp.Diff(want, m.differ, cmp.AllowUnexported(difference{})); diff != "" {
		t.Errorf("after two rounds (-want +got):\n%s", diff)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	all := outcomes{
		"test.test_x.C.test_a":         {passed, ""},
		"test.test_x.C.test_a #2":      {failed, ""},
		"test.test_x.C.test_b":         {expected, ""},
		"test.test_x.C.test_c":         {skipped, ""},
		"setUpClass (test.test_x.D)":   {broken, ""},
		"test_x (process)":             {passed, ""},
		"test.test_x.D.test_d (i='1')": {passed, ""},
	}
	if tests, passes := all.count(); tests != 5 || passes != 3 {
		t.Errorf("%d tests, %d of them passed, want 5 and 3", tests, passes)
	}
}
