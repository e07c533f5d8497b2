package marker_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/packagingtest"
	"github.com/oxgen/oxgen/internal/target"
)

var (
	linux   = target.Target{GOOS: "linux", GOARCH: "amd64"}
	mac     = target.Target{GOOS: "darwin", GOARCH: "arm64"}
	windows = target.Target{GOOS: "windows", GOARCH: "amd64"}
)

var markers = []string{
	`python_version < '3.11'`, `python_version >= "3.10"`, `python_version=='3.11'`, `python_version ~= '3.10'`, `python_version != '3.14'`,
	`python_version == '3.*'`, `python_version in '3.10 3.11'`, `python_version not in "3.9, 3.10"`, `python_full_version >= '3.14.6'`,
	`python_full_version < '3.15'`, `'3.12' <= python_version`, `"3.9" > python_version`, `python_version > 'x'`, `python_version == 'x'`,
	`python_version <= 'x'`, `implementation_version >= '3.14.0a1'`, `implementation_name == 'cpython'`,
	`platform_python_implementation != 'PyPy'`, `python_implementation == 'CPython'`, `os_name == 'nt'`, `os.name=='posix'`,
	`sys_platform == 'win32'`, `sys.platform != "darwin"`, `'linux' in sys_platform`, `sys_platform in 'linux darwin'`,
	`'win' not in sys_platform`, `sys_platform >= 'linux'`, `sys_platform < 'linux'`, `sys_platform > 'a'`, `platform_system == 'Darwin'`,
	`platform_machine == 'x86_64' or platform_machine == 'arm64'`, `platform.machine in 'AMD64 arm64'`,
	`extra == 'Tty_Color'`, `extra != 'tty-color'`, `'tty.color' == extra`, `extra == ''`,
	`python_version < '3' and sys_platform == 'linux' or os_name == 'posix'`,
	`python_version < '3' and (sys_platform == 'linux' or os_name == 'posix')`,
	`((os_name=='posix')and((sys_platform!='linux')))`, `os_name === 'posix'`, `os_name ~= 'posix'`, `python_version === '3.11'`,
	"os_name\t==\t'posix' ", "os_name ==\n'posix'",
	// no markers
	``, `os_name`, `os_name ==`, `== 'posix'`, `os_name == 'posix`, `os_name == 'posix' and`,
	`(os_name == 'posix'`, `os_name == 'posix')`, `os_name = 'posix'`, `unknown == 'x'`, `os_name not 'x'`, `not os_name == 'x'`,
	`os_name == 'a' xor os_name == 'b'`, `os_name == "a'`, `os_name <> 'a'`,
}

// TestAgainstPackaging evaluates every marker for every Python and target.
func TestAgainstPackaging(t *testing.T) {
	t.Parallel()
	var envs []marker.Env
	var values []map[string]string
	for _, python := range []string{"3.10.16", "3.11.2", "3.14.6", "3.15.0b1"} {
		for _, on := range []target.Target{linux, mac, windows} {
			env := marker.For(python, on)
			env.Extra = "tty-color"
			envs = append(envs, env)
			asked := maps.Clone(env.Values)
			asked["extra"], asked["platform_release"], asked["platform_version"] = env.Extra, "", ""
			values = append(values, asked)
		}
	}
	var want [][]*bool // nil for what is no marker, or can't be compared
	packagingtest.Ask(t, `
from pip._vendor.packaging.markers import Marker, InvalidMarker, UndefinedComparison
def evaluate(m, e):
    try:
        return Marker(m).evaluate(e)
    except (InvalidMarker, UndefinedComparison):
        return None
answer = [[evaluate(m, e) for e in question["Envs"]] for m in question["Markers"]]
`, map[string]any{"Markers": markers, "Envs": values}, &want)
	for i, text := range markers {
		for j, env := range envs {
			m, err := marker.Parse(text)
			var got bool
			if err == nil {
				got, err = m.Eval(env)
			}
			switch {
			case (err != nil) != (want[i][j] == nil):
				t.Errorf("%q for %v: got %v, %v", text, env.Values, got, err)
			case err == nil && got != *want[i][j]:
				t.Errorf("%q for %v: got %v", text, env.Values, got)
			}
		}
	}
}

