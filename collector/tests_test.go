package collector

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTestsOfDistributions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files string // paths in site-packages with their contents: "pkg/a.py=x = 1"
		app   string // the program's own source
		want  string // files that are left out
	}{
		{"in a package", "p/__init__.py=x=1|p/tests/__init__.py|p/tests/test_a.py|p/tests/data/x.txt", "", "p/tests/__init__.py p/tests/data/x.txt p/tests/test_a.py"},
		{"deeper down", "p/__init__.py=x=1|p/q/a.py=x|p/q/test/a_test.py", "", "p/q/test/a_test.py"},
		{"at the top, of a known distribution", "p/__init__.py=x=1|tests/test_p.py|p-1.dist-info/RECORD=p/__init__.py,,\ntests/test_p.py,,\n", "", "tests/test_p.py"},
		{"at the top, of nobody", "p/__init__.py=x=1|tests/test_p.py", "", ""},
		{"all that a distribution has", "tests/test_p.py=x|q.py=x|p-1.dist-info/RECORD=tests/test_p.py,,\n", "", ""},
		{"all that a package has", "p/__init__.py|p/tests/test_a.py=x", "", ""},
		{"a single-file package", "p/__init__.py=x=1|p/tests/test_a.py=x", "", "p/tests/test_a.py"},
		{"no tests by their names", "p/a.py=x|p/test/__init__.py|p/test/data.csv|p/testing/test_a.py", "", ""},
		{"a tool for tests", "p/a.py=x|p/tests/test_a.py|pytest_p-1.dist-info/RECORD=p/a.py,,\np/tests/test_a.py,,\n", "", ""},
		{"imported by its package", "p/a.py=from .test import client|p/test/__init__.py|p/test/test_x.py", "", ""},
		{"imported through the package", "p/a.py=from . import (b,\n  tests as t)|p/tests/test_x.py", "", ""},
		{"imported by an absolute name", "p/a.py=def f():\n    import os, p.tests.test_x as x|p/tests/test_x.py", "", ""},
		{"imported from above", "p/__init__.py|p/q/__init__.py=from ..tests import x|p/tests/test_x.py", "", ""},
		{"named in a string", "p/a.py=run('p.tests.test_x')|p/tests/test_x.py", "", ""},
		{"named in a longer word", "p/a.py=run('p.tests_of_mine')\n# p.tests|p/tests/test_x.py", "", "p/tests/test_x.py"},
		{"imported by tests alone", "p/a.py=x|p/tests/test_x.py=import p.tests.y|p/tests/y.py", "", "p/tests/test_x.py p/tests/y.py"},
		{"imported by tests that are imported", "p/a.py=import p.test|p/test/__init__.py=import p.q.tests|p/test/test_x.py|p/q/b.py=x|p/q/tests/test_y.py", "", ""},
		{"an entry point", "p/a.py=x|p/tests/test_x.py|p-1.dist-info/entry_points.txt=[console_scripts]\nx = p.tests:main\n", "", ""},
		{"imported by the program", "p/a.py=x|p/tests/test_x.py", "import p.tests.test_x", ""},
		{"a module of that name", "p/a.py=x|p/tests.py", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir+"/app/app.py", tt.app)
			for file := range strings.SplitSeq(tt.files, "|") {
				name, text, _ := strings.Cut(file, "=")
				write(t, dir+"/site/"+name, text)
			}
			c, err := Collect(t.Context(), inputsOf(t, dir, "app site:site"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, v := range c.Verdicts {
				if v.Rule == ruleOwnTests {
					left = append(left, v.Origin.File)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(left, " ")); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTestsThatRun(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- site/p/__init__.py --\nx = 1\n-- site/p/tests/test_a.py --\n-- site/p/q/test/test_b.py --\n-- site/p/q/b.py --\nx = 1\n")
	for code, want := range map[string]int{"": 2, "import p.tests": 1, "from p.q import test; import p": 1, "import p.tests.test_a, p.q.test.test_b": 0, "run('p.tests')": 1} {
		c, err := Collect(t.Context(), inputsOf(t, dir, "site:site"), Options{Code: []string{code}})
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, v := range c.Verdicts {
			if v.Rule == ruleOwnTests {
				left++
			}
		}
		if left != want {
			t.Errorf("%q: %d are left out, want %d", code, left, want)
		}
	}
}

func TestImportedNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"import a, b.c as d; x = 1":           "[a b.c]",
		"from a import b as c, d # e":         "[a a.b a.d]",
		"from .x import (y, # z\n  w)":        "[p.x p.x.y p.x.w]",
		"from . import x":                     "[p p.x]",
		"from ... import x":                   "[]",
		"if 1:\n\tfrom a \\\n  import b":      "[a a.b]",
		"from a import *":                     "[a a.*]",
		"important = 1\nfromage = 2\nimport(": "[]",
	} {
		if got := fmt.Sprint(importedNames(text, "p.m", false)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got := fmt.Sprint(importedNames("from . import x", "p", true)); got != "[p p.x]" {
		t.Errorf("in a package: %s", got)
	}
}
