package cpython

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// An option of the table is set, and Python's own view of it is asked for.
var options = []struct {
	since int
	set   Setting
	code  string // an expression
	want  string // its repr
}{
	{0, Setting{"optimization_level", int64(2)}, "sys.flags.optimize", "2"},
	{0, Setting{"bytes_warning", int64(1)}, "sys.flags.bytes_warning", "1"},
	{0, Setting{"quiet", int64(1)}, "sys.flags.quiet", "1"},
	{0, Setting{"inspect", int64(1)}, "sys.flags.inspect", "1"},
	{0, Setting{"interactive", int64(1)}, "sys.flags.interactive", "1"},
	{0, Setting{"dev_mode", int64(1)}, "sys.flags.dev_mode", "True"},
	{0, Setting{"utf8_mode", int64(1)}, "sys.flags.utf8_mode", "1"},
	{0, Setting{"user_site_directory", int64(1)}, "sys.flags.no_user_site", "0"},
	{0, Setting{"write_bytecode", int64(0)}, "sys.dont_write_bytecode", "True"},
	{0, Setting{"use_environment", int64(1)}, "sys.flags.ignore_environment", "0"},
	{0, Setting{"isolated", int64(0)}, "sys.flags.isolated", "0"},
	{0, Setting{"buffered_stdio", int64(0)}, "sys.stdout.write_through", "True"},
	{0, Setting{"stdio_encoding", "iso8859-15"}, "sys.stdin.encoding", "'iso8859-15'"},
	{0, Setting{"stdio_errors", "replace"}, "sys.stdin.errors", "'replace'"},
	{0, Setting{"argv", []string{"a", "é", "\xff"}}, "ascii(sys.argv)", `"['a', '\\xe9', '\\udcff']"`},
	{0, Setting{"xoptions", []string{"x=y"}}, "sys._xoptions['x']", "'y'"},
	{0, Setting{"warnoptions", []string{"error::UserWarning"}}, "'error::UserWarning' in sys.warnoptions", "True"},
	{0, Setting{"pycache_prefix", "/cache"}, "sys.pycache_prefix", "'/cache'"},
	{0, Setting{"platlibdir", "lib128"}, "sys.platlibdir", "'lib128'"},
	{0, Setting{"check_hash_pycs_mode", "always"}, "_imp.check_hash_based_pycs", "'always'"},
	{0, Setting{"prefix", "/P\xff"}, "ascii(sys.prefix)", `"'/P\\udcff'"`},
	{0, Setting{"exec_prefix", "/EP"}, "sys.exec_prefix", "'/EP'"},
	{0, Setting{"base_prefix", "/BP"}, "sys.base_prefix", "'/BP'"},
	{0, Setting{"base_exec_prefix", "/BEP"}, "sys.base_exec_prefix", "'/BEP'"},
	{0, Setting{"executable", "/E"}, "sys.executable", "'/E'"},
	{0, Setting{"base_executable", "/BE"}, "sys._base_executable", "'/BE'"},
	{0, Setting{"tracemalloc", int64(3)}, "__import__('_tracemalloc').get_traceback_limit()", "3"},
	{0, Setting{"faulthandler", int64(1)}, "__import__('faulthandler').is_enabled()", "True"},
	{13, Setting{"stdlib_dir", "/S"}, "sys._stdlib_dir", "'/S'"},
	{11, Setting{"safe_path", int64(0)}, "sys.flags.safe_path", "False"},
	{11, Setting{"code_debug_ranges", int64(0)}, "list((lambda: 0).__code__.co_positions())[-1][2]", "None"},
	{12, Setting{"int_max_str_digits", int64(5000)}, "sys.get_int_max_str_digits()", "5000"},
	{13, Setting{"cpu_count", int64(77)}, "__import__('posix').cpu_count() and __import__('os').cpu_count()", "77"},
	{14, Setting{"thread_inherit_context", int64(1)}, "sys.flags.thread_inherit_context", "1"},
	{14, Setting{"context_aware_warnings", int64(1)}, "sys.flags.context_aware_warnings", "1"},
}

func TestOptions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		p := plan{Library: l, Structs: true, Settings: base(l, Setting{"allocator", int64(1)}, Setting{"hash_seed", int64(4294967295)})}
		code := "import sys, _imp\nout = []\n"
		var want []string
		for _, o := range options {
			if l.Minor >= o.since {
				p.Settings = append(p.Settings, o.set)
				code += fmt.Sprintf("out.append((%q, repr(%s)))\n", o.set.Name, o.code)
				want = append(want, o.set.Name+": "+o.want)
			}
		}
		p.Code = code + "for name, value in out: print(name + ': ' + value)\n"
		output, state := run(t, p)
		got := strings.Split(strings.TrimSpace(output), "\n")
		if !state.Success() || !slices.Equal(got, want) {
			t.Errorf("%v, got:\n%s\nwant:\n%s", state, output, strings.Join(want, "\n"))
		}
	})
}

// The two ways of starting 3.14 must make the same interpreter.
func TestBothWays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		if l.Minor != 14 {
			t.Skip("there is one way only")
		}
		p := plan{
			Library: l, Settings: base(l, Setting{"xoptions", []string{"x"}}, Setting{"hash_seed", int64(1)}, Setting{"use_hash_seed", int64(1)}),
			Code: "import sys; print(sys.flags, sys.path, sys.argv, sys.orig_argv, sys._xoptions, sys.warnoptions, hash('x'), sys.executable, sys.prefix, sys.getfilesystemencoding())",
		}
		one, _ := run(t, p)
		p.Structs = true
		other, state := run(t, p)
		if !state.Success() || one != other {
			t.Errorf("PyInitConfig:\n%s\nPyConfig:\n%s", one, other)
		}
	})
}

