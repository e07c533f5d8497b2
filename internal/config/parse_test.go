package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
)

func ptr[T any](v T) *T { return &v }

// minimal returns what Parse makes of a file that only says to run the module app.
func minimal() *config.Config {
	return &config.Config{
		File:          "p/oxgen.toml",
		Dir:           "p",
		Package:       "pyapp",
		Link:          config.Mapped,
		Stdlib:        config.All,
		Packages:      config.All,
		Optimize:      config.Levels{0},
		Bytecode:      true,
		DebugRanges:   true,
		IncludeSource: true,
		VirtualFiles:  true,
		MaxWheelFiles: 200_000, MaxWheelFileSize: 2 << 30, MaxWheelSize: 8 << 30, MaxWheelRatio: 200,
		Run: config.Run{Module: "app"},
		Interpreter: config.Interpreter{
			Profile:               config.Isolated,
			UTF8Mode:              true,
			ConfigureLocale:       true,
			InstallSignalHandlers: true,
			ActAsPython:           true,
		},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const run = "[run]\nmodule = 'app'\n"
	tests := []struct {
		name, text string
		change     func(*config.Config) // from minimal
	}{
		{"minimal", run, func(*config.Config) {}},
		{"byte order mark, CRLF", "\ufeff[run]\r\nmodule = 'app'\r\n", func(*config.Config) {}},
		{"dotted keys", "run.module = 'app'", func(*config.Config) {}},
		{"inline table", "run = {module = 'app', repl = false}", func(*config.Config) {}},
		{"programs", "install-links = true\n[[program]]\nname = 'a'\nentry = 'm:f'\n[[program]]\nname = 'b-2'\nrepl = true\nargv = ['', 'x']\n", func(c *config.Config) {
			c.Run = config.Run{}
			c.InstallLinks = true
			c.Programs = []config.Program{
				{Name: "a", Run: config.Run{Entry: "m:f"}},
				{Name: "b-2", Run: config.Run{REPL: true, Argv: []string{"", "x"}}},
			}
		}},
		{"programs beside run", run + "[[program]]\nname = 'a'\nconsole-script = 'x.y'\n[interpreter]\nsys-frozen = true\nsys-meipass = true", func(c *config.Config) {
			c.Programs = []config.Program{{Name: "a", Run: config.Run{ConsoleScript: "x.y"}}}
			c.Interpreter.SysFrozen, c.Interpreter.SysMEIPASS = true, true
		}},
		{"quoted keys", "['run']\n\"modul\\u0065\" = 'app'", func(*config.Config) {}},
		{"everything above the tables", `
name = "my app"
package = "internal/py_app"
python = "/usr/bin/python3.11"
targets = ["linux/arm64", "darwin/arm64"]
sources = ["src", "../lib", "one.py", "gomod:github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1/python/pip"]
site-packages = ["venv"]
wheels = ["wheels/*.whl", "a b.whl"]
stdlib = "used"
packages = "used"
include = ["a.b", "c.*"]
lazy = ["d", "e.*"]
hooks = ["hooks/*.toml"]
trace = []
optimize = 0x1
include-source = false
` + run, func(c *config.Config) {
			c.Name = "my app"
			c.Stdlib, c.Packages = config.Used, config.Used
			c.Include, c.Hooks, c.Trace = []string{"a.b", "c.*"}, []string{"hooks/*.toml"}, []string{}
			c.Lazy = []string{"d", "e.*"}
			c.Package = "internal/py_app"
			c.Python = "/usr/bin/python3.11"
			c.Targets = []string{"linux/arm64", "darwin/arm64"}
			c.Sources = []string{
				"src", "../lib", "one.py",
				"gomod:github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1/python/pip",
			}
			c.SitePackages = []string{"venv"}
			c.Wheels = []string{"wheels/*.whl", "a b.whl"}
			c.Optimize = config.Levels{1}
			c.Interpreter.Optimize = 1
			c.IncludeSource = false
		}},
		{"columns", "debug-ranges = false\n" + run, func(c *config.Config) { c.DebugRanges = false }},
		{"optimize apart", "optimize = 2\n[interpreter]\noptimize = 0\n" + run, func(c *config.Config) { c.Optimize = config.Levels{2} }},
		{"levels", "optimize = [2, 0]\n" + run, func(c *config.Config) {
			c.Optimize = config.Levels{2, 0}
			c.Interpreter.Optimize = 2
		}},
		{"level of the interpreter", run + "[interpreter]\noptimize = 1\n", func(c *config.Config) {
			c.Optimize = config.Levels{1}
			c.Interpreter.Optimize = 1
		}},
		{"storage", "bytecode = false\nextract = ['pkg', 'näh.sub']\n" + run, func(c *config.Config) {
			c.Bytecode = false
			c.Extract = []string{"pkg", "näh.sub"}
		}},
		{"profile python reads the environment", "interpreter.profile = 'python'\n" + run, func(c *config.Config) {
			c.Interpreter.Profile = config.Python
			c.Interpreter.UseEnvironment = true
		}},
		{
			"profile python without the environment", "interpreter = {profile = 'python', use-environment = false}\n" + run,
			func(c *config.Config) { c.Interpreter.Profile = config.Python },
		},
		{"unset and zero differ", run + `[interpreter]
hash-seed = 0
verbose = 0
dev-mode = false
safe-path = false
tracemalloc = 0
int-max-str-digits = 0
`, func(c *config.Config) {
			c.Interpreter.HashSeed = ptr(uint32(0))
			c.Interpreter.Verbose = ptr(0)
			c.Interpreter.DevMode = ptr(false)
			c.Interpreter.SafePath = ptr(false)
			c.Interpreter.Tracemalloc = ptr(0)
			c.Interpreter.IntMaxStrDigits = ptr(0)
		}},
		{"largest values", run + `[interpreter]
hash-seed = 4_294_967_295
verbose = 2147483647
bytes-warning = 2
tracemalloc = 65535
int-max-str-digits = 640
`, func(c *config.Config) {
			c.Interpreter.HashSeed = ptr(uint32(1<<32 - 1))
			c.Interpreter.Verbose = ptr(1<<31 - 1)
			c.Interpreter.BytesWarning = 2
			c.Interpreter.Tracemalloc = ptr(65535)
			c.Interpreter.IntMaxStrDigits = ptr(640)
		}},
		{"search paths", run + `[interpreter]
module-search-paths = ["$ORIGIN", "$ORIGIN/lib", "/opt/lib", 'C:\lib', '\\host\share']`, func(c *config.Config) {
			c.Interpreter.ModuleSearchPaths = []string{"$ORIGIN", "$ORIGIN/lib", "/opt/lib", `C:\lib`, `\\host\share`}
		}},
		{"arguments", run + `argv = ["", "-v", "two words"]`, func(c *config.Config) { c.Run.Argv = []string{"", "-v", "two words"} }},
		{"dashes in a module", "run.module = 'my-app.tool'", func(c *config.Config) { c.Run.Module = "my-app.tool" }},
		{"entry", "run.entry = 'app.größe:Main.run'", func(c *config.Config) { c.Run = config.Run{Entry: "app.größe:Main.run"} }},
		{
			"command", "run.command = \"\"\"import app\napp.main()\"\"\"",
			func(c *config.Config) { c.Run = config.Run{Command: "import app\napp.main()"} },
		},
		{"file", "run.file = 'bin/start'", func(c *config.Config) { c.Run = config.Run{File: "bin/start"} }},
		{"repl", "run.repl = true", func(c *config.Config) { c.Run = config.Run{REPL: true} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := minimal()
			tt.change(want)
			got, err := config.Parse("p/oxgen.toml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseProject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"[project]\nname = 'x'\nrequires = 3\n[tool.other]\nmodule = 1\n[tool.oxgen]\nname = 'a'\n[tool.oxgen.run]\nmodule = 'app'\n",
		"[tool]\nother = 1\noxgen = {name = 'a', run = {module = 'app'}}",
		"tool.oxgen.name = 'a'\ntool.oxgen.run.module = 'app'",
		"tool = {oxgen = {name = 'a', run.module = 'app'}}",
	} {
		got, err := config.Parse("pyproject.toml", []byte(text))
		if err != nil {
			t.Errorf("%s\n%v", text, err)
			continue
		}
		want := minimal()
		want.File, want.Dir, want.Name = "pyproject.toml", ".", "a"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", text, diff)
		}
	}
}

// printed returns an error as a user sees it, without the prefix.
func printed(err error) string {
	var b strings.Builder
	diag.Print(&b, err)
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "oxgen: ", "")
}

// leaves returns the *diag.Errors that err is or joins; ok is false if there is any other error among them.
func leaves(err error) (all []*diag.Error, ok bool) {
	if joined, isJoin := err.(interface{ Unwrap() []error }); isJoin { // only the outermost layer
		for _, e := range joined.Unwrap() {
			some, ok := leaves(e)
			if !ok {
				return nil, false
			}
			all = append(all, some...)
		}
		return all, true
	}
	d, ok := err.(*diag.Error) // wrapped is not what is asked for
	return []*diag.Error{d}, ok
}

func FuzzParse(f *testing.F) {
	f.Add("oxgen.toml", config.Template(config.TemplateValues{Name: "a", Sources: []string{"s"}, Run: config.Run{File: "f"}}))
	f.Add("pyproject.toml", []byte("[tool.oxgen]\nsources = [\"a\", [\"b\"], {c = 1}]\n[tool.oxgen.run]\nmodule='a'"))
	f.Add("pyproject.toml", []byte("[[tool]]\n[tool.oxgen]\nname = 'x'"))
	f.Add("pyproject.toml", []byte("[tool.OXGEN]\ntargets=['linux/amd64']\n[tool.oxgen]\nrun.module='a'"))
	for _, s := range []string{
		"", "\ufeff", "\xff\xfea\x00", "a = \x00", "a = 1\na = 2", "[run]\nmodule='a'\n[run]\n", "run = {module = {a = {b = 1}}}",
		"[[run]]\nmodule = 1", "optimize = 007", "optimize = 0b11", "optimize = -1", "targets = [1, 'x',]", "name = \"\"\"\n\\u0000\"\"\"",
		"[\"a\\nb\"]\n", "\"run.module\" = 'a'", "run.module = 1979-05-27", "hash-seed = 1e3", "sources = ['gomod:a.b/c@v1.0.0/..']",
		"x = ", "[", "[run", "run.module = 'a' b", "\r", "name = 'a\nb'", "[run]\nargv = [[[[]]]]",
	} {
		f.Add("d/oxgen.toml", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		c, err := config.Parse(name, data)
		if (c == nil) != (err != nil) {
			t.Fatalf("config %v with error %v", c, err)
		}
		if err == nil {
			return
		}
		all, ok := leaves(err)
		if !ok {
			t.Fatalf("not a *diag.Error: %#v", err)
		}
		for i, e := range all {
			if e.File != name || e.Problem == "" || strings.ContainsAny(e.Problem+e.Hint, "\r\n\x00\x1b") {
				t.Errorf("not one clear line: %#v", e)
			}
			if i > 0 && (all[i-1].Line > e.Line || all[i-1].Line == e.Line && all[i-1].Column > e.Column) {
				t.Errorf("%v stands before %v", all[i-1], e)
			}
			lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
			if e.Line > len(lines) || e.Line > 0 && e.Column > len(lines[e.Line-1])+1 {
				t.Errorf("%v is outside of the file", e)
			}
		}
		if !errors.As(err, new(*diag.Error)) {
			t.Errorf("errors.As finds nothing in %#v", err)
		}
	})
}
