//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/pyc"
)

// keys is a program that prints expressions, and takes its configuration from the environment.
var keys = sync.OnceValues(func() (*program, error) {
	p, err := newProgram(filepath.Join(workspace, "keys"), "testdata/keys")
	if err != nil {
		return nil, err
	}
	if err := p.takeKeys(); err != nil {
		return nil, err
	}
	p.exe = filepath.Join(p.module, "bin", "keys")
	if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
		return nil, fmt.Errorf("building: %w\n%s", err, out)
	}
	return p, nil
})

// takeKeys has the program take its configuration from the environment.
func (p *program) takeKeys() error {
	source, err := os.ReadFile("testdata/keys.go.txt")
	if err != nil {
		return err
	}
	text := strings.Replace(string(source), "/keys/", "/"+filepath.Base(p.dir)+"/", 1)
	return os.WriteFile(filepath.Join(p.dir, "main.go"), []byte(text), 0o600)
}

// A keyEffect is what a program sees of a key of [interpreter].
type keyEffect struct {
	key    string
	toml   string // the value; "" leaves the key out
	also   string // other lines of the table
	env    string // of the program, separated by spaces
	show   string // a Python expression
	want   string // what it prints
	stderr string // contained in standard error; "" is nothing at all
	unix   string // why it can't be seen on Windows
}