func TestSets(t *testing.T) {
	t.Parallel()
	env := marker.For("3.14.6", linux)
	env.Extras, env.Groups = []string{"TTY.color"}, []string{"test"}
	for text, want := range map[string]bool{
		`'tty-color' in extras`:                                true,
		`"tty" in extras`:                                      false,
		`'tty' not in extras`:                                  true,
		`'Test' in dependency_groups`:                          true,
		`'docs' in dependency_groups or 'tty_color' in extras`: true,
	} {
		m, err := marker.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Eval(env); got != want || err != nil {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		`extras == 'x'`:            `byte 1: extras is a set, of which a marker asks as in '"name" in extras'`,
		`extras in 'x'`:            `byte 1: extras is a set, of which a marker asks as in '"name" in extras'`,
		`'x' == dependency_groups`: `byte 1: dependency_groups is a set, of which a marker asks as in '"name" in dependency_groups'`,
		`os_name == 'a' or`:        "byte 18: the marker ends where a variable or a text in quotes is expected",
		`os_name == 'a' || x`:      `byte 16: "|" is not and, or, or the end`,
		`name == 'a'`:              `byte 1: "name" is not a variable or a text in quotes`,
		`'a' == 'a'`:               "byte 1: a variable must be compared with a text in quotes",
		`os_name == sys_platform`:  "byte 1: a variable must be compared with a text in quotes",
		`os_name like 'a'`:         `byte 9: "like" is not an operator`,
		strings.Repeat("(", 200):   "byte 101: more than 100 parentheses within each other",
	} {
		if _, err := marker.Parse(text); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// What is unknown matters only where nothing else decides.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`platform_release >= '5'`:                                         "platform_release is not known before the program runs",
		`platform_release >= '5' and os_name == 'posix'`:                  "platform_release is not known before the program runs",
		`platform_release >= '5' and os_name == 'nt'`:                     "false",
		`platform_release >= '5' or os_name == 'posix'`:                   "true",
		`platform_version != '' or os_name == 'nt'`:                       "platform_version is not known before the program runs",
		`os_name == 'posix' and (platform_version != '' or 1 == os_name)`: "",
	} {
		m, err := marker.Parse(text)
		if err != nil {
			if want != "" {
				t.Error(err)
			}
			continue
		}
		holds, err := m.Eval(marker.For("3.14.6", linux))
		got := fmt.Sprint(holds)
		if err != nil {
			got = err.Error()
			if !errors.As(err, new(*marker.UnknownError)) {
				t.Errorf("%s: %T", text, err)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if holds, err := (marker.Marker{}).Eval(marker.Env{}); !holds || err != nil {
		t.Errorf("no marker: %v, %v", holds, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, m := range markers {
		f.Add(m)
	}
	f.Add(`'a' in extras and ((os_name not in "b"))`)
	env := marker.For("3.14.6", linux)
	f.Fuzz(func(t *testing.T, s string) {
		m, err := marker.Parse(s)
		if err != nil {
			return
		}
		if _, err := m.Eval(env); err != nil && strings.Contains(err.Error(), "\n") && !strings.Contains(s, "\n") {
			t.Errorf("%q is not one line", err)
		}
		wrapped, err := marker.Parse("(" + s + ") or os_name == 'never'")
		if err != nil {
			return // too deep
		}
		a, errA := m.Eval(env)
		b, errB := wrapped.Eval(env)
		if a != b || (errA == nil) != (errB == nil) {
			t.Errorf("%q: %v, %v; in parentheses %v, %v", s, a, errA, b, errB)
		}
	})
}
