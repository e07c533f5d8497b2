//go:build linux

package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
)

// A mode is a way to run a program, with the command line of python that does the same on the files in the directory tree.
type mode struct {
	name   string
	python func(tree string) []string
	script string // that pip would write for it, below tree; "" for none
	text   string
}

// consoleScript is what pip writes, but for its first line and what it does with the endings of Windows.
const consoleScript = "import sys\n\nfrom MODULE import main\n\nif __name__ == \"__main__\":\n    sys.exit(main())\n"

var allModes = []mode{
	{name: "module", python: func(string) []string { return []string{"-m", "modes.program"} }},
	{name: "package", python: func(string) []string { return []string{"-m", "modes"} }},
	{name: "file", python: func(tree string) []string { return []string{tree + "/program.py"} }},
	{name: "loose", python: func(tree string) []string { return []string{tree + "/loose"} }},
	{
		name: "entry", python: func(tree string) []string { return []string{tree + "/bin/entry"} },
		script: "bin/entry", text: strings.Replace(consoleScript, "MODULE", "modes.checks", 1),
	},
	{
		name: "console", python: func(tree string) []string { return []string{tree + "/bin/plugged-cli"} },
		script: "bin/plugged-cli", text: strings.Replace(consoleScript, "MODULE", "plugged", 1),
	},
	{name: "command", python: func(string) []string { return []string{"-c", commandOfModes()} }},
}

// commandOfModes is run.command of testdata/modes.
func commandOfModes() string {
	data, err := os.ReadFile("testdata/modes/oxgen.toml")
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(used.simplify(string(data)), `command = """`+"\n")
	text, _, _ := strings.Cut(rest, `"""`)
	return text
}

// A modesTree is what the program modes is made of, on disk, as python runs it.
type modesTree struct{ dir, python string }

func newModesTree(t *testing.T) modesTree {
	t.Helper()
	python := plainPython(t, used.python)
	dir := filepath.Join(t.TempDir(), "tree")
	for _, from := range []string{"src", "site", "tools"} {
		if err := copyTree(dir, filepath.Join("testdata/modes", from)); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range allModes {
		if m.script == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, m.script), []byte(m.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return modesTree{dir, python}
}

// call returns the call of python for a mode. As a program's, its sys.path has the tree, and neither the script's directory
// nor the current one.
func (m modesTree) call(args ...string) *call {
	c := &call{path: m.python, args: append([]string{"-B", "-P"}, args...)}
	return c.with("PYTHONPATH="+m.dir, "PYTHONDONTWRITEBYTECODE=1")
}

// plain makes the outputs of a program and of python comparable: root is where each has its files.
func plain(text, root string, standard ...string) string {
	for _, s := range standard {
		text = strings.ReplaceAll(text, s, "STDLIB")
	}
	text = strings.ReplaceAll(text, root, "ROOT")
	return runpyFrames.ReplaceAllString(text, "")
}

// runpyFrames are those below a module's own in python -m.
var runpyFrames = regexp.MustCompile(`  File "<frozen runpy>", line \d+, in \w+\n`)

// TestModes compares what __main__ is, and how programs end, with what plain python makes of the same files, mode by mode.
func TestModes(t *testing.T) {
	t.Parallel()
	p := modes(t)
	tree := newModesTree(t)
	checks := [][]string{
		{"picture"},
		{"leave"},
		{"uncaught"},
		{"chained"},
		{"interrupted"},
		{"syntax"},
		{"import_raises"},
		{"exit_in_thread"},
		{"unwritable"},
		{"nonsense"}, // KeyError
		{"returns", "3"},
		{"returns", "None"},
		{"returns", "'text'"},
		{"returns", "[1]"},
		{"exits", "True"},
		{"exits", "2**31 + 7"},
		{"exits", "2**64 + 7"},
		{"exits", "-2**70"},
		{"exits", "type('E', (), {'__str__': lambda self: 1 / 0})()"},
	}
	for _, m := range allModes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, check := range checks {
				frozen := p.call(append([]string{m.name}, check...)...).run(t)
				python := tree.call(append(m.python(tree.dir), check...)...).run(t)
				want := ending{python.status, python.signal, plain(python.stdout, tree.dir), plain(python.stderr, tree.dir)}
				got := ending{frozen.status, frozen.signal, plain(frozen.stdout, p.exe), plain(frozen.stderr, p.exe)}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%q (-python +program):\n%s", check, diff)
				}
			}
		})
	}
}

// TestProcessesOfModes sends functions and instances of classes of __main__ to processes of all kinds, where python can: not
// from a package's main module, which spawn does not import, nor from a command.
func TestProcessesOfModes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	for _, name := range []string{"module", "file", "loose"} {
		for method, main := range map[string]string{"fork": "__main__", "spawn": "__mp_main__", "forkserver": "__mp_main__"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				modes(t).call(name, "processes", method).run(t).wantOutput(t, "2 True "+main+"\n4 True "+main+"\n")
			})
		}
		modes(t).call(name, "pickled").run(t).wantOutput(t, "True b'c__main__\\ndouble\\np0\\n.'\n")
	}
	modes(t).call("command", "pickled").run(t).wantOutput(t, "True b'c__main__\\ndouble\\np0\\n.'\n")
	modes(t).call("command", "processes", "fork").run(t).wantOutput(t, "2 True __main__\n4 True __main__\n")
}