// Arguments and paths are bytes, and need not be text.
func TestBytes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		for mode, want := range []string{
			// In the C locale Python reads what is not ASCII as surrogate escapes.
			`['p', '\udcc3\udca9', '\udcff'] b'\xc3\xa9'`,
			`['p', '\xe9', '\udcff'] b'\xc3\xa9'`,
		} {
			p := plan{
				Library: l, Code: "import sys, os; print(ascii(sys.argv), os.fsencode(sys.argv[1]))",
				Settings: base(l, Setting{"utf8_mode", int64(mode)}, Setting{"configure_locale", int64(0)}, Setting{"argv", []string{"p", "é", "\xff"}}),
			}
			if output, _ := run(t, p); strings.TrimSpace(output) != want {
				t.Errorf("utf8_mode %d: got %s, want %s", mode, output, want)
			}
		}
	})
}

func TestHashSeed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		hash := func(seed int64) string {
			output, _ := run(t, plan{
				Library: l, Code: "print(hash('oxgen'))",
				Settings: base(l, Setting{"use_hash_seed", int64(1)}, Setting{"hash_seed", seed}),
			})
			return output
		}
		one, same, other := hash(1), hash(1), hash(1<<32-1)
		if one != same || one == other {
			t.Errorf("the hashes are %s, %s and %s", one, same, other)
		}
	})
}

func TestRefusedSettings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		version := fmt.Sprintf("Python 3.%d", l.Minor)
		for _, test := range []struct {
			until int // the last version with this error
			set   Setting
			want  string
		}{
			{14, Setting{"no_such", int64(1)}, "setting no_such: " + version + " has no such option"},
			{14, Setting{"_init_main", int64(0)}, "setting _init_main: " + version + " has no such option"},
			{10, Setting{"safe_path", int64(1)}, "setting safe_path: " + version + " has no such option"},
			{11, Setting{"int_max_str_digits", int64(1)}, "setting int_max_str_digits: " + version + " has no such option"},
			{14, Setting{"argv", []string{"a", "b\x00c"}}, `setting argv: "b\x00c" has a NUL byte`},
			{14, Setting{"home", "\x00"}, `setting home: "\x00" has a NUL byte`},
			{14, Setting{"argv", "a"}, "setting argv: the option is a list of strings"},
			{14, Setting{"home", int64(1)}, "setting home: the option is a string"},
			{14, Setting{"utf8_mode", "1"}, "setting utf8_mode: the option is an integer"},
			{14, Setting{"verbose", int64(1 << 31)}, "setting verbose: 2147483648 is out of range"},
			{14, Setting{"hash_seed", int64(-1)}, "setting hash_seed: -1 is out of range"},
			{14, Setting{"stdio_encoding", "no such"}, "failed to get the Python codec name of the stdio encoding"},
		} {
			if l.Minor > test.until {
				continue
			}
			output, state := run(t, plan{Library: l, Structs: true, Settings: base(l, test.set)})
			if state.ExitCode() != 3 || !strings.Contains(output, test.want) {
				t.Errorf("%v: %v, %q, want %q", test.set, state, output, test.want)
			}
		}
	})
}

// CPython may want to end the process instead of starting.
func TestExit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		for arg, want := range map[string]int{"--version": 0, "--no-such-option": 2} {
			output, state := run(t, plan{
				Library: l, Code: "print('started')",
				Settings: base(l, Setting{"parse_argv", int64(1)}, Setting{"argv", []string{"python", arg}}),
			})
			if state.ExitCode() != want || strings.Contains(output, "started") || !strings.Contains(output, map[int]string{0: "Python 3.", 2: "usage"}[want]) {
				t.Errorf("%s: %v, %s", arg, state, output)
			}
		}
	})
}

// bootstrap is a frozen package encodings that imports the real one.
const bootstrap = `
import sys, _oxgen
sys.seen = __name__, _oxgen.text, _oxgen.path, _oxgen.empty, bytes(_oxgen.memory), sys.getrefcount(None) > 0
del sys.modules["encodings"]
sys.meta_path.reverse()
import encodings
sys.meta_path.reverse()
`

func TestDoor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		compiled, state := run(t, plan{
			Library: l, Settings: base(l),
			Code: fmt.Sprintf("import marshal; print(marshal.dumps(compile(%q, '<frozen>', 'exec')).hex())", bootstrap),
		})
		code, err := hex.DecodeString(strings.TrimSpace(compiled))
		if err != nil || !state.Success() {
			t.Fatalf("%v, %s", state, compiled)
		}
		output, state := run(t, plan{Library: l, Settings: base(l), Frozen: string(code), Code: `
import sys, encodings, _oxgen, zipimport
assert encodings.__file__.endswith("encodings/__init__.py"), encodings
try:
    _oxgen.memory[0] = 0
except TypeError:
    print(ascii(sys.seen))
`})
		const want = `('encodings', 'text\udcff', '/path\udcff', '', b'memory', True)`
		if !state.Success() || strings.TrimSpace(output) != want {
			t.Errorf("%v, got %s\nwant %s", state, output, want)
		}
	})
}