var keyEffects = []keyEffect{
	{key: "profile", show: "sys.flags.isolated, sys.flags.ignore_environment, sys.flags.no_user_site, sys.flags.safe_path", want: "(1, 1, 1, True)"},
	{key: "profile", toml: `"python"`, show: "sys.flags.isolated, sys.flags.ignore_environment, sys.flags.no_user_site, sys.flags.safe_path", want: "(0, 0, 1, False)"},
	{key: "use-environment", env: "PYTHONOPTIMIZE=2 PYTHONPATH=/a", show: "sys.flags.optimize, sys.path[0] == sys.executable", want: "(0, True)"},
	{key: "use-environment", toml: "true", env: "PYTHONOPTIMIZE=2 PYTHONPATH=/a:/b", show: "sys.flags.optimize, sys.path[:2]", want: "(2, ['/a', '/b'])", unix: "paths have semicolons between them"},
	{key: "use-environment", toml: "true", env: "PYTHONHASHSEED=0", show: "sys.flags.hash_randomization", want: "0"},
	{key: "use-environment", toml: "true", env: "PYTHONDEVMODE=1", show: "sys.flags.dev_mode", want: "True"},
	{key: "use-environment", toml: "true", env: "PYTHONTRACEMALLOC=4", show: "tracemalloc.get_traceback_limit()", want: "4"},
	{key: "use-environment", toml: "true", env: "PYTHONINTMAXSTRDIGITS=1000", show: "sys.get_int_max_str_digits()", want: "1000"},
	{key: "use-environment", toml: "true", env: "PYTHONWARNINGS=error", show: "sys.warnoptions", want: "['error']"},
	{key: "use-environment", toml: "true", show: "sys.flags.isolated, sys.flags.no_user_site, sys.flags.safe_path", want: "(0, 1, True)"},
	{key: "use-environment", toml: "true", env: "LC_ALL=C", show: "os.environ.get('LC_CTYPE'), sys.argv[1:] == sys.orig_argv[1:]", want: "(None, True)"},
	{key: "use-environment", toml: "true", also: "dev-mode = false", env: "PYTHONDEVMODE=1", show: "sys.flags.dev_mode", want: "False"},
	{key: "use-environment", toml: "false", also: "profile = 'python'", env: "PYTHONOPTIMIZE=2 PYTHONPATH=/a", show: "sys.flags.optimize, '/a' in sys.path, sys.flags.isolated", want: "(0, False, 0)"},
	{key: "utf8-mode", env: "LC_ALL=C", show: "sys.flags.utf8_mode, sys.stdout.encoding, sys.getfilesystemencoding()", want: "(1, 'utf-8', 'utf-8')"},
	{key: "utf8-mode", toml: "false", env: "LC_ALL=C", show: "sys.flags.utf8_mode, sys.stdout.encoding, sys.getfilesystemencoding()", want: "(0, 'ascii', 'ascii')", unix: "the names of files are UTF-8 in every mode"},
	{key: "configure-locale", env: "LC_ALL=C.UTF-8", show: "locale.setlocale(locale.LC_CTYPE)", want: "C.UTF-8", unix: "locales have other names"},
	{key: "configure-locale", toml: "false", env: "LC_ALL=C.UTF-8", show: "locale.setlocale(locale.LC_CTYPE)", want: "C"},
	{key: "install-signal-handlers", show: "signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGPIPE).name", want: "(True, 'SIG_IGN')", unix: "no SIGPIPE"},
	{key: "install-signal-handlers", toml: "false", show: "signal.getsignal(signal.SIGPIPE).name", want: "SIG_DFL", unix: "no SIGPIPE"},
	{key: "optimize", show: "sys.flags.optimize", want: "0"},
	{key: "optimize", toml: "2", show: "sys.flags.optimize, compile('assert 0', '', 'exec').co_consts[:1] != (0,)", want: "(2, True)"},
	{key: "hash-seed", show: "sys.flags.hash_randomization", want: "1"},
	{key: "hash-seed", toml: "0", show: "sys.flags.hash_randomization, hash('oxgen') == hash('oxgen')", want: "(0, True)"},
	{key: "dev-mode", show: "sys.flags.dev_mode", want: "False"},
	{key: "dev-mode", toml: "true", show: "sys.flags.dev_mode, faulthandler.is_enabled(), sys.warnoptions", want: "(True, True, ['default'])"},
	{key: "faulthandler", show: "faulthandler.is_enabled()", want: "False"},
	{key: "faulthandler", toml: "true", show: "faulthandler.is_enabled()", want: "True"},
	{key: "warn-options", show: "sys.warnoptions", want: "[]"},
	{key: "warn-options", toml: `["error", "ignore::UserWarning"]`, show: "sys.warnoptions, warnings.warn('x', UserWarning)", want: "(['error', 'ignore::UserWarning'], None)"},
	{key: "x-options", show: "sys._xoptions", want: "{}"},
	{key: "x-options", toml: `["own=1", "other", "no_debug_ranges"]`, show: "sys._xoptions, list(compile('a', '', 'eval').co_positions())[-1][2:]", want: "({'own': '1', 'other': True, 'no_debug_ranges': True}, (None, None))"},
	{key: "bytes-warning", show: "sys.flags.bytes_warning", want: "0"},
	{key: "bytes-warning", toml: "2", show: "sys.flags.bytes_warning, sys.warnoptions", want: "(2, ['error::BytesWarning'])"},
	{key: "module-search-paths", show: "sys.path == [sys.executable]", want: "True"},
	{key: "module-search-paths", toml: `["$ORIGIN", "/a"]`, show: "sys.path == [sys.executable, os.path.dirname(sys.executable), '/a']", want: "True", unix: "/a is on some drive"},
	{key: "safe-path", show: "sys.flags.safe_path", want: "True"},
	{key: "safe-path", toml: "false", show: "sys.flags.safe_path", want: "True"}, // being isolated implies it
	{key: "safe-path", toml: "true", also: "profile = 'python'", show: "sys.flags.safe_path", want: "True"},
	{key: "site-import", show: "site, hasattr(builtins, 'exit')", want: "(False, True)"},
	{key: "site-import", toml: "true", show: "site, hasattr(builtins, 'exit'), sys.flags.no_site", want: "(True, True, 0)"},
	{key: "user-site", also: "site-import = true", show: "__import__('site').ENABLE_USER_SITE, sys.flags.no_user_site", want: "(False, 1)"},
	{key: "user-site", toml: "true", also: "profile = 'python'\nsite-import = true", show: "__import__('site').ENABLE_USER_SITE, sys.flags.no_user_site", want: "(True, 0)"},
	{key: "pathconfig-warnings", show: "1", want: "1"},
	{key: "pathconfig-warnings", toml: "true", show: "1", want: "1"}, // every path is configured
	{key: "write-bytecode", show: "sys.dont_write_bytecode", want: "True"},
	{key: "write-bytecode", toml: "true", show: "sys.dont_write_bytecode", want: "False"},
	{key: "check-hash-pycs-mode", show: "_imp.check_hash_based_pycs", want: "default"},
	{key: "check-hash-pycs-mode", toml: `"never"`, show: "_imp.check_hash_based_pycs", want: "never"},
	{key: "unbuffered", show: "sys.stdout.write_through", want: "False"},
	{key: "unbuffered", toml: "true", show: "sys.stdout.write_through", want: "True"},
	{key: "unbuffered", toml: "false", show: "sys.stdout.write_through", want: "False"},
	{key: "stdio-encoding", show: "sys.stdin.encoding", want: "utf-8"},
	{key: "stdio-encoding", toml: `"latin-1"`, show: "sys.stdin.encoding, sys.stdout.encoding, sys.stderr.encoding", want: "('iso8859-1', 'iso8859-1', 'iso8859-1')"},
	{key: "stdio-errors", show: "sys.stdin.errors, sys.stdout.errors", want: "('surrogateescape', 'surrogateescape')"},
	{key: "stdio-errors", toml: `"replace"`, show: "sys.stdin.errors, sys.stdout.errors, sys.stderr.errors", want: "('replace', 'replace', 'backslashreplace')"},
	{key: "interactive", show: "sys.flags.interactive", want: "0"},
	{key: "interactive", toml: "true", show: "sys.flags.interactive", want: "1"},
	{key: "inspect", show: "sys.flags.inspect", want: "0"},
	{key: "inspect", toml: "true", show: "sys.flags.inspect", want: "1"},
	{key: "inspect", toml: "true", also: "interactive = true\nquiet = true", show: "sys.flags.inspect", want: "1", stderr: ">>> "},
	{key: "quiet", show: "sys.flags.quiet", want: "0"},
	{key: "quiet", toml: "true", show: "sys.flags.quiet", want: "1"},
	{key: "verbose", show: "sys.flags.verbose", want: "0"},
	{key: "verbose", toml: "1", show: "sys.flags.verbose, colorsys.__name__", want: "(1, 'colorsys')", stderr: "import 'colorsys' #"},
	{key: "import-time", show: "colorsys.__name__", want: "colorsys"},
	{key: "import-time", toml: "true", show: "colorsys.__name__", want: "colorsys", stderr: "| colorsys\n"},
	{key: "tracemalloc", show: "tracemalloc.is_tracing()", want: "False"},
	{key: "tracemalloc", toml: "5", show: "tracemalloc.get_traceback_limit()", want: "5"},
	{key: "int-max-str-digits", show: "sys.get_int_max_str_digits()", want: "4300"},
	{key: "int-max-str-digits", toml: "0", show: "sys.get_int_max_str_digits()", want: "0"},
	{key: "allocator", show: "sys.getallocatedblocks() > 0", want: "True"},
	{key: "allocator", toml: `"malloc"`, show: "sys.getallocatedblocks() > 0", want: "False"}, // it counts pymalloc's
	{key: "sys-frozen", show: "getattr(sys, 'frozen', None)", want: "None"},
	{key: "sys-frozen", toml: "true", show: "sys.frozen", want: "True"},
	{key: "sys-meipass", show: "hasattr(sys, '_MEIPASS')", want: "False"},
	{key: "sys-meipass", toml: "true", show: "sys._MEIPASS == sys.executable", want: "True"},
	{key: "act-as-python", env: "OXGEN_PYTHON=1", show: "", want: "python", stderr: ""},
	{key: "act-as-python", toml: "false", env: "OXGEN_PYTHON=1", show: "1 + 1", want: "2"},
}

