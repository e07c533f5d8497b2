//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
)

// plainPython returns the interpreter of the distribution that a SPEC of `oxgen python info` names.
func plainPython(t *testing.T, spec string) string {
	t.Helper()
	info, err := pythonInfo(spec)
	if err != nil {
		t.Fatal(err)
	}
	return info.Interpreter
}

// A python is a distribution: paths on this machine.
type python struct{ Interpreter, Libpython, Stdlib string }

func pythonInfo(spec ...string) (*python, error) {
	out, err := oxgen(context.Background(), append([]string{"python", "info", "--json"}, spec...)...)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	info := &python{}
	return info, json.Unmarshal([]byte(out), info)
}

// An asPython is one way to start python.
type asPython struct {
	name  string
	args  string // separated by spaces; those of run, below, in braces
	stdin string // a file of the directory; "" is /dev/null
	env   string // separated by spaces
	since int    // the first minor version that a program takes it with as python does; 0 for all
}

// Ways to start python, all of which a program called python3.14 takes as python does. The plain one is kept from writing
// into its installation.
var asPythons = []asPython{
	{name: "command", args: "-c {picture} a -b --c"},
	{name: "module", args: "-m picture a -m b"},
	{name: "package", args: "-m package a"},
	{name: "script", args: "picture.py a -c"},
	{name: "link to a script", args: "directory/link.py"},
	{name: "directory", args: "directory a"},
	{name: "dash", args: "- a", stdin: "picture.py"},
	{name: "standard input", args: "", stdin: "picture.py"},
	{name: "interactive", args: "-i", stdin: "picture.py"},
	{name: "interactive after", args: "-i -c x=1", stdin: "lines"},
	{name: "interactive session", args: "-i", stdin: "session"},
	{name: "interactive after an error", args: "-i bad.py", stdin: "lines"},
	{name: "skipped line", args: "-x shebang.py"},
	{name: "no file", args: "nothing.py"},
	{name: "no module", args: "-m nothing"},
	{name: "no module in a package", args: "-m package.nothing"},
	{name: "error of syntax", args: "bad.py"},
	{name: "error of syntax in a command", args: "-c x=("},
	{name: "traceback", args: "trace.py"},
	{name: "reason", args: "exit.py"},
	{name: "unknown option", args: "-Z"},
	{name: "unknown long option", args: "--serve"},
	{name: "no command", args: "-c"},
	{name: "no module name", args: "-m"},
	{name: "version", args: "-V"},
	{name: "long version", args: "-VV"},
	{name: "help", args: "-h"},
	{name: "help for variables", args: "--help-env"},
	{name: "interrupt", args: "-c {raise(KeyboardInterrupt)}"},
	{name: "status", args: "-c exit(3)"},
	{name: "misspelt", args: "-c json.x"},
	{name: "timeit", args: "-m timeit -h"},
	{name: "pydoc", args: "-m pydoc len"},
	{name: "pip", args: "-m ensurepip --version"},
	{name: "pdb", args: "-m pdb -h"},
	{name: "unittest", args: "-m unittest -h"},
	{name: "certificates", args: "verify.py"},
	{name: "certificates by a variable", args: "verify.py", env: "SSL_CERT_FILE=/etc/hosts SSL_CERT_DIR=/etc"},
	{name: "terminal", args: "terminal.py", env: "TERM=xterm"},
	{name: "unknown terminal", args: "terminal.py", env: "TERM=nonsense"},
	{name: "terminal by a variable", args: "terminal.py", env: "TERM=xterm TERMINFO=/nowhere"},
	{name: "interpreters", args: "interpreters.py"},
	{name: "pycs", args: "--check-hash-based-pycs always picture.py"},

	{name: "-O", args: "-O picture.py"},
	{name: "-OO", args: "-OO picture.py"},
	{name: "-b", args: "-bb picture.py"},
	{name: "-E", args: "-B -E picture.py", env: "PYTHONPATH=/a PYTHONOPTIMIZE=1"},
	{name: "-I", args: "-B -I picture.py", env: "PYTHONPATH=/a"},
	{name: "-P", args: "-P picture.py"},
	{name: "-q", args: "-q picture.py"},
	{name: "-s", args: "-s picture.py"},
	{name: "-S", args: "-S picture.py"},
	{name: "-u", args: "-u picture.py"},
	{name: "-W", args: "-Werror -W ignore::UserWarning picture.py"},
	{name: "-W that is none", args: "-W nonsense picture.py"},
	{name: "-X dev", args: "-X dev picture.py"},
	{name: "-X utf8", args: "-X utf8 picture.py", env: "LC_ALL=C"},
	{name: "-X utf8=0", args: "-X utf8=0 picture.py", env: "LC_ALL=C PYTHONCOERCECLOCALE=0"},
	{name: "-X tracemalloc", args: "-X tracemalloc=3 picture.py"},
	{name: "-X int_max_str_digits", args: "-X int_max_str_digits=1000 picture.py"},
	{name: "-X no_debug_ranges", args: "-X no_debug_ranges picture.py"},
	{name: "-X faulthandler", args: "-X faulthandler picture.py"},
	{name: "-X cpu_count", args: "-X cpu_count=3 picture.py"},
	{name: "-X warn_default_encoding", args: "-X warn_default_encoding opens.py", since: 11}, // guards are Python before
	{name: "-X own", args: "-X own=1 picture.py"},

	{name: "PYTHONOPTIMIZE", env: "PYTHONOPTIMIZE=1"},
	{name: "PYTHONDEVMODE", env: "PYTHONDEVMODE=1"},
	{name: "PYTHONUTF8", env: "PYTHONUTF8=1"},
	{name: "PYTHONHASHSEED", env: "PYTHONHASHSEED=7"},
	{name: "PYTHONUNBUFFERED", env: "PYTHONUNBUFFERED=1"},
	{name: "PYTHONIOENCODING", env: "PYTHONIOENCODING=latin1:replace"},
	{name: "PYTHONWARNINGS", env: "PYTHONWARNINGS=error"},
	{name: "PYTHONPATH", env: "PYTHONPATH=/a:/b"},
	{name: "PYTHONSAFEPATH", env: "PYTHONSAFEPATH=1"},
	{name: "PYTHONTRACEMALLOC", env: "PYTHONTRACEMALLOC=2"},
	{name: "PYTHONFAULTHANDLER", env: "PYTHONFAULTHANDLER=1"},
	{name: "PYTHONNOUSERSITE", env: "PYTHONNOUSERSITE=1"},
	{name: "PYTHONMALLOC", env: "PYTHONMALLOC=malloc_debug"},
	{name: "PYTHONINTMAXSTRDIGITS", env: "PYTHONINTMAXSTRDIGITS=700"},
	{name: "PYTHONPYCACHEPREFIX", env: "PYTHONPYCACHEPREFIX=/a"},
	{name: "PYTHONINSPECT", env: "PYTHONINSPECT=1"},
	{name: "LC_ALL=C", env: "LC_ALL=C"},
	{name: "LANG", env: "LANG=C.UTF-8"},
	{name: "LC_ALL of nowhere", env: "LC_ALL=xx_YY.UTF-8"},
}

