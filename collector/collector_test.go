package collector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// suffixes are those of CPython 3.14 for Linux.
var suffixes = []string{".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"}

// plant writes the files of a txtar archive below a fresh directory.
func plant(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// inputs turns "app lib:stdlib" into inputs: names of directories or files below dir, each with a kind where Classify
// would say another.
func inputsOf(t *testing.T, dir, list string) []Input {
	t.Helper()
	var ins []Input
	for _, word := range strings.Fields(list) {
		name, kind, forced := strings.Cut(word, ":")
		path := filepath.Join(dir, name)
		in := Input{Path: path, Label: name}
		switch kind {
		case "stdlib":
			in.Kind = Stdlib
		case "site":
			in.Kind = SitePackages
		}
		if !forced {
			var err error
			if in, err = Classify(path, name); err != nil {
				t.Fatal(err)
			}
		}
		ins = append(ins, in)
	}
	return ins
}

// lines writes verdicts as a test expects them: kind, path or origin, module, reason.
func lines(c *Collection) string {
	modules := map[Origin]Resource{}
	for _, r := range c.Resources {
		modules[r.Origin] = r
	}
	var b strings.Builder
	for _, v := range c.Verdicts {
		fmt.Fprintf(&b, "%s %s", v.Kind, v.Origin)
		if r, ok := modules[v.Origin]; ok {
			if r.Path != v.Path {
				fmt.Fprintf(&b, " AT %s, NOT %s", r.Path, v.Path)
			}
			if r.Module != "" {
				fmt.Fprintf(&b, " = %s", r.Module)
			}
			if r.IsPackage {
				b.WriteString(" (package)")
			}
			if r.Bytecode {
				b.WriteString(" (bytecode)")
			}
		}
		if v.Rule != "" && v.Rule != ruleShadowed {
			fmt.Fprintf(&b, " [%s]", v.Rule)
		} else if v.Reason != "" {
			fmt.Fprintf(&b, ": %s", v.Reason)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestCollect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		inputs string
		opts   Options
		tree   string
		want   string
	}{{
		name:   "a package of an earlier input shadows all of a later one",
		inputs: "app lib",
		tree:   "-- app/json/__init__.py --\n-- lib/json/__init__.py --\n-- lib/json/decoder.py --\n-- lib/json/x.txt --\n-- lib/b.py --\n",
		want: `module app/json/__init__.py = json (package)
module lib/b.py = b
excluded lib/json/__init__.py: shadowed by app/json/__init__.py
excluded lib/json/decoder.py: shadowed by app/json/__init__.py
excluded lib/json/x.txt: shadowed by app/json/__init__.py
`,
	}, {
		name:   "a module shadows a package of a later input",
		inputs: "app lib",
		tree:   "-- app/random.py --\n-- lib/random.py --\n-- app/json.py --\n-- lib/json/__init__.py --\n-- lib/json/a.py --\n",
		want: `module app/json.py = json
module app/random.py = random
excluded lib/json/__init__.py: shadowed by app/json.py
excluded lib/json/a.py: shadowed by app/json.py
excluded lib/random.py: shadowed by app/random.py
`,
	}, {
		name:   "a package and a module of the same name in one directory",
		inputs: "app",
		tree:   "-- app/util.py --\n-- app/util/__init__.py --\n-- app/ns/x.py --\n-- app/ns.py --\n-- app/ns/data.txt --\n",
		want: `module app/ns.py = ns
resource app/ns/data.txt
excluded app/ns/x.py: shadowed by app/ns.py
excluded app/util.py: shadowed by app/util/__init__.py
module app/util/__init__.py = util (package)
`,
	}, {
		name:   "portions of namespace packages merge",
		inputs: "a b",
		tree:   "-- a/ns/x.py --\n-- a/ns/data.txt --\n-- b/ns/y.py --\n-- b/ns/x.py --\n-- b/ns/data.txt --\n-- b/ns/sub/z.py --\n",
		want: `resource a/ns/data.txt
module a/ns/x.py = ns.x
excluded b/ns/data.txt: shadowed by a/ns/data.txt
module b/ns/sub/z.py = ns.sub.z
excluded b/ns/x.py: shadowed by a/ns/x.py
module b/ns/y.py = ns.y
`,
	}, {
		name:   "a regular package beats earlier portions, whose data stays",
		inputs: "app lib",
		tree: "-- app/main.py --\n-- app/email/welcome.html --\n-- app/email/render.py --\n-- app/email/sub/__init__.py --\n-- app/email/sub/x.txt --\n" +
			"-- app/email/charset.txt --\n-- lib/email/__init__.py --\n-- lib/email/charset.txt --\n",
		want: `excluded app/email/charset.txt: shadowed by lib/email/charset.txt
excluded app/email/render.py: shadowed by lib/email/__init__.py
excluded app/email/sub/__init__.py: shadowed by lib/email/__init__.py
excluded app/email/sub/x.txt: shadowed by lib/email/__init__.py
resource app/email/welcome.html
module app/main.py = main
module lib/email/__init__.py = email (package)
resource lib/email/charset.txt
`,
	}, {
		name:   "names that are no identifiers",
		inputs: "app",
		tree: "-- app/my-script.py --\n-- app/2to3.py --\n-- app/class.py --\n-- app/a.b.py --\n-- app/.hidden.py --\n-- app/my-plugin/__init__.py --\n" +
			"-- app/data-files/x.py --\n-- app/{{name}}/__init__.py --\n-- app/{{name}}/x.py --\n-- app/x.libs/y.py --\n-- app/größe.py --\n",
		want: `resource app/.hidden.py: a name with a dot can't be imported
module app/2to3.py = 2to3
resource app/a.b.py: a name with a dot can't be imported
module app/class.py = class
resource app/data-files/x.py
module app/größe.py = größe
module app/my-plugin/__init__.py = my-plugin (package)
module app/my-script.py = my-script
resource app/x.libs/y.py
resource app/{{name}}/__init__.py
resource app/{{name}}/x.py
`,
	}, {
		name:   "a directory that is a package, and a file",
		inputs: "pkg one.py",
		tree:   "-- pkg/__init__.py --\n-- pkg/sub/m.py --\n-- pkg/data.json --\n-- one.py --\n",
		want: `module pkg/__init__.py = pkg (package)
resource pkg/data.json
module pkg/sub/m.py = pkg.sub.m
module one.py = one
`,
	}, {
		name:   "bytecode",
		inputs: "app",
		tree:   "-- app/a.py --\n-- app/a.pyc --\n-- app/b.pyc --\n-- app/p/__init__.pyc --\n-- app/__pycache__/a.cpython-314.pyc --\n",
		want: `excluded app/__pycache__/a.cpython-314.pyc [bytecode-cache]
module app/a.py = a
excluded app/a.pyc [bytecode-cache]
module app/b.pyc = b (bytecode)
module app/p/__init__.pyc = p (package) (bytecode)
`,
	}, {
		name:   "extension modules that can't be embedded make room for source",
		inputs: "app",
		opts:   Options{ExtensionSuffixes: suffixes},
		tree: "-- app/a.py --\n-- app/a.cpython-314-x86_64-linux-gnu.so --\n-- app/b.abi3.so --\n-- app/c.cpython-310-x86_64-linux-gnu.so --\n" +
			"-- app/d.pyd --\n-- app/libx.so --\n-- app/y.so.1.2 --\n-- app/n.libs/z.so --\n-- app/w.dll --\n",
		want: `unsupported app/a.cpython-314-x86_64-linux-gnu.so: extension modules are not embedded for this target, or for several at once
module app/a.py = a
unsupported app/b.abi3.so: extension modules are not embedded for this target, or for several at once
unsupported app/c.cpython-310-x86_64-linux-gnu.so: extension module for another interpreter or platform
unsupported app/d.pyd: extension module for another interpreter or platform
library app/libx.so
library app/n.libs/z.so
library app/w.dll
library app/y.so.1.2
`,
	}, {
		name:   "extension modules",
		inputs: "app",
		opts:   Options{ExtensionSuffixes: suffixes, Extensions: true},
		tree: "-- app/a.py --\n-- app/a.cpython-314-x86_64-linux-gnu.so --\n-- app/a.abi3.so --\n-- app/p/__init__.abi3.so --\n-- app/p/__init__.py --\n" +
			"-- app/p/x.so --\n-- app/libtool.abi3.so --\n",
		want: `excluded app/a.abi3.so: shadowed by app/a.cpython-314-x86_64-linux-gnu.so
extension app/a.cpython-314-x86_64-linux-gnu.so = a
excluded app/a.py: shadowed by app/a.cpython-314-x86_64-linux-gnu.so
extension app/libtool.abi3.so = libtool
extension app/p/__init__.abi3.so = p (package)
excluded app/p/__init__.py: shadowed by app/p/__init__.abi3.so
extension app/p/x.so = p.x
`,
	}, {
		name:   "standard library",
		inputs: "std:stdlib",
		opts:   Options{ExtensionSuffixes: suffixes, Extensions: true},
		tree: "-- std/os.py --\n-- std/test/support.py --\n-- std/idlelib/idle_test/a.py --\n-- std/idlelib/x.py --\n-- std/unittest/__init__.py --\n" +
			"-- std/site-packages/pip/__init__.py --\n-- std/config-3.14-x86_64-linux-gnu/Makefile --\n-- std/ensurepip/__init__.py --\n" +
			"-- std/ensurepip/_bundled/pip-1-py3-none-any.whl --\n-- std/lib-dynload/_dbm.cpython-314-x86_64-linux-gnu.so --\n" +
			"-- std/lib-dynload/_testcapi.cpython-314-x86_64-linux-gnu.so --\n-- std/lib-dynload/xxlimited.abi3.so --\n" +
			"-- std/_sysconfigdata__linux_x86_64-linux-gnu.py --\n-- std/venv/scripts/posix/activate.csh --\n",
		want: `module std/_sysconfigdata__linux_x86_64-linux-gnu.py = _sysconfigdata__linux_x86_64-linux-gnu
excluded std/config-3.14-x86_64-linux-gnu/Makefile [stdlib-build]
module std/ensurepip/__init__.py = ensurepip (package)
excluded std/ensurepip/_bundled/pip-1-py3-none-any.whl [stdlib-wheels]
excluded std/idlelib/idle_test/a.py [stdlib-tests]
module std/idlelib/x.py = idlelib.x
extension std/lib-dynload/_dbm.cpython-314-x86_64-linux-gnu.so = _dbm
excluded std/lib-dynload/_testcapi.cpython-314-x86_64-linux-gnu.so [stdlib-tests]
excluded std/lib-dynload/xxlimited.abi3.so [stdlib-tests]
module std/os.py = os
excluded std/site-packages/pip/__init__.py [stdlib-site]
excluded std/test/support.py [stdlib-tests]
module std/unittest/__init__.py = unittest (package)
resource std/venv/scripts/posix/activate.csh
`,
	}, {
		name:   "site-packages",
		inputs: "sp:site",
		tree: "-- sp/req/__init__.py --\n-- sp/req-2.0.dist-info/METADATA --\n-- sp/req-2.0.dist-info/licenses/LICENSE --\n" +
			"-- sp/req-2.0.dist-info/RECORD --\nreq/__init__.py,,\nreq/gone.py,,\nreq/__pycache__/x.pyc,,\n../../../bin/req,,\n../../../share/man/req.1,,\n" +
			"-- sp/Req.egg-info --\n-- sp/distutils-precedence.pth --\n-- sp/__editable___own_finder.py --\n-- sp/own.egg-link --\n-- sp/old-1.egg/old.py --\n",
		want: `script sp/../../../bin/req: program of a distribution, outside of the directory
unsupported sp/../../../share/man/req.1: installed outside of the directory
excluded sp/Req.egg-info: shadowed by sp/req-2.0.dist-info/METADATA
unsupported sp/__editable___own_finder.py: editable install that can't be followed: it has no MAPPING
excluded sp/distutils-precedence.pth [path-file]
unsupported sp/old-1.egg/old.py: egg: install the distribution from a wheel
unsupported sp/own.egg-link: editable install that no .pth file leads to: name the project's directory under sources in oxgen.toml
metadata sp/req-2.0.dist-info/METADATA
metadata sp/req-2.0.dist-info/RECORD
metadata sp/req-2.0.dist-info/licenses/LICENSE
module sp/req/__init__.py = req (package)
unsupported sp/req/gone.py: listed among the installed files, but not there
`,
	}, {
		name:   "the program's own directory",
		inputs: "app",
		tree: "-- app/app.py --\n-- app/go.mod --\n-- app/go.sum --\n-- app/main.go --\n-- app/oxgen.toml --\n-- app/README.md --\n" +
			"-- app/pyapp/pyapp.go --\n// Code generated by oxgen. DO NOT EDIT.\n\npackage pyapp\n-- app/pyapp/modules.oxtable --\n-- app/pyapp/x.py --\n" +
			"-- app/templates/t.go --\npackage main\n-- app/libpython_linux_amd64.syso --\n-- app/.gitignore --\n-- app/.git/HEAD --\n-- app/.venv/pyvenv.cfg --\n" +
			"-- app/.venv/lib/python3.14/site-packages/x.py --\n-- app/node_modules/x/index.js --\n-- app/.mypy_cache/3.14/a.json --\n-- app/a.py~ --\n" +
			"-- app/.a.py.swp --\n-- app/#a.py# --\n-- app/.DS_Store --\n",
		want: `excluded app/#a.py# [editor-file]
excluded app/.DS_Store [editor-file]
excluded app/.a.py.swp [editor-file]
excluded app/.git/HEAD [version-control]
excluded app/.gitignore [version-control]
excluded app/.mypy_cache/3.14/a.json [tool-cache]
excluded app/.venv/lib/python3.14/site-packages/x.py [virtual-environment]
excluded app/.venv/pyvenv.cfg [virtual-environment]
resource app/README.md
excluded app/a.py~ [editor-file]
module app/app.py = app
excluded app/go.mod [oxgen-output]
excluded app/go.sum [oxgen-output]
excluded app/libpython_linux_amd64.syso [oxgen-output]
excluded app/main.go [oxgen-output]
excluded app/node_modules/x/index.js [tool-cache]
excluded app/oxgen.toml [oxgen-output]
excluded app/pyapp/modules.oxtable [oxgen-output]
excluded app/pyapp/pyapp.go [oxgen-output]
excluded app/pyapp/x.py [oxgen-output]
resource app/templates/t.go
`,
	}, {
		name:   "a file with the name of a directory",
		inputs: "a b c",
		tree:   "-- a/x-y --\n-- a/k.txt --\n-- b/x-y/f.txt --\n-- b/q-r/f.txt --\n-- c/q-r --\n-- c/m.py --\n",
		want: `resource a/k.txt
excluded a/x-y: shadowed by b/x-y/f.txt
resource b/q-r/f.txt
resource b/x-y/f.txt
module c/m.py = m
excluded c/q-r: shadowed by b/q-r/f.txt
`,
	}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := plant(t, tt.tree)
			c, err := Collect(context.Background(), inputsOf(t, dir, tt.inputs), tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(c)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			checkWhole(t, c)
		})
	}
}

// checkWhole holds what is true of every collection.
func checkWhole(t *testing.T, c *Collection) {
	t.Helper()
	seen := map[Origin]bool{}
	included := 0
	for _, v := range c.Verdicts {
		if seen[v.Origin] {
			t.Errorf("%s has two verdicts", v.Origin)
		}
		seen[v.Origin] = true
		if v.Kind.Included() {
			included++
		} else if v.Reason == "" || v.Path != "" {
			t.Errorf("%s: %+v", v.Origin, v)
		}
	}
	if included != len(c.Resources) {
		t.Errorf("%d verdicts include a file, and there are %d resources", included, len(c.Resources))
	}
	for i, r := range c.Resources {
		if i > 0 && c.Resources[i-1].Path >= r.Path {
			t.Errorf("%q comes before %q", c.Resources[i-1].Path, r.Path)
		}
		if (r.Kind == Module || r.Kind == Extension) != (r.Module != "") {
			t.Errorf("%s: a %v with the module name %q", r.Path, r.Kind, r.Module)
		}
		if data, err := r.Read(); err != nil || int64(len(data)) != r.Size {
			t.Errorf("%s: read %d bytes of %d, %v", r.Path, len(data), r.Size, err)
		}
	}
}

func TestWheelInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := wheeltest.Wheel{Files: wheeltest.Text(map[string]string{
		"demo/__init__.py":                "x = 1\n",
		"demo/data.txt":                   "data",
		"demo/fast.abi3.so":               "\x7fELF",
		"demo/__pycache__/x.pyc":          "",
		"demo.libs/libz.so.1":             "\x7fELF",
		"demo-1.0.data/purelib/extra.py":  "e = 1\n",
		"demo-1.0.data/scripts/run":       "#!python\n",
		"demo-1.0.data/headers/demo.h":    "",
		"demo-1.0.data/data/share/demo.1": "",
	})}
	name := w.Filename()
	write(t, filepath.Join(dir, name), string(w.Bytes(t)))
	write(t, filepath.Join(dir, "app", "extra.py"), "mine = 1\n")
	c, err := Collect(context.Background(), inputsOf(t, dir, "app "+name), Options{ExtensionSuffixes: suffixes})
	if err != nil {
		t.Fatal(err)
	}
	const demo = "demo-1.0-py3-none-any.whl!"
	want := `module app/extra.py = extra
metadata ` + demo + `demo-1.0.dist-info/METADATA
metadata ` + demo + `demo-1.0.dist-info/RECORD
metadata ` + demo + `demo-1.0.dist-info/WHEEL
unsupported ` + demo + `demo-1.0.data/data/share/demo.1: goes below sys.prefix, which an executable does not have
unsupported ` + demo + `demo-1.0.data/headers/demo.h: C header: nothing is compiled against an executable
excluded ` + demo + `demo-1.0.data/purelib/extra.py: shadowed by app/extra.py
script ` + demo + `demo-1.0.data/scripts/run: program of the distribution
library ` + demo + `demo.libs/libz.so.1
module ` + demo + `demo/__init__.py = demo (package)
excluded ` + demo + `demo/__pycache__/x.pyc [bytecode-cache]
resource ` + demo + `demo/data.txt
unsupported ` + demo + `demo/fast.abi3.so: extension modules are not embedded for this target, or for several at once
`
	sorted := strings.Split(strings.TrimSpace(want), "\n")
	got := strings.Split(strings.TrimSpace(lines(c)), "\n")
	if diff := cmp.Diff(asSet(sorted), asSet(got)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	checkWhole(t, c)
	for _, r := range c.Resources {
		if want := map[bool]string{true: "demo"}[r.Origin.Input == name]; r.Distribution != want {
			t.Errorf("%s belongs to %q, want %q", r.Path, r.Distribution, want)
		}
	}
}

func asSet(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}

// TestDynload lifts the standard library's extension modules to where imports look for them; what is no module stays.
func TestDynload(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- app/_testcapi.so --\n-- std/os.py --\n-- std/lib-dynload/_dbm.so --\n-- std/lib-dynload/notes.txt --\n-- std/pkg/lib-dynload/x.txt --\n")
	c, err := Collect(context.Background(), inputsOf(t, dir, "app std:stdlib"), Options{ExtensionSuffixes: suffixes, Extensions: true})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, r := range c.Resources {
		paths = append(paths, r.Path)
	}
	if diff := cmp.Diff([]string{"_dbm.so", "_testcapi.so", "lib-dynload/notes.txt", "os.py", "pkg/lib-dynload/x.txt"}, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestDistributions(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- sp/Foo_Bar-1.dist-info/METADATA --\n-- sp/Foo_Bar-1.dist-info/RECORD --\nfoo/a.py,,\nshared/x.py,,\n"+
		"-- sp/old.egg-info/top_level.txt --\nold\nsingle\n-- sp/inst-1-py3.11.egg-info/installed-files.txt --\n../inst/i.py\nPKG-INFO\n"+
		"-- sp/inst-1-py3.11.egg-info/PKG-INFO --\n-- sp/foo/a.py --\n-- sp/shared/x.py --\n-- sp/shared/y.py --\n-- sp/old/o.py --\n-- sp/single.py --\n"+
		"-- sp/inst/i.py --\n-- std/os.py --\n")
	c, err := Collect(context.Background(), inputsOf(t, dir, "sp:site std:stdlib"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range c.Resources {
		got[r.Path] = r.Distribution
	}
	want := map[string]string{
		"Foo_Bar-1.dist-info/METADATA": "foo-bar", "Foo_Bar-1.dist-info/RECORD": "foo-bar", "foo/a.py": "foo-bar",
		"shared/x.py": "foo-bar", "shared/y.py": "", "old.egg-info/top_level.txt": "old", "old/o.py": "old", "single.py": "old",
		"inst-1-py3.11.egg-info/installed-files.txt": "inst", "inst-1-py3.11.egg-info/PKG-INFO": "inst", "inst/i.py": "inst",
		"os.py": StdlibDistribution,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("distributions (-want +got):\n%s", diff)
	}
}

// Every file below the inputs has one verdict, whatever rule or decision it meets.
func TestEveryFile(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- app/a.py --\n-- app/.git/objects/x --\n-- app/pkg/__init__.py --\n-- app/pkg/d-d/x.py --\n-- app/pkg/__pycache__/y.pyc --\n"+
		"-- app/x.dist-info/METADATA --\n-- app/node_modules/.bin/x --\n-- lib/pkg/__init__.py --\n-- lib/pkg/deep/er/z.py --\n-- lib/ns/a/b.py --\n-- lib/a --\n"+
		"-- std/test/test_x.py --\n-- std/site-packages/x/y.py --\n-- std/lib-dynload/x.so --\n-- std/lib-dynload/.empty --\n-- std/pkg/x.txt --\n")
	c, err := Collect(context.Background(), inputsOf(t, dir, "app lib std:stdlib"), Options{ExtensionSuffixes: suffixes})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			want[filepath.ToSlash(rel)] = 1
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, v := range c.Verdicts {
		got[v.Origin.String()]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-walked +verdicts):\n%s", diff)
	}
	total := 0
	for _, n := range c.Totals() {
		total += n.Files
	}
	if total != len(want) {
		t.Errorf("the totals add up to %d, want %d", total, len(want))
	}
}

// What Python and version control leave in a tree comes and goes without a collection depending on it.
func TestPassingFilesAreNoInputs(t *testing.T) { // not beside others, whose files would be noted too
	dir := plant(t, "-- app/a.py --\n-- app/pkg/__init__.py --\n-- app/pkg/__pycache__/a.pyc --\n-- app/.git/index --\n-- app/.git/objects/x --\n")
	for _, tt := range []struct {
		name   string
		change func() error
		want   bool
	}{
		{"nothing", func() error { return nil }, true},
		{"bytecode goes", func() error { return os.RemoveAll(filepath.Join(dir, "app/pkg/__pycache__")) }, true},
		{"bytecode comes", func() error { return os.Mkdir(filepath.Join(dir, "app/__pycache__"), 0o755) }, true},
		{"a commit", func() error { return os.WriteFile(filepath.Join(dir, "app/.git/HEAD"), nil, 0o644) }, true},
		{"a module comes", func() error { return os.WriteFile(filepath.Join(dir, "app/pkg/b.py"), nil, 0o644) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := inputs.Start()
			_, err := Collect(context.Background(), inputsOf(t, dir, "app"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			record, err := log.Stop()
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.change(); err != nil {
				t.Fatal(err)
			}
			if ok, _ := record.Holds(); ok != tt.want {
				t.Errorf("the record holds: %t, want %t", ok, tt.want)
			}
		})
	}
}

func TestErrorsAreJoined(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- only/.git/HEAD --\n-- only/x.py~ --\n-- bad-1-py3-none-any.whl --\nno zip\n-- good/a.py --\n")
	_, err := Collect(context.Background(), inputsOf(t, dir, "good bad-1-py3-none-any.whl"), Options{})
	want := "bad-1-py3-none-any.whl: not a zip archive, or cut off: there is no end record"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = Collect(context.Background(), inputsOf(t, dir, "good only"), Options{}); err == nil ||
		err.Error() != "only: holds nothing to embed" {
		t.Errorf("got %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := plant(t, "-- app/a.py --\n")
	if _, err := Collect(ctx, inputsOf(t, dir, "app"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A program that oxgen built is left out of the tree it was built in, another executable is data.
func TestBuiltProgram(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- app/a.py --\n")
	filler := strings.Repeat("\x00", 1<<20-len("\x7fELF")-3) // the magic lies across two pieces
	write(t, filepath.Join(dir, "app", "built"), "\x7fELF"+filler+tableMagic+filler)
	write(t, filepath.Join(dir, "app", "other"), "\x7fELF"+filler+filler)
	write(t, filepath.Join(dir, "app", "table"), filler+tableMagic)
	write(t, filepath.Join(dir, "app", "tools", "built"), "\x7fELF"+filler+tableMagic)
	c, err := Collect(context.Background(), inputsOf(t, dir, "app"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "module app/a.py = a\nexcluded app/built [oxgen-output]\nresource app/other\nresource app/table\nresource app/tools/built\n"
	if diff := cmp.Diff(want, lines(c)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}
