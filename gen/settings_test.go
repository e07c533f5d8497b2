package gen

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/pyc"
	"github.com/oxgen/oxgen/pyembed"
)

func TestSettings(t *testing.T) {
	number := func(name string, value int64) pyembed.Setting { return pyembed.Setting{Name: name, Value: value} }
	tests := []struct {
		name        string
		interpreter string // lines of [interpreter]
		want        []pyembed.Setting
	}{
		{"defaults", ``, nil},
		{"default spelled out", `site-import = false`, nil},
		{"python profile", `profile = "python"`, []pyembed.Setting{number("isolated", 0), number("safe_path", 0), number("use_environment", 1)}},
		{"safe path in it", "profile = 'python'\nsafe-path = true", []pyembed.Setting{
			number("isolated", 0), number("safe_path", 0), number("use_environment", 1), number("safe_path", 1),
		}},
		{"utf8 off", `utf8-mode = false`, []pyembed.Setting{number("utf8_mode", 0)}},
		{"unbuffered is reversed", `unbuffered = true`, []pyembed.Setting{number("buffered_stdio", 0)}},
		{"hash seed", `hash-seed = 0`, []pyembed.Setting{number("use_hash_seed", 1), number("hash_seed", 0)}},
		{"lists", "warn-options = ['error']\nx-options = ['showrefcount', 'a=b']", []pyembed.Setting{
			{Name: "warnoptions", Value: []string{"error"}},
			{Name: "xoptions", Value: []string{"showrefcount", "a=b"}},
		}},
		{"allocator", `allocator = "malloc"`, []pyembed.Setting{number("allocator", 3)}},
		{"text", `stdio-errors = "replace"`, []pyembed.Setting{{Name: "stdio_errors", Value: "replace"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Parse("oxgen.toml", []byte("[run]\nmodule = 'm'\n[interpreter]\n"+test.interpreter))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, Settings(c, pyc.Version{Major: 3, Minor: 14})); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckSettings(t *testing.T) {
	c, err := config.Parse("oxgen.toml", []byte("[run]\nmodule = 'm'\n[interpreter]\nsafe-path = false\nint-max-str-digits = 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		minor int
		want  string
	}{
		{14, ""},
		{11, "oxgen.toml: interpreter.int-max-str-digits: Python 3.11 has no such option"},
		{10, "oxgen.toml: interpreter.safe-path: Python 3.10 has no such option\noxgen.toml: interpreter.int-max-str-digits: Python 3.10 has no such option"},
	}
	for _, test := range tests {
		got := ""
		if err := checkSettings(c, pyc.Version{Major: 3, Minor: test.minor}); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("3.%d: got %q, want %q", test.minor, got, test.want)
		}
	}
}