// TestProcessesWithoutFiles has children find the main module where its file can't be read, and where sys.frozen changes how
// multiprocessing starts them.
func TestProcessesWithoutFiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	for name, keys := range map[string][2]string{ // what comes before the tables, and behind them
		"without source":        {"include-source = false\n", ""},
		"without virtual files": {"virtual-files = false\n", ""},
		"frozen":                {"", "[interpreter]\nsys-frozen = true\nsys-meipass = true\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := newProgram(t.TempDir(), "testdata/modes")
			if err != nil {
				t.Fatal(err)
			}
			conf := filepath.Join(p.dir, "oxgen.toml")
			text, err := os.ReadFile(conf)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(conf, []byte(keys[0]+string(text)+keys[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			p.exe = filepath.Join(p.module, "bin", "modes")
			if out, err := oxgen(t.Context(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, mode := range []string{"module", "file", "loose"} {
				for _, method := range []string{"spawn", "forkserver"} {
					p.call(mode, "processes", method).run(t).wantOutput(t, "2 True __mp_main__\n4 True __mp_main__\n")
				}
			}
			p.call("entry", "marks").run(t).wantOutput(t, map[bool]string{true: "True " + p.exe + "\n", false: "None None\n"}[name == "frozen"])
		})
	}
}

// TestSiteBuiltins compares what site adds to builtins with plain python, where site has added it.
func TestSiteBuiltins(t *testing.T) {
	t.Parallel()
	tree := newModesTree(t)
	python := tree.call("-m", "modes", "builtins_of_site").run(t)
	program := modes(t).call("module", "builtins_of_site").run(t)
	if diff := cmp.Diff(python.stdout, program.stdout); diff != "" || program.status != 0 {
		t.Errorf("(-python +program):\n%s%s", diff, program.stderr)
	}
	modes(t).call("module", "marks").run(t).wantOutput(t, "None None\n")
}

// TestShell types into the interactive interpreter, and runs a script that comes by a pipe.
func TestShell(t *testing.T) {
	t.Parallel()
	const script = "import sys\nprint(sorted(globals()), __name__, __loader__, __spec__, __package__, __file__)\nexit(3)\n"
	tree := newModesTree(t)
	program, python := modes(t).call("shell"), tree.call()
	program.stdin, python.stdin = strings.NewReader(script), strings.NewReader(script)
	got, want := program.run(t), python.run(t)
	if got.stdout != want.stdout || got.status != want.status || got.stderr != want.stderr {
		t.Errorf("got %d\n%s%s, want %d\n%s%s", got.status, got.stdout, got.stderr, want.status, want.stdout, want.stderr)
	}
}

// TestChoice starts the executable in all the ways in which it can be told which of its programs is meant.
func TestChoice(t *testing.T) {
	t.Parallel()
	p := modes(t)
	dir := t.TempDir()
	for _, name := range []string{"entry", "file.exe", "unknown", "with-argv", "oxgen entry"} {
		if err := os.Symlink(p.exe, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "copies"), 0o700), exectest.Copy(filepath.Join(dir, "copies", "entry"), p.exe, 0o700)); err != nil {
		t.Fatal(err)
	}
	const list = "module, package, file, loose, entry, console, command, shell, with-argv\n"
	tests := []struct {
		name   string
		called string // below dir; "" is the executable
		args   []string
		want   ending
	}{
		{"first argument", "", []string{"entry", "arguments", "x", "entry"}, ending{Stdout: "['" + p.exe + " entry', 'arguments', 'x', 'entry']\n"}},
		{"link", "entry", []string{"arguments", "x"}, ending{Stdout: "['" + dir + "/entry', 'arguments', 'x']\n"}},
		{"link before argument", "entry", []string{"arguments", "file"}, ending{Stdout: "['" + dir + "/entry', 'arguments', 'file']\n"}},
		{"ending of Windows", "file.exe", []string{"arguments"}, ending{Stdout: "['" + dir + "/file.exe', 'arguments']\n"}},
		{"unknown link", "unknown", []string{"entry", "arguments"}, ending{Stdout: "['" + dir + "/unknown entry', 'arguments']\n"}},
		{"argv", "", []string{"with-argv", "more"}, ending{Stdout: "['" + p.exe + " with-argv', 'arguments', '--always', '', 'more']\n"}},
		{"argv of a link", "with-argv", nil, ending{Stdout: "['" + dir + "/with-argv', 'arguments', '--always', '']\n"}},
		{"started again", "", []string{"entry", "again"}, ending{Stdout: "['again', 'second']\n"}},
		{"link started again", "entry", []string{"again"}, ending{Stdout: "['again', 'second']\n"}},
		{"reloaded", "", []string{"entry", "reloaded", "exec"}, ending{Stdout: "['" + p.exe + " entry', 'reloaded', 'exec', 'second']\n"}},
		{"reloaded as a child", "", []string{"entry", "reloaded", "run"}, ending{Stdout: "['" + p.exe + " entry', 'reloaded', 'run', 'second']\n"}},
		{"link reloaded", "entry", []string{"reloaded", "exec"}, ending{Stdout: "['" + dir + "/entry', 'reloaded', 'exec', 'second']\n"}},
		{"link reloaded as a child", "entry", []string{"reloaded", "run"}, ending{Stdout: "['" + dir + "/entry', 'reloaded', 'run', 'second']\n"}},
		{"copy reloaded as a child", "copies/entry", []string{"reloaded", "run"}, ending{Stdout: "['" + dir + "/copies/entry', 'reloaded', 'run', 'second']\n"}},
		{"usage", "", []string{"module", "usage"}, ending{Stdout: "usage: modes module [-h]\n"}},
		{"usage of a link", "entry", []string{"usage"}, ending{Stdout: "usage: entry [-h]\n"}},
		{"nothing", "", nil, ending{Status: 2, Stderr: "modes: name a program to run: " + list}},
		{"unknown", "", []string{"entr\ny", "x"}, ending{Status: 2, Stderr: `modes: there is no program "entr\ny"; the programs are ` + list}},
		{"other case", "", []string{"Entry"}, ending{Status: 2, Stderr: `modes: there is no program "Entry"; the programs are ` + list}},
		{"option", "", []string{"--help"}, ending{Status: 2, Stderr: `modes: there is no program "--help"; the programs are ` + list}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := p.call(test.args...)
			if test.called != "" {
				c.path = filepath.Join(dir, test.called)
			}
			r := c.run(t)
			if diff := cmp.Diff(test.want, ending{r.status, r.signal, r.stdout, r.stderr}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestInstallLinks makes links, again, and beside what must not be touched.
func TestInstallLinks(t *testing.T) {
	t.Parallel()
	p := modes(t)
	const option = "--oxgen-install-links"
	dir := t.TempDir()
	names := []string{"module", "package", "file", "loose", "entry", "console", "command", "shell", "with-argv"}
	want := ""
	for _, n := range names {
		want += filepath.Join(dir, n) + " -> " + p.exe + "\n"
	}
	p.call(option, dir).run(t).wantOutput(t, want)
	p.call(option, dir).run(t).wantOutput(t, "")
	(&call{path: filepath.Join(dir, "entry"), args: []string{"returns", "0"}}).run(t).wantOutput(t, "")
	// By the name of a program too the option is the executable's.
	if err := os.Remove(filepath.Join(dir, "shell")); err != nil {
		t.Fatal(err)
	}
	(&call{path: filepath.Join(dir, "entry"), args: []string{option, dir}}).run(t).wantOutput(t, filepath.Join(dir, "shell")+" -> "+p.exe+"\n")

	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "entry"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere", filepath.Join(other, "file")); err != nil {
		t.Fatal(err)
	}
	r := p.call(option, other).run(t)
	wantErr := "modes: installing links: \"" + other + "/file\" is a link to \"/nowhere\": remove it, or choose another directory\n" +
		"installing links: \"" + other + "/entry\" is there already and no link of this program: remove it, or choose another directory\n"
	if r.status != 1 || r.stderr != wantErr || r.stdout != "" {
		t.Errorf("status %d, want 1\n%s%s", r.status, r.stderr, cmp.Diff(wantErr, r.stderr))
	}
	entries, err := os.ReadDir(other)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files in a directory where nothing was to be made: %v", len(entries), err)
	}
	for _, args := range [][]string{{option}, {option, dir, "x"}} {
		if r := p.call(args...).run(t); r.status != 2 || r.stderr != "modes: usage: "+option+" DIR\n" {
			t.Errorf("%q: status %d\n%s", args, r.status, r.stderr)
		}
	}
	if r := p.call(option, dir+"/missing").run(t); r.status != 1 || !strings.Contains(r.stderr, "is not a directory") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	// Where it is not configured, the option is the program's.
	probe(t).call("process.arguments", option, dir).run(t).wantOutput(t, "'"+option+"'\n'"+dir+"'")
}

// TestInspectPrograms asks what the executable runs.
func TestInspectPrograms(t *testing.T) {
	t.Parallel()
	out, err := oxgen(t.Context(), "inspect", modes(t).exe)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`(?m)^runs as console +console-script plugged-cli$`, `(?m)^runs as with-argv +entry modes.checks:main arguments --always`} {
		if !regexp.MustCompile(line).MatchString(out) {
			t.Errorf("no line %q in\n%s", line, strings.Join(slices.Collect(strings.Lines(out))[:20], ""))
		}
	}
	if out, err = oxgen(t.Context(), "inspect", "--json", modes(t).exe); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Programs []struct {
			Run     *string
			Choices []struct{ Name, Run string }
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if p := got.Programs[0]; p.Run != nil || len(p.Choices) != 9 || p.Choices[0].Name != "module" || p.Choices[0].Run != "module modes.program" {
		t.Errorf("got %+v", p)
	}
}
