package hooks

import (
	"slices"
	"strings"
	"testing"
)

// keywords are words that were names of modules before they became keywords, and others that are easily written by mistake.
var keywords = []string{"and", "as", "async", "await", "class", "def", "from", "global", "import", "in", "is", "lambda", "not", "or", "pass", "with", "yield"}

// TestBuiltin has a look at the hooks that come with oxgen.
func TestBuiltin(t *testing.T) {
	t.Parallel()
	hooks, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		if len(h.Modules) == 0 {
			t.Errorf("%s says nothing", h.Name)
		}
		for _, m := range h.Modules {
			for _, name := range slices.Concat([]string{m.Name}, m.Imports, m.Ignore, m.Extract) {
				for element := range strings.SplitSeq(name, ".") {
					if element == "" || slices.Contains(keywords, element) {
						t.Errorf("%s: %s: no import statement can name %q", h.Name, m.Name, name)
					}
				}
			}
			if len(m.Imports)+len(m.Ignore)+len(m.Virtual)+len(m.Data)+len(m.Extract) == 0 {
				t.Errorf("%s: %s: says nothing", h.Name, m.Name)
			}
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"empty":          {"", ""},
		"whole":          {"distribution = 'X_y'\n[[module]]\nname = 'x'\nversions = '>=1, <2'\nimports = ['x.*']", ""},
		"unknown key":    {"\nmodules = 3", `h.toml:2:1: a hook has no key "modules"`},
		"unknown subkey": {"[[module]]\nname='x'\nimport = ['y']", `h.toml:3:1: a hook has no key`},
		"not TOML":       {"a = ", "h.toml:1"},
		"no name":        {"[[module]]\nimports = ['x']", "`name` is missing"},
		"condition":      {"[[module]]\nname = 'x'\nwhen = 'never'", "`when` must be one of"},
		"version":        {"[[module]]\nname = 'x'\nversions = '~=2'", `"~=2" is no limit`},
		"bad pattern":    {"[[module]]\nname = 'x['", `"x[" is no name`},
		"wrong type":     {"[[module]]\nname = 3", "h.toml:2"},
	}
	for name, test := range tests {
		h, err := Parse("dir/h.toml", []byte(test.text))
		switch {
		case err == nil && (test.want != "" || h.Name != "h"):
			t.Errorf("%s: %+v", name, h)
		case err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestApplies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		limits, version string
		want            bool
	}{
		{"", "1", true},
		{">=2.0, <3", "2.14.0", true},
		{">=2.0, <3", "3.0rc1", false},
		{">=2.0", "1.9", false},
		{"==2.0", "2.0+ds-1", true},
		{"<2", "", true}, // unknown
	}
	for _, test := range tests {
		m := Module{Name: "x", Versions: test.limits}
		if got := m.Applies(test.version, nil); got != test.want {
			t.Errorf("%q in %q: %t", test.version, test.limits, got)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"a.b", "a.b", true},
		{"a.b", "a.b.c", false},
		{"a.*", "a.b.c", true},
		{"a.*", "a", false},
		{"a/*.txt", "a/b/c.txt", true},
		{"*._x", "a.b._x", true},
	} {
		if got := Match(test.pattern, test.name); got != test.want {
			t.Errorf("%q, %q: %t", test.pattern, test.name, got)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	merged := Merge([]Hook{{Name: "a", Distribution: "builtin"}, {Name: "c"}}, []Hook{{Name: "b"}, {Name: "a", Distribution: "own"}})
	var names []string
	for _, h := range merged {
		names = append(names, h.Name+h.Distribution)
	}
	if got := strings.Join(names, " "); got != "aown b c" {
		t.Errorf("got %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("distribution = 'X_y'\n[[module]]\nname = 'x'\nversions = '>=1, <2'\nimports = ['x.*']")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Parse("x.toml", []byte(text))
		if err != nil {
			return
		}
		for _, m := range h.Modules {
			m.Applies("1.2", func(string) bool { return true })
		}
	})
}
