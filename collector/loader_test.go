package collector

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/oxgen/oxgen/internal/diag"
)

// What scikit-build-core and meson-python write, without the code that does not matter.
const (
	scikitLoader = "class ScikitBuildRedirectingFinder:\n    pass\n\ndef install(\n    known_source_files,\n) -> None:\n    pass\n\n\n"
	mesonLoader  = "class MesonpyMetaFinder:\n    pass\n\ndef install(names, path, cmd, verbose):\n    pass\n\ninstall(\n"
	mesonTree    = `
-- site/planned-editable.pth --
import _planned_editable_loader
-- site/planned-1.0.dist-info/RECORD --
_planned_editable_loader.py,sha256=x,1
planned-editable.pth,sha256=x,1
-- proj/src/planned/__init__.py --
-- proj/src/planned/data/d.txt --
-- proj/src/planned/data/no.txt --
-- proj/src/planned/data/skip/x.txt --
-- proj/src/planned/unlisted.py --
-- proj/src/single.py --
-- proj/build/cp314/_core.so --
-- proj/build/cp314/libhelp.so.1 --
-- proj/build/cp314/other.py --
-- proj/build/cp314/version.py --
-- proj/build/cp314/meson-info/intro-install_plan.json --
{"targets": {
  "{DIR}/proj/build/cp314/_core.so": {"destination": "{py_platlib}/planned/_core.so", "tag": "runtime"},
  "{DIR}/proj/build/cp314/libhelp.so.1": {"destination": "{libdir_shared}/libhelp.so.1", "tag": "runtime"},
  "{DIR}/proj/build/cp314/tool": {"destination": "{bindir}/tool", "tag": "runtime"}},
 "python": {
  "{DIR}/proj/build/cp314/other.py": {"destination": "{py_platlib}/planned/__init__.py", "tag": "python-runtime"},
  "{DIR}/proj/src/planned/__init__.py": {"destination": "{py_platlib}/planned/__init__.py", "tag": "python-runtime"},
  "{DIR}/proj/src/single.py": {"destination": "{py_purelib}/single.py", "tag": null}},
 "configure": {"{DIR}/proj/build/cp314/version.py": {"destination": "{py_platlib}/planned/version.py", "tag": null}},
 "install_subdirs": {"{DIR}/proj/src/planned/data": {"destination": "{py_platlib}/planned/data",
   "exclude_dirs": ["skip"], "exclude_files": ["no.txt"]}}}
`
	scikitTree = `
-- site/_S_Pkg_editable.pth --
import _S_Pkg_editable
{DIR}/proj/src
-- site/s_pkg-1.0.dist-info/METADATA --
-- site/s_pkg-1.0.dist-info/RECORD --
_S_Pkg_editable.py,sha256=x,1
spkg/_core.so,sha256=x,1
spkg/gen/g.txt,sha256=x,1
spkg/gone.txt,sha256=x,1
top.py,sha256=x,1
-- site/spkg/_core.so --
-- site/spkg/gen/g.txt --
-- site/top.py --
-- site/other.py --
-- proj/src/spkg/__init__.py --
-- proj/src/spkg/new.py --
-- proj/src/spkg/later.pyi --
-- proj/src/spkg/sub/data/d.txt --
-- proj/src/spkg/sub/m.py --
-- proj/src/spkg/.git --
-- proj/src/beside.py --
`
)

