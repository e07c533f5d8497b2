package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReasons(t *testing.T) {
	t.Parallel()
	all, err := parseReasons("# comment\n\ntest.test_x.C.*  needs (a) file\n*.test_b?  never\n  test.test_y.test  other  \n")
	if err != nil {
		t.Fatal(err)
	}
	for test, want := range map[string]string{
		"test.test_x.C.test_a": "needs (a) file",
		"test.test_x.D.test_a": unexplained,
		"test.test_y.test":     "other",
		"test.test_y.test2":    unexplained,
		"test.test_z.test_bx":  unexplained, // "?" is no wildcard
	} {
		if got := why(all, test); got != want {
			t.Errorf("%s: %q, want %q", test, got, want)
		}
	}
	if _, err := parseReasons("a b\ntest.test_x\n"); err == nil || !strings.Contains(err.Error(), "reasons.txt:2") {
		t.Errorf("a pattern without a reason: error %v", err)
	}
}

// TestOwnReasons asserts that no line of reasons.txt hides a later one completely.
func TestOwnReasons(t *testing.T) {
	t.Parallel()
	all, err := ownReasons()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range all {
		for _, earlier := range all[:i] {
			if earlier.match.MatchString(r.pattern) {
				t.Errorf("%q is never reached: %q comes first", r.pattern, earlier.pattern)
			}
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	python := outcomes{
		"test.test_x.C.test_a": {passed, ""}, "test.test_x.C.test_b": {passed, ""}, "test.test_x.D.test_c": {passed, ""},
		"test.test_x.E.test_d": {skipped, "x"},
	}
	frozen := outcomes{
		"setUpClass (test.test_x.C)": {broken, "OSError: a | b"},
		"test.test_x.D.test_c":       {failed, "AssertionError: <a>\n b"},
		"test.test_x.E.test_d":       {skipped, "x"},
	}
	m, same := &module{name: "test_x"}, &module{name: "test_y"}
	m.add(python, frozen)
	same.add(outcomes{"test.test_y.C.test": {passed, ""}}, outcomes{"test.test_y.C.test": {passed, ""}})
	reasons, err := parseReasons("*.test_c known\n")
	if err != nil {
		t.Fatal(err)
	}
	page := (&report{python: "3.11.11", suite: "a suite", modules: []*module{m, same}}).page(reasons)
	_, tables, _ := strings.Cut(page, "| module |")
	want := ` tests | passed by python | passed frozen | differ |
|---|--:|--:|--:|--:|
| test_x | 4 | 3 | 0 | 3 |
| test_y | 1 | 1 | 1 | 0 |
| **2 modules** | 5 | 4 | 1 | 3 |

## What differs

3 tests differ, 1 of them for a known reason.

| test | frozen | why | what it says |
|---|---|---|---|
| ` + "`test.test_x.C`" + ` (2 tests) | not run | unexplained | OSError: a \| b |
| ` + "`test.test_x.D.test_c`" + ` | fail | known | AssertionError: &lt;a&gt; b |
`
	if diff := cmp.Diff(want, tables); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	if page := (&report{modules: []*module{same}}).page(nil); strings.Contains(page, "What differs") {
		t.Errorf("a page without differences lists some:\n%s", page)
	}
}
