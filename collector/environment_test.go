package collector

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, tree, place, version, want string }{
		{"venv", "-- v/pyvenv.cfg --\nhome = /usr/bin\nversion = 3.14.6\n-- v/lib/python3.14/site-packages/a.py --\n", "v", "3.14.6", "v/lib/python3.14/site-packages"},
		{"virtualenv and uv", "-- v/pyvenv.cfg --\nversion_info = 3.14.6.final.0\n-- v/lib/python3.14/site-packages/a.py --\n", "v", "3.14.0", "v/lib/python3.14/site-packages"},
		{"lib64 too", "-- v/pyvenv.cfg --\n-- v/lib/python3.14/site-packages/a.py --\n-- v/lib64/python3.14/site-packages/b.py --\n", "v", "3.14.0", "v/lib64/python3.14/site-packages v/lib/python3.14/site-packages"},
		{"Windows", "-- v/pyvenv.cfg --\nversion = 3.14.6\n-- v/Lib/site-packages/a.py --\n", "v", "3.14.6", "v/Lib/site-packages"},
		{"any version", "-- v/pyvenv.cfg --\nversion = 3.11.2\n-- v/lib/python3.11/site-packages/a.py --\n", "v", "", "v/lib/python3.11/site-packages"},
		{"other version", "-- v/pyvenv.cfg --\nversion = 3.11.2\n-- v/lib/python3.11/site-packages/a.py --\n", "v", "3.14.6", "v: an environment of Python 3.11, and the program's is 3.14"},
		{"other version by its directory", "-- v/lib/python3.11/site-packages/a.py --\n", "v", "3.14.6", "v: an environment of Python 3.11, and the program's is 3.14"},
		{"empty", "-- v/pyvenv.cfg --\n", "v", "3.14.6", "v: a virtual environment without a directory site-packages"},
		{"system", "-- v/pyvenv.cfg --\nInclude-System-Site-Packages = TRUE\n-- v/lib/python3.14/site-packages/a.py --\n", "v", "3.14.6", "v/lib/python3.14/site-packages (the environment was made with --system-site-packages; packages that only the system has are not found through it)"},
		{"site-packages", "-- v/lib/python3.14/site-packages/a.py --\n", "v/lib/python3.14/site-packages", "3.14.6", "v/lib/python3.14/site-packages"},
		{"site-packages of another version", "-- v/lib/python3.11/dist-packages/a.py --\n", "v/lib/python3.11/dist-packages", "3.14.6", "v/lib/python3.11/dist-packages: an environment of Python 3.11, and the program's is 3.14"},
		{"Debian", "-- lib/python3/dist-packages/a.py --\n", "lib/python3/dist-packages", "3.14.6", "lib/python3/dist-packages"},
		{"any directory", "-- x/a.py --\n", "x/", "3.14.6", "x"},
		{"a prefix", "-- conda/lib/python3.14/site-packages/a.py --\n", "conda", "3.14.6", "conda/lib/python3.14/site-packages"},
	} {
		dir := plant(t, tt.tree)
		inputs, warning, err := Environment(filepath.Join(dir, tt.place), tt.place, tt.version)
		var got []string
		for _, in := range inputs {
			if in.Kind != SitePackages || in.Path != filepath.Join(dir, in.Label) {
				t.Errorf("%s: input %+v", tt.name, in)
			}
			got = append(got, in.Label)
		}
		if warning != nil {
			got = append(got, "("+strings.TrimPrefix(warning.Error(), tt.place+": ")+")")
		}
		if err != nil {
			got = append(got, err.Error())
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	dir := plant(t, "-- v/pyvenv.cfg --\n-- v/lib/python3.14/site-packages/a.py --\n")
	if err := os.Symlink("lib", filepath.Join(dir, "v", "lib64")); err != nil {
		t.Skip(err)
	}
	if inputs, _, err := Environment(filepath.Join(dir, "v"), "v", "3.14.6"); err != nil || len(inputs) != 1 {
		t.Errorf("lib64 is a link to lib: %v, %v", inputs, err)
	}
}

func TestPathFiles(t *testing.T) {
	t.Parallel()
	const tree = `
-- v/site/b.pth --
# comment
../../second
../../missing
../../first

relative
-- v/site/a.pth --
import os; os.environ.setdefault("A", "b")
../../first
-- v/site/.hidden.pth --
../../hidden
-- v/site/crlf.pth --
CRLF
-- v/site/file.pth --
one.zip
-- v/site/one.zip --
-- v/site/relative/r.py --
-- v/site/same.py --
-- v/site/proj.egg-link --
FIRST
../
-- v/site/lost.egg-link --
/nowhere
-- first/same.py --
-- first/f.py --
-- first/proj.egg-info/PKG-INFO --
-- second/f.py --
-- second/s.py --
-- second/.venv/pyvenv.cfg --
-- third/t.py --
-- hidden/h.py --
`
	dir := plant(t, tree)
	write(t, filepath.Join(dir, "v", "site", "crlf.pth"), "\ufeff../../third\r\n\r\n../../second\r\n")
	write(t, filepath.Join(dir, "v", "site", "proj.egg-link"), filepath.Join(dir, "first")+"\n../\n")
	c, err := Collect(t.Context(), inputsOf(t, filepath.Join(dir, "v"), "site:site"), Options{Base: filepath.Join(dir, "v")})
	if err != nil {
		t.Fatal(err)
	}
	got := lines(c)
	if diff := cmp.Diff(`resource site/.hidden.pth
unsupported site/a.pth: path configuration file: code that is not run: "import os; os.environ.setdefault(\"A\", \"b\")"
excluded site/b.pth [path-file]
excluded site/crlf.pth [path-file]
unsupported site/file.pth: path configuration file: no directory: "one.zip"
unsupported site/lost.egg-link: editable install that no .pth file leads to: name the project's directory under sources in oxgen.toml
resource site/one.zip
excluded site/proj.egg-link [path-file]
module site/relative/r.py = relative.r
module site/same.py = same
module a.pth:first/f.py = f
metadata a.pth:first/proj.egg-info/PKG-INFO
excluded a.pth:first/same.py: shadowed by site/same.py
excluded b.pth:second/.venv/pyvenv.cfg [virtual-environment]
excluded b.pth:second/f.py: shadowed by a.pth:first/f.py
module b.pth:second/s.py = s
module b.pth:relative/r.py = r
module crlf.pth:third/t.py = t
`, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestEditable(t *testing.T) {
	t.Parallel()
	dir := plant(t, `
-- site/__editable___proj_1_0_finder.py --
-- site/__editable__.proj-1.0.pth --
import __editable___proj_1_0_finder; __editable___proj_1_0_finder.install()
-- site/proj-1.0.dist-info/METADATA --
-- site/proj-1.0.dist-info/direct_url.json --
-- site/lost-1.0.dist-info/direct_url.json --
-- site/_built_editable.py --
class ScikitBuildRedirectingFinder: pass
install({'built': '/x/built/__init__.py'}, {'built._core': 'built/_core.so'}, 7)
-- site/_built_editable.pth --
import _built_editable
-- site/built-1.0.dist-info/RECORD --
_built_editable.py,sha256=x,1
-- site/built-1.0.dist-info/direct_url.json --
-- site/_planned_editable_loader.py --
class MesonpyMetaFinder: pass
-- site/planned-1.0.dist-info/RECORD --
planned-1.0.dist-info/RECORD,,
_planned_editable_loader.py,sha256=x,1
-- site/planned-1.0.dist-info/direct_url.json --
-- site/_own_editable.py --
-- site/_editable_impl_flat.py --
-- site/_flat.pth --
import _editable_impl_flat
-- site/flat-1.0.dist-info/direct_url.json --
-- site/_editable_impl_odd.py --
import sys
-- site/_odd.pth --
import _editable_impl_odd
-- site/_none.pth --
import _editable_impl_none
-- flat/flat/__init__.py --
-- flat/flat/sub/m.py --
-- flat/flat/data.txt --
-- flat/one.py --
-- flat/unnamed.py --
-- proj/lib/__init__.py --
-- proj/lib/m.py --
-- proj/lib/.git/config --
-- proj/single.py --
-- proj/parts/inner/__init__.py --
-- proj/names/n.py --
`)
	proj := filepath.ToSlash(filepath.Join(dir, "proj"))
	write(t, filepath.Join(dir, "site", "__editable___proj_1_0_finder.py"), "import sys\nMAPPING: dict[str, str] = {'renamed': '"+proj+"/lib', 'single': '"+proj+"/single', \"ns.inner\": '"+proj+
		"/parts/inner', 'gone': '"+proj+"/gone'}\nNAMESPACES: dict[str, list[str]] = {'ns': [], 'names': ['"+proj+"/names']}\n")
	flat := filepath.ToSlash(filepath.Join(dir, "flat"))
	write(t, filepath.Join(dir, "site", "_editable_impl_flat.py"), "from editables.redirector import RedirectingFinder as F\nF.install()\n"+
		"F.map_module('one', '"+flat+"/one.py')\nF.map_module('flat', '"+flat+"/flat/__init__.py')\nF.map_module('lost', '"+flat+"/lost.py')")
	write(t, filepath.Join(dir, "site", "flat-1.0.dist-info", "direct_url.json"), `{"url": "file://`+flat+`", "dir_info": {"editable": true}}`)
	write(t, filepath.Join(dir, "site", "proj-1.0.dist-info", "direct_url.json"), `{"url": "file://`+proj+`", "dir_info": {"editable": true}}`)
	write(t, filepath.Join(dir, "site", "lost-1.0.dist-info", "direct_url.json"), `{"url": "file:///nowhere", "dir_info": {"editable": true}}`)
	write(t, filepath.Join(dir, "site", "built-1.0.dist-info", "direct_url.json"), `{"url": "file://`+filepath.ToSlash(dir)+`/built", "dir_info": {"editable": true}}`)
	write(t, filepath.Join(dir, "site", "planned-1.0.dist-info", "direct_url.json"), `{"url": "file:///elsewhere/planned", "dir_info": {"editable": true}}`)
	c, err := Collect(t.Context(), inputsOf(t, dir, "site:site"), Options{Base: dir})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`excluded site/__editable__.proj-1.0.pth [path-file]
excluded site/__editable___proj_1_0_finder.py [path-file]
unsupported site/_built_editable.pth: path configuration file: code that is not run: "import _built_editable"
unsupported site/_built_editable.py: editable install by scikit-build-core: it is not followed
excluded site/_editable_impl_flat.py [path-file]
unsupported site/_editable_impl_odd.py: editable install that can't be followed: it has a line that editables does not write: "import sys"
excluded site/_flat.pth [path-file]
unsupported site/_none.pth: path configuration file: code that is not run: "import _editable_impl_none"
excluded site/_odd.pth [path-file]
module site/_own_editable.py = _own_editable
unsupported site/_planned_editable_loader.py: editable install by meson-python: it is not followed
metadata site/built-1.0.dist-info/RECORD
excluded site/built-1.0.dist-info/direct_url.json [local-url]
excluded site/flat-1.0.dist-info/direct_url.json [local-url]
excluded site/lost-1.0.dist-info/direct_url.json [local-url]
metadata site/planned-1.0.dist-info/RECORD
excluded site/planned-1.0.dist-info/direct_url.json [local-url]
metadata site/proj-1.0.dist-info/METADATA
excluded site/proj-1.0.dist-info/direct_url.json [local-url]
module proj/parts/inner/__init__.py = ns.inner (package)
excluded proj/lib/.git/config [version-control]
module proj/lib/__init__.py = renamed (package)
module proj/lib/m.py = renamed.m
module proj/single.py = single
module proj/names/n.py = names.n
module flat/flat/__init__.py = flat (package)
resource flat/flat/data.txt
module flat/flat/sub/m.py = flat.sub.m
module flat/one.py = one
`, lines(c)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	var warnings []string
	for _, w := range c.Warnings {
		warnings = append(warnings, w.Error())
	}
	var hints []string
	for _, w := range c.Warnings {
		var d *diag.Error
		if errors.As(w, &d) && strings.Contains(d.Hint, "pip wheel") {
			hints = append(hints, d.Hint)
		}
	}
	if diff := cmp.Diff([]string{
		"name a wheel of it under `wheels`: `python3 -m pip wheel --no-deps -w wheels ./built` builds one",
		"name a wheel of it under `wheels`: `python3 -m pip wheel --no-deps -w wheels /elsewhere/planned` builds one",
	}, hints); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"site/__editable___proj_1_0_finder.py: editable install: there is no package or module gone where it says",
		"site/_editable_impl_flat.py: editable install: there is no package or module lost where it says",
		`site/_editable_impl_odd.py: editable install that can't be followed: it has a line that editables does not write: "import sys"`,
		"site/_built_editable.py: editable install of built, by scikit-build-core, in a form that is not known: it is not embedded",
		"site/lost-1.0.dist-info: editable install of lost, whose code is found by a program of its own: it is not embedded",
		"site/_planned_editable_loader.py: editable install of planned, by meson-python, in a form that is not known: it is not embedded",
	}, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestParseFinder(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"MAPPING = {}": "",
		"MAPPING = {'a': '/x', 'b.c': \"/it's\"}\nNAMESPACES = {}": "a=/x b.c=/it's",
		`MAPPING = {'a': '/\'"\\\x7f\u4e2d\U0001f600é'}`:           "a=/'\"\\\x7f中😀é",
		"MAPPING = {'a': 'C:\\\\x',\n 'b': '/y',\n}\n":             `a=C:\x b=/y`,
		"NAMESPACES = {'n': ['/a', '/b']}\nMAPPING = {'z': '/z'}":  "z=/z n=/a* n=/b*",
		"x = 1":                             "it has no MAPPING",
		"MAPPING = {'a': 1}":                "MAPPING: a string was expected",
		"MAPPING = dict(a='x')":             "MAPPING: it is no dictionary",
		"MAPPING = {'a': '/x'":              "MAPPING: the dictionary is not closed",
		"MAPPING = {'a': '/x":               "MAPPING: a string is not closed",
		"MAPPING = {'a': ['/x'":             "MAPPING: a list is not closed",
		"MAPPING = {'../a': '/x'}":          `MAPPING: "../a" is not the name of a module`,
		"MAPPING = {'a': '/x'}\nMAPPING={}": "it has two MAPPING",
		"MAPPING = {'a': '/x' + f()}":       "MAPPING: the dictionary is not closed",
		"MAPPING = {'a': '\\q'}":            "MAPPING: a string has an escape that repr does not write",
		"MAPPING = {'a'}":                   "MAPPING: a key has no value",
	} {
		found, err := parseFinder(text)
		var got []string
		for _, m := range found {
			mark := ""
			if m.namespace {
				mark = "*"
			}
			got = append(got, m.name+"="+m.place+mark)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseRedirection(t *testing.T) {
	t.Parallel()
	const head = "from editables.redirector import RedirectingFinder as F\nF.install()\n"
	for text, want := range map[string]string{
		head: "",
		head + "F.map_module('b', '/x/b/__init__.py')\r\nF.map_module(\"a\", \"/it's/a.py\")\n": "a=/it's/a.py b=/x/b",
		head + "F.map_module('a', '/x/a.py')\nF.map_module('a', '/y/a.py')":                     "a=/y/a.py",
		head + "F.map_module('a.b', '/x/b.py')":                                                 `"a.b" is not the name of a module at the top`,
		head + "F.map_module('', '/x/b.py')":                                                    `"" is not the name of a module at the top`,
		head + "F.map_module('a', f())":                                                         `it has a line that editables does not write: "F.map_module('a', f())"`,
		head + "F.map_module('a', '/x'); f()":                                                   `it has a line that editables does not write: "F.map_module('a', '/x'); f()"`,
		head + "F.map_module('a')":                                                              `it has a line that editables does not write: "F.map_module('a')"`,
		head + "  F.map_module('a', '/x')":                                                      `it has a line that editables does not write: "  F.map_module('a', '/x')"`,
		"import os":                                                                             `it has a line that editables does not write: "import os"`,
	} {
		found, err := parseRedirection(text)
		var got []string
		for _, m := range found {
			got = append(got, m.name+"="+m.place)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzParseRedirection(f *testing.F) {
	f.Add("F.install()\nF.map_module('a', '/x/a.py')")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = parseRedirection(text) })
}

func FuzzParseFinder(f *testing.F) {
	f.Add("MAPPING = {'a': '/x'}\nNAMESPACES = {'n': ['/a']}")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = parseFinder(text) })
}