// pythonsOf returns the ways to start a Python 3.minor.
func pythonsOf(minor int) []asPython {
	return slices.DeleteFunc(slices.Clone(asPythons), func(way asPython) bool { return minor < way.since })
}

// TestActsAsPython holds a program called python to the interpreter of its distribution.
func TestActsAsPython(t *testing.T) {
	t.Parallel()
	testActsAsPython(t, hello(t), plainPython(t, used.python), pythonsOf(used.minor))
}

func testActsAsPython(t *testing.T, p *program, plain string, ways []asPython) {
	dir := pythonDirectory(t)
	link := filepath.Join(t.TempDir(), filepath.Base(plain))
	if err := os.Symlink(p.exe, link); err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(filepath.Dir(filepath.Dir(plain)), "lib", filepath.Base(plain))
	plugins := "\"" + filepath.Join(filepath.Dir(p.exe), "plugins") + "\"" // the probe's
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			want := way.start(t, plain, dir, strings.NewReplacer(plain, "PYTHON", library, "LIBRARY"))
			got := way.start(t, link, dir, strings.NewReplacer(", "+plugins, "", plugins, "", link, "PYTHON", p.exe, "LIBRARY"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-python +program):\n%s", diff)
			}
		})
	}
}

// start runs python in a way.
func (way asPython) start(t *testing.T, python, dir string, normal *strings.Replacer) ending {
	t.Helper()
	return way.call(t, python, dir).run(t).ending(normal)
}