// TestKeys holds every key of [interpreter] to what a program sees of it.
func TestKeys(t *testing.T) {
	t.Parallel()
	p, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range keyEffects {
		if used.minor < 14 && e.key == "dev-mode" { // PyConfig leaves faulthandler alone (PEP 587)
			e.want = strings.Replace(e.want, "True, True,", "True, False,", 1)
		}
		t.Run(e.key+" "+e.toml+" "+e.env, func(t *testing.T) {
			t.Parallel()
			if used.minor < 12 && e.key == "int-max-str-digits" && e.toml != "" {
				t.Skip("an option since 3.12")
			}
			c := p.call(e.show)
			if e.show == "" {
				c = p.call("-c", "print('python')")
			}
			c.env = append(strings.Fields(e.env), "PATH=/bin", "HOME=/nowhere", keyOrder(t, e.lines()))
			r := c.run(t)
			got := ending{Status: r.status, Signal: r.signal, Stdout: r.stdout, Stderr: r.stderr}
			if e.stderr != "" && strings.Contains(r.stderr, e.stderr) {
				got.Stderr = e.stderr
			}
			if diff := cmp.Diff(ending{Stdout: e.want + "\n", Stderr: e.stderr}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// lines are those of the table.
func (e keyEffect) lines() []string {
	lines := strings.Split(e.also, "\n")
	if e.toml != "" {
		lines = append(lines, e.key+" = "+e.toml)
	}
	return lines
}

// keyOrder returns a variable with what the program reads, made from lines of a configuration file as oxgen makes it.
func keyOrder(t *testing.T, lines []string) string {
	t.Helper()
	text := "[run]\nfile = 'app.py'\n[interpreter]\n" + strings.Join(lines, "\n") + "\n"
	c, err := config.Parse("oxgen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var order struct {
		SearchPaths []string
		NoPython    bool
		Frozen      bool
		MEIPASS     bool
		Settings    []map[string]any
	}
	order.SearchPaths, order.NoPython = c.Interpreter.ModuleSearchPaths, !c.Interpreter.ActAsPython
	order.Frozen, order.MEIPASS = c.Interpreter.SysFrozen, c.Interpreter.SysMEIPASS
	for _, s := range gen.Settings(c, pyc.Version{Major: 3, Minor: used.minor}) {
		kind := "List"
		switch s.Value.(type) {
		case int64:
			kind = "Number"
		case string:
			kind = "Text"
		}
		order.Settings = append(order.Settings, map[string]any{"Name": s.Name, kind: s.Value})
	}
	data, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	return "OXGEN_TEST_CONFIG=" + string(data)
}

// TestKeyEffects looks for keys without an effect, with their default and with another value.
func TestKeyEffects(t *testing.T) {
	t.Parallel()
	without, with := map[string]bool{}, map[string]bool{}
	for _, e := range keyEffects {
		if e.toml == "" {
			without[e.key] = true
		} else {
			with[e.key] = true
		}
	}
	for _, k := range config.Keys() {
		if table, name := k.Split(); table == "interpreter" && !(without[name] && with[name]) {
			t.Errorf("%s: tested without %v, with %v", k.Path, without[name], with[name])
		}
	}
}