func TestLoaders(t *testing.T) {
	t.Parallel()
	const plannedSite = `excluded site/_planned_editable_loader.py [path-file]
metadata site/planned-1.0.dist-info/RECORD
excluded site/planned-1.0.dist-info/direct_url.json [local-url]
excluded site/planned-editable.pth [path-file]
`
	const scikitSite = `module site/other.py = other
metadata site/s_pkg-1.0.dist-info/METADATA
metadata site/s_pkg-1.0.dist-info/RECORD
excluded site/s_pkg-1.0.dist-info/direct_url.json [local-url]
unsupported site/spkg/gone.txt: listed among the installed files, but not there
module proj/src/beside.py = beside
`
	const scikitLines = `excluded proj/src/spkg/.git [version-control]
module proj/src/spkg/__init__.py = spkg (package)
resource proj/src/spkg/later.pyi
module proj/src/spkg/new.py = spkg.new
resource proj/src/spkg/sub/data/d.txt
module proj/src/spkg/sub/m.py = spkg.sub.m
extension site/spkg/_core.so = spkg._core
resource site/spkg/gen/g.txt
module site/top.py = top
`
	planned := mesonTree + "-- site/_planned_editable_loader.py --\n" + mesonLoader
	const plannedLines = `extension proj/build/cp314/_core.so = planned._core
library proj/build/cp314/libhelp.so.1
excluded proj/build/cp314/other.py: shadowed by proj/src/planned/__init__.py
module proj/build/cp314/version.py = planned.version
module proj/src/planned/__init__.py = planned (package)
resource proj/src/planned/data/d.txt
module proj/src/single.py = single
` + plannedSite
	for _, tt := range []struct{ name, tree, inputs, want, warnings string }{{
		name:   "meson-python",
		tree:   planned + "    'Planned',\n    {'single', 'planned', 'libhelp'},\n    '{DIR}/proj/build/cp314',\n    ['/usr/bin/ninja'],\n    False,\n)",
		inputs: "site:site",
		want:   plannedLines,
	}, {
		name:   "meson-python until 0.15",
		tree:   planned + "    {'single', 'planned'},\n    '{DIR}/proj/build/cp314',\n    ['/usr/bin/ninja'],\n    False,\n)",
		inputs: "site:site",
		want:   plannedLines,
	}, {
		name:   "meson-python, the sources named too",
		tree:   planned + "    {'planned'},\n    '{DIR}/proj/build/cp314',\n    ['/usr/bin/ninja'],\n    False,\n)",
		inputs: "proj/src site:site",
		want: `module proj/src/planned/__init__.py = planned (package)
resource proj/src/planned/data/d.txt
resource proj/src/planned/data/no.txt
resource proj/src/planned/data/skip/x.txt
module proj/src/planned/unlisted.py = planned.unlisted
module proj/src/single.py = single
extension proj/build/cp314/_core.so = planned._core
library proj/build/cp314/libhelp.so.1
excluded proj/build/cp314/other.py: shadowed by proj/src/planned/__init__.py
module proj/build/cp314/version.py = planned.version
` + plannedSite,
	}, {
		name:   "meson-python, the project named too",
		tree:   planned + "    {'planned'},\n    '{DIR}/proj/build/cp314',\n    ['/usr/bin/ninja'],\n    False,\n)\n",
		inputs: "proj site:site",
		want: `excluded proj/build/cp314/meson-info/intro-install_plan.json [build-directory]
module proj/src/planned/__init__.py = src.planned (package)
resource proj/src/planned/data/d.txt
resource proj/src/planned/data/no.txt
resource proj/src/planned/data/skip/x.txt
module proj/src/planned/unlisted.py = src.planned.unlisted
module proj/src/single.py = src.single
extension proj/build/cp314/_core.so = planned._core
library proj/build/cp314/libhelp.so.1
excluded proj/build/cp314/other.py: shadowed by proj/src/planned/__init__.py
module proj/build/cp314/version.py = planned.version
module proj/src/planned/__init__.py = planned (package)
resource proj/src/planned/data/d.txt
` + plannedSite,
	}, {
		name:   "meson-python without a plan",
		tree:   "-- site/planned-1.0.dist-info/RECORD --\n_planned_editable_loader.py,,\n-- site/_planned_editable_loader.py --\n" + mesonLoader + "'planned', {'planned'}, '{DIR}/gone', [], False)",
		inputs: "site:site",
		want: `unsupported site/_planned_editable_loader.py: editable install by meson-python: it is not followed
metadata site/planned-1.0.dist-info/RECORD
excluded site/planned-1.0.dist-info/direct_url.json [local-url]
`,
		warnings: `site/_planned_editable_loader.py: editable install of planned, by meson-python: its build directory has no install plan (meson-info/intro-install_plan.json)
  install the project again: ` + "`python3 -m pip install --no-build-isolation -e ./proj`\n",
	}, {
		name: "meson-python, not built",
		tree: "-- site/_planned_editable_loader.py --\n" + mesonLoader + "'planned', {'planned'}, '{DIR}/b', [], False)\n-- b/meson-info/intro-install_plan.json --\n" +
			`{"targets": {"{DIR}/b/a.so": {"destination": "{py_platlib}/planned/a.so"}, "b.so": {"destination": "{py_platlib}/planned/b.so"}}, "python": {"{DIR}/b/x.py": {"destination": "{py_platlib}/planned/x.py"}}}` + "\n-- b/x.py --\n",
		inputs:   "site:site",
		want:     "module b/x.py = planned.x\nexcluded site/_planned_editable_loader.py [path-file]\n",
		warnings: "site/_planned_editable_loader.py: editable install of planned, by meson-python: planned/a.so and another file are not there\n  build it: `meson compile -C ./b`\n",
	}, {
		name:     "meson-python, a plan of another form",
		tree:     "-- site/_planned_editable_loader.py --\n" + mesonLoader + "'planned', {'planned'}, '{DIR}/b', [], False)\n-- b/meson-info/intro-install_plan.json --\n[]",
		inputs:   "site:site",
		want:     "unsupported site/_planned_editable_loader.py: editable install by meson-python: it is not followed\n",
		warnings: "site/_planned_editable_loader.py: editable install of planned, by meson-python: its install plan can't be read: it has a form that is not known\n  install the project again: `python3 -m pip install --no-build-isolation -e PROJECT`\n",
	}, {
		name: "scikit-build-core until 0.12",
		tree: scikitTree + "-- site/_S_Pkg_editable.py --\n" + scikitLoader +
			"install({'spkg': '{DIR}/proj/src/spkg/__init__.py', 'spkg.later': '{DIR}/proj/src/spkg/later.pyi', 'spkg.sub.m': '{DIR}/proj/src/spkg/sub/m.py', " +
			"'spkg.sub.data.d': '{DIR}/proj/src/spkg/sub/data/d.txt'}, {'spkg._core': 'spkg/_core.so', 'spkg.gen.g': 'spkg/gen/g.txt', 'top': 'top.py'}, None, False, True, [], [], '')\n",
		inputs: "site:site",
		want:   scikitLines + "excluded site/_S_Pkg_editable.pth [path-file]\nexcluded site/_S_Pkg_editable.py [path-file]\n" + scikitSite,
	}, {
		name: "scikit-build-core 1",
		tree: strings.ReplaceAll(scikitTree, "_S_Pkg_editable", "_editable_skbc_S_Pkg") + "-- site/_editable_skbc_S_Pkg.start --\n\ufeff_editable_skbc_S_Pkg:entrypoint\n" +
			"-- site/_editable_skbc_S_Pkg.py --\n" + scikitLoader + "def entrypoint() -> None:\n    " +
			"install({'spkg': '{DIR}/proj/src/spkg/__init__.py', 'spkg.sub.m': '{DIR}/proj/src/spkg/sub/m.py'}, {'spkg._core': 'spkg/_core.so', 'top': 'top.py'}, " +
			"{'spkg': ['{DIR}/proj/src/spkg', 'spkg'], 'spkg.gen': ['spkg/gen'], 'spkg.sub': ['{DIR}/proj/src/spkg/sub'], 'spkg.sub.data': ['{DIR}/proj/src/spkg/sub/data']}, " +
			"['spkg'], None, False, True, [], [], '')\n",
		inputs: "site:site",
		want:   scikitLines + "excluded site/_editable_skbc_S_Pkg.pth [path-file]\nexcluded site/_editable_skbc_S_Pkg.py [path-file]\nexcluded site/_editable_skbc_S_Pkg.start [path-file]\n" + scikitSite,
	}, {
		name: "scikit-build-core, built when it is imported",
		tree: "-- site/_editable_skbc_s.py --\n" + scikitLoader +
			"install({'ns.s': '{DIR}/p/ns/s/__init__.py', 'ns.s.v': '{DIR}/p/ns/s/v.so'}, {'ns.s.c': '{DIR}/p/ns/s/build/tree/ns/s/c.so', 'ns.s.v': '{DIR}/p/ns/s/build/tree/ns/s/v.py', 'ns.s.gone': '{DIR}/p/gone.so'}, " +
			"{'ns': ['{DIR}/p/ns', 'ns'], 'ns.s': ['{DIR}/p/ns/s', '{DIR}/p/ns/s/build/tree/ns/s']}, ['ns.s'], '{DIR}/p/ns/s/build', True, False, [], [], '{DIR}/p/build/tree')\n" +
			"-- site/ns/other/__init__.py --\n-- p/ns/s/__init__.py --\n-- p/ns/s/v.so --\n-- p/ns/s/build/CMakeCache.txt --\n-- p/ns/s/build/tree/ns/s/c.so --\n-- p/ns/s/build/tree/ns/s/v.py --\n-- p/ns/s/build/tree/ns/s/d.txt --\n",
		inputs: "site:site",
		want: `module p/ns/s/__init__.py = ns.s (package)
extension p/ns/s/build/tree/ns/s/c.so = ns.s.c
resource p/ns/s/build/tree/ns/s/d.txt
module p/ns/s/build/tree/ns/s/v.py = ns.s.v
excluded p/ns/s/v.so: shadowed by p/ns/s/build/tree/ns/s/v.py
excluded site/_editable_skbc_s.py [path-file]
module site/ns/other/__init__.py = ns.other (package)
`,
		warnings: "site/_editable_skbc_s.py: editable install of s, by scikit-build-core: ns/s/gone.so is not there\n  install the project again: `python3 -m pip install --no-build-isolation -e PROJECT`\n" +
			"site/_editable_skbc_s.py: editable install of s, by scikit-build-core: it is built when it is imported (editable.rebuild), which oxgen does not do: it is embedded as it was built last\n" +
			"  import it with the environment's python before it is embedded: that builds it\n",
	}, {
		name: "scikit-build-core, in place",
		tree: "-- site/_editable_skbc_s.py --\n" + scikitLoader + "install_inplace(['s'], ['{DIR}/proj'], '{DIR}/proj', False, False, [])\n-- site/_editable_skbc_s.pth --\n" +
			"import _editable_skbc_s\n{DIR}/proj\n-- proj/s/__init__.py --\n-- proj/s/c.so --\n",
		inputs: "site:site",
		want: `excluded site/_editable_skbc_s.pth [path-file]
excluded site/_editable_skbc_s.py [path-file]
module proj/s/__init__.py = s (package)
extension proj/s/c.so = s.c
`,
	}, {
		name: "elsewhere",
		tree: "-- site/_a_editable.py --\n" + scikitLoader + "install({'a': '{OUT}/x/a/__init__.py', 'b.c': '{OUT}/y/a/c2.py'}, {}, None)\n",

		inputs: "site:site",
		want: `module _a_editable.py:a#2/c2.py = b.c
module _a_editable.py:a/__init__.py = a (package)
excluded site/_a_editable.py [path-file]
`,
	}} {
		dir, out := t.TempDir(), t.TempDir()
		write(t, filepath.Join(out, "x", "a", "__init__.py"), "")
		write(t, filepath.Join(out, "y", "a", "c2.py"), "")
		replaced := strings.NewReplacer("{DIR}", filepath.ToSlash(dir), "{OUT}", filepath.ToSlash(out)).Replace(tt.tree)
		for _, f := range txtar.Parse([]byte(replaced)).Files {
			write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
		}
		for _, info := range []string{"planned-1.0.dist-info", "s_pkg-1.0.dist-info"} {
			if _, err := os.Stat(filepath.Join(dir, "site", info)); err == nil {
				write(t, filepath.Join(dir, "site", info, "direct_url.json"), `{"url": "file://`+filepath.ToSlash(dir)+`/proj", "dir_info": {"editable": true}}`)
			}
		}
		c, err := Collect(t.Context(), inputsOf(t, dir, tt.inputs), Options{Base: dir, Extensions: true, ExtensionSuffixes: []string{".so"}})
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if diff := cmp.Diff(tt.want, lines(c)); diff != "" {
			t.Errorf("%s: verdicts (-want +got):\n%s", tt.name, diff)
		}
		var warnings strings.Builder
		for _, w := range c.Warnings {
			var d *diag.Error
			if errors.As(w, &d) {
				warnings.WriteString(d.Error() + "\n  " + strings.ReplaceAll(d.Hint, dir, "{DIR}") + "\n")
			}
		}
		if diff := cmp.Diff(tt.warnings, warnings.String()); diff != "" {
			t.Errorf("%s: warnings (-want +got):\n%s", tt.name, diff)
		}
		checkWhole(t, c)
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	dir := plant(t, `
-- meson-info/intro-targets.json --
[{"filename": ["other.so"], "target_sources": [{"sources": ["new.c"]}]}, {"filename": []},
 {"filename": ["core.so"], "target_sources": [{"sources": ["old.c", "gone.c"], "generated_sources": ["gen.c"]}, {"linker": ["cc"]}]}]
-- meson-info/intro-buildsystem_files.json --
["meson.build"]
-- other.so --
-- core.so --
-- old.c --
-- new.c --
-- gen.c --
-- build.ninja --
-- meson.build --
`)
	planned := map[string]bool{filepath.Join(dir, "core.so"): true}
	now := time.Now()
	age := func(name string, hours int) {
		at := now.Add(-time.Duration(hours) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string) {
		t.Helper()
		if file, source := stale(dir, planned); file+" "+source != want {
			t.Errorf("stale is %s %s, want %s", file, source, want)
		}
	}
	for _, name := range []string{"other.so", "core.so", "old.c", "gen.c", "build.ninja", "meson.build"} {
		age(name, 2)
	}
	check(" ")
	age("gen.c", 1)
	check("core.so gen.c")
	age("meson.build", 1)
	check("build.ninja meson.build")
	write(t, filepath.Join(dir, "meson-info", "intro-targets.json"), `{"a": 1}`)
	age("build.ninja", 0)
	check(" ")
}

func TestParseLoader(t *testing.T) {
	t.Parallel()
	dirs := "{}, {}, "
	for call, want := range map[string]string{
		"":                               "it has no call of install",
		"install({}, {}, None)":          "",
		"install({}, {}, '/b', True, 1)": "a string was expected",
		"install({}, {}, None, 'yes')":   errForm.Error(),
		"install({}, {})":                errForm.Error(),
		"install({}, {}, 7)":             "a string was expected",
		"install({}, {}, True)":          errForm.Error(),
		"install({}, [], None)":          errForm.Error(),
		"install(" + dirs + "{}, [], None, False, True, [], [], '')":    "",
		"install(" + dirs + "{}, [], None, False, True, (), (), None,)": "",
		"install(" + dirs + "{}, None)":                                 errForm.Error(),
		"install(" + dirs + "{'a': '/x'}, [1], None)":                   "a string was expected",
		"install({'../a': '/x.py'}, {}, None)":                          errForm.Error(),
		"install({}, {'a': '../x.py'}, None)":                           errForm.Error(),
		"install({'a': ['/x', '/y']}, {}, None)":                        errForm.Error(),
		"install({'a': []}, {}, None)":                                  errForm.Error(),
		"install({}, {}, path=None)":                                    "a string was expected",
		"install(f())":                                                  "a string was expected",
		"install({}, {}, None)\nprint(1)":                               `something follows its call of install: "print(1)"`,
		"install(" + strings.Repeat("[", 1000):                          "lists lie too deep in lists",
		"install({}, {}, None":                                          "a list is not closed",
		"install_inplace(['a'], ['/x'], '/x', False, False, [])":        "",
		"install_inplace(['a'], ['/x'], '/x', 'no')":                    errForm.Error(),
	} {
		l := parseLoader("_a_editable.py", scikitLoader+call)
		if want == "" {
			want = "<nil>"
		}
		if _, err := l.assembly("/site"); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", call, err, want)
		}
	}
	for args, want := range map[string]string{
		"'x', {'a'}, '/nowhere/b', [], False)": "its build directory has no install plan (meson-info/intro-install_plan.json)",
		"set(), '/nowhere/b', [], False)":      "its build directory has no install plan (meson-info/intro-install_plan.json)",
		"'x', {'a'}, 'relative', [], False)":   errForm.Error(),
		"'x', {'a': 'b'}, '/b', [], False)":    errForm.Error(),
		"'x')":                                 errForm.Error(),
		")":                                    errForm.Error(),
	} {
		l := parseLoader("_a_editable_loader.py", mesonLoader+args)
		if _, err := l.assembly("/site"); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	if l := parseLoader("_a_editable.py", "install({}, {}, None)"); l != nil {
		t.Errorf("a file without the class of a backend is %+v", l)
	}
}

func FuzzParseLoader(f *testing.F) {
	f.Add(scikitLoader+"install({'a': '/x/a/__init__.py'}, {'a.b': 'a/b.so'}, {'a': ['/x/a', 'a']}, ['a'], None, False)", "")
	f.Add(mesonLoader+"{'a'}, '/nowhere', [])", `{"python": {"x.py": {"destination": "{py_purelib}/a/x.py"}}, "install_subdirs": {"d": {"destination": "{py_purelib}"}}}`)
	site := f.TempDir()
	f.Fuzz(func(t *testing.T, text, plan string) {
		if l := parseLoader("_a_editable.py", text); l != nil {
			if a, err := l.assembly(site); err == nil {
				checkParts(t, a)
			}
		}
		if p, err := parsePlan([]byte(plan)); err == nil {
			checkParts(t, assemblePlan(p, []string{"a"}, site, ".a.mesonpy.libs"))
		}
	})
}

// checkParts holds what is true of every assembly: no path leads out of the program.
func checkParts(t *testing.T, a *assembly) {
	t.Helper()
	for _, p := range a.parts {
		if p.as != "" && !filepath.IsLocal(p.as) || p.as == "" && p.Kind != SourceTree {
			t.Errorf("%v %s at %q", p.Kind, p.Path, p.as)
		}
	}
}