// call returns the call of python in a way.
func (way asPython) call(t *testing.T, python, dir string) *call {
	t.Helper()
	if way.args == "" && way.stdin == "" {
		way.args = "picture.py"
	}
	picture, err := os.ReadFile(filepath.Join(dir, "picture.py"))
	if err != nil {
		t.Fatal(err)
	}
	c := &call{path: python, dir: dir, env: append([]string{"PATH=/bin", "HOME=" + dir, "PYTHONPYCACHEPREFIX=" + dir + "/cache"}, strings.Fields(way.env)...)}
	for arg := range strings.FieldsSeq(way.args) {
		switch arg {
		case "{picture}":
			arg = string(picture)
		case "{raise(KeyboardInterrupt)}":
			arg = "raise KeyboardInterrupt"
		}
		c.args = append(c.args, arg)
	}
	if way.stdin != "" {
		input, err := os.ReadFile(filepath.Join(dir, way.stdin))
		if err != nil {
			t.Fatal(err)
		}
		c.stdin = strings.NewReader(string(input))
	}
	return c
}

// pythonDirectory makes the directory in which the ways are gone.
func pythonDirectory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	picture, err := os.ReadFile("testdata/python/picture.py")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"picture.py":            string(picture),
		"package/__init__.py":   "",
		"package/__main__.py":   string(picture),
		"directory/__main__.py": string(picture),
		"bad.py":                "x = (\n",
		"shebang.py":            "#!nonsense (\nprint('after')\n",
		"trace.py":              "import json\njson.loads('{')\n",
		"opens.py":              "import inspect, os, pickle\nprint(open, inspect.isbuiltin(os.stat), pickle.dumps(open))\nopen(__file__).close()\ntry:\n    os.mkdir('package')\nexcept FileExistsError:\n    open('nothing')\n",
		"exit.py":               "raise SystemExit('the reason')\n",
		"verify.py":             "import ssl\nprint(ssl.get_default_verify_paths(), len(ssl.create_default_context().get_ca_certs()))\n",
		"terminal.py":           "import curses\ntry:\n    curses.setupterm(fd=1)\n    print(curses.tigetstr('cup'))\nexcept curses.error as e:\n    print(e)\n",
		"interpreters.py":       "import _thread\ntry:\n    import _interpreters as i\nexcept ImportError:\n    import _xxsubinterpreters as i\nn = i.create()\ni.run_string(n, 'import sys, json, decimal, asyncio; print(sys.flags, sys.argv, json.dumps([1]), flush=True)')\ni.destroy(n)\n",
		"session":               "def f(x):\n    return 2 * x\n\nf(21)\n_ + 1\n\"ä\"\nx = (\nimport this.that\nimport json; json.loads('')\nexit(3)\n",
		"lines":                 "1 + 1\nundefined\nprint('end')\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "picture.py"), filepath.Join(dir, "directory", "link.py")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestNameOfPython looks at what names make a program act as python, and what sys.executable is then.
