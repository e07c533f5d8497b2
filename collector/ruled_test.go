package collector

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// rules makes a list of lines "+pattern" and "-pattern"; "+@name" is about a distribution.
func rules(t *testing.T, lines ...string) rule.List {
	t.Helper()
	var list rule.List
	for _, line := range lines {
		include := line[0] == '+'
		r := rule.Rule{Settings: rule.Settings{Include: &include}}
		if line[1] == '@' {
			r.Distribution = line[2:]
		} else {
			var err error
			if r.Match, err = rule.Parse(line[1:]); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, r)
	}
	return list
}

func TestRules(t *testing.T) {
	t.Parallel()
	const stdlib = "-- lib/json/__init__.py --\n-- lib/test/__init__.py --\n-- lib/test/support.py --\n-- lib/test/__pycache__/x.cpython-314.pyc --\n-- lib/unittest/__init__.py --\n"
	for _, tt := range []struct {
		name, inputs, tree string
		rules              []string
		want               string
		idle               []int
	}{{
		name: "files are left out", inputs: "app", tree: "-- app/a.py --\n-- app/pkg/__init__.py --\n-- app/pkg/x.json --\n-- app/pkg/y.txt --\n",
		rules: []string{"-pkg/*.json", "-a", "-nothing"},
		want: `excluded app/a.py [rule 2]
module app/pkg/__init__.py = pkg (package)
excluded app/pkg/x.json [rule 1]
resource app/pkg/y.txt
`,
		idle: []int{2},
	}, {
		name: "the last rule counts, and a package without its __init__ is a namespace", inputs: "app", tree: "-- app/pkg/__init__.py --\n-- app/pkg/a.py --\n-- app/pkg/b.py --\n",
		rules: []string{"-pkg", "+pkg.a"},
		want: `excluded app/pkg/__init__.py [rule 1]
module app/pkg/a.py = pkg.a
excluded app/pkg/b.py [rule 1]
`,
	}, {
		name: "what is left out by default is taken in", inputs: "app lib:stdlib", tree: "-- app/a.py --\n" + stdlib,
		rules: []string{"+test.**"},
		want: `module app/a.py = a
module lib/json/__init__.py = json (package)
module lib/test/__init__.py = test (package) [rule 1]
excluded lib/test/__pycache__/x.cpython-314.pyc [bytecode-cache]
module lib/test/support.py = test.support [rule 1]
module lib/unittest/__init__.py = unittest (package)
`,
	}, {
		name: "a rule for something else leaves the defaults alone", inputs: "app lib:stdlib", tree: "-- app/a.py --\n" + stdlib,
		rules: []string{"+json"},
		want: `module app/a.py = a
module lib/json/__init__.py = json (package)
excluded lib/test/__init__.py [stdlib-tests]
excluded lib/test/__pycache__/x.cpython-314.pyc [bytecode-cache]
excluded lib/test/support.py [stdlib-tests]
module lib/unittest/__init__.py = unittest (package)
`,
	}, {
		name: "the standard library as a distribution", inputs: "app lib:stdlib", tree: "-- app/a.py --\n-- lib/json/__init__.py --\n-- lib/test/__init__.py --\n-- lib/lib-dynload/_testcapi.so --\n",
		rules: []string{"+@python", "-_testcapi"},
		want: `module app/a.py = a
module lib/json/__init__.py = json (package)
excluded lib/lib-dynload/_testcapi.so [rule 2]
module lib/test/__init__.py = test (package) [rule 1]
`,
	}, {
		name: "all of an input", inputs: "app more", tree: "-- app/a.py --\n-- more/b.py --\n", rules: []string{"-b"},
		want: "module app/a.py = a\nexcluded more/b.py [rule 1]\n",
	}, {
		name: "what a rule takes in may still be shadowed", inputs: "app", tree: "-- app/a.py --\n-- app/a.pyc --\n-- app/b.py~ --\n", rules: []string{"+**"},
		want: "module app/a.py = a\nexcluded app/a.pyc: shadowed by app/a.py\nresource app/b.py~ [rule 1]\n",
	}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := plant(t, tt.tree)
			c, err := Collect(t.Context(), inputsOf(t, dir, tt.inputs), Options{ExtensionSuffixes: suffixes, Extensions: true, Rules: rules(t, tt.rules...)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(c)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.idle, c.Idle); diff != "" {
				t.Errorf("idle (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRulesOfWheels(t *testing.T) {
	t.Parallel()
	w := wheeltest.Wheel{Files: wheeltest.Text(map[string]string{"demo/__init__.py": "x = 1", "demo/tests/__init__.py": "", "demo/tests/test_a.py": "", "demo/old.py~": ""})}
	dir := t.TempDir()
	path := filepath.Join(dir, w.Filename())
	if err := os.WriteFile(path, w.Bytes(t), 0o666); err != nil {
		t.Fatal(err)
	}
	in := []Input{{Kind: Wheel, Path: path, Label: "demo.whl"}}
	for _, tt := range []struct {
		rules []string
		want  string
	}{
		{nil, `module demo.whl/demo/__init__.py = demo (package)
excluded demo.whl/demo/old.py~ [editor-file]
excluded demo.whl/demo/tests/__init__.py [tests]
excluded demo.whl/demo/tests/test_a.py [tests]
`},
		{[]string{"+@demo"}, `module demo.whl/demo/__init__.py = demo (package)
resource demo.whl/demo/old.py~ [rule 1]
module demo.whl/demo/tests/__init__.py = demo.tests (package) [rule 1]
module demo.whl/demo/tests/test_a.py = demo.tests.test_a [rule 1]
`},
	} {
		c, err := Collect(t.Context(), in, Options{Rules: rules(t, tt.rules...)})
		if err != nil {
			t.Fatal(err)
		}
		var got Collection
		for _, v := range c.Verdicts {
			if v.Kind != VerdictMetadata {
				v.Origin = Origin{Input: "demo.whl/" + v.Origin.File}
				got.Verdicts = append(got.Verdicts, v)
			}
		}
		for _, r := range c.Resources {
			r.Origin = Origin{Input: "demo.whl/" + r.Origin.File}
			got.Resources = append(got.Resources, r)
		}
		if diff := cmp.Diff(tt.want, lines(&got)); diff != "" {
			t.Errorf("%v: verdicts (-want +got):\n%s", tt.rules, diff)
		}
	}
}