func TestNameOfPython(t *testing.T) {
	t.Parallel()
	p := probe(t)
	dir := t.TempDir()
	link := filepath.Join(dir, "python3")
	for name, old := range map[string]string{link: p.exe, filepath.Join(dir, "pythonic"): p.exe} {
		if err := os.Symlink(old, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := exectest.Copy(filepath.Join(dir, "python"), p.exe, 0o700); err != nil {
		t.Fatal(err)
	}
	const code = "import subprocess, sys; print(sys.executable, flush=True); sys.exit(subprocess.call([sys.executable, '-c', 'import sys; print(sys.executable)'], env={}))"
	twice := func(path string) string { return path + "\n" + path + "\n" }
	(&call{path: link, args: []string{"-c", code}}).run(t).wantOutput(t, twice(link))
	(&call{path: "/bin/sh", args: []string{"-c", "python3 -c \"$0\"", code}}).with("PATH="+dir).run(t).wantOutput(t, twice(link))
	(&call{path: "/bin/sh", args: []string{"-c", "./python3 -c \"$0\"", code}, dir: dir}).run(t).wantOutput(t, twice(link))
	(&call{path: filepath.Join(dir, "python"), args: []string{"-c", code}}).run(t).wantOutput(t, twice(filepath.Join(dir, "python")))
	p.call("-c", code).with("OXGEN_PYTHON=1").run(t).wantOutput(t, twice(p.exe))
	if r := (&call{path: filepath.Join(dir, "pythonic"), args: []string{"-c", code}}).run(t); r.status != 1 {
		t.Errorf("called pythonic: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// TestForbidden starts a program as python that is not to be one.
func TestForbidden(t *testing.T) {
	t.Parallel()
	p := settings(t)
	link := filepath.Join(t.TempDir(), "python3")
	if err := os.Symlink(p.exe, link); err != nil {
		t.Fatal(err)
	}
	(&call{path: link, args: []string{"-c", "print(1)"}}).with("OXGEN_PYTHON=1").run(t).wantOutput(t, `"argv": ["--always", "-c", "print(1)"]`)
}

// TestVirtualEnvironment has a program called python make a virtual environment, and works in it.
func TestVirtualEnvironment(t *testing.T) {
	t.Parallel()
	p := hello(t)
	dir := t.TempDir()
	link, env := filepath.Join(dir, "python3"), filepath.Join(dir, "env")
	if err := os.Symlink(p.exe, link); err != nil {
		t.Fatal(err)
	}
	(&call{path: link, args: []string{"-m", "venv", "--without-pip", env}}).run(t).wantOutput(t, "")
	packages := filepath.Join(env, "lib", fmt.Sprintf("python3.%d", used.minor), "site-packages")
	if err := os.WriteFile(filepath.Join(packages, "extra.py"), []byte("HERE = 'environment'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const code = `import subprocess, sys, sysconfig, extra, hello
print(sys.prefix, sys.exec_prefix, sys.base_prefix, sys.executable, sys._base_executable, sysconfig.get_path("purelib"), extra.HERE)`
	python := filepath.Join(env, "bin", "python")
	want := strings.Join([]string{env, env, p.exe, python, link, packages, "environment"}, " ") + "\n"
	for _, args := range [][]string{{"-c", code}, {"-I", "-c", code}} {
		r := (&call{path: python, args: args}).run(t)
		if r.stdout != want || r.stderr != "" {
			t.Errorf("%q prints\n%swant\n%s%s", args, r.stdout, want, r.stderr)
		}
	}
	again := filepath.Join(dir, "again")
	(&call{path: python, args: []string{"-m", "venv", "--without-pip", again}}).run(t).wantOutput(t, "")
	(&call{path: again + "/bin/python3", args: []string{"-c", "import sys; print(sys.prefix, sys._base_executable)"}}).run(t).wantOutput(t, again+" "+link+"\n")
}
