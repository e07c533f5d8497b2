package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
)

func TestParseGoMod(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]config.GoMod{
		"gomod:a.b/c@v1.2.3":                  {Path: "a.b/c", Version: "v1.2.3", Dir: "."},
		"gomod:a.b/c/v2@v2.0.0-rc.1/lib/pkg":  {Path: "a.b/c/v2", Version: "v2.0.0-rc.1", Dir: "lib/pkg"},
		"gomod:a.b/c@v2.0.0+incompatible/lib": {Path: "a.b/c", Version: "v2.0.0+incompatible", Dir: "lib"},
		"gomod:gopkg.in/yaml.v3@v3.0.1/x y":   {Path: "gopkg.in/yaml.v3", Version: "v3.0.1", Dir: "x y"},
		"gomod:github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1/pip": {
			Path: "github.com/kluctl/go-embed-python", Version: "v0.0.0-3.14.6-20260610-1", Dir: "pip",
		},
	} {
		got, ok, err := config.ParseGoMod(source)
		if err != nil || !ok {
			t.Errorf("ParseGoMod(%q): ok %t, error %v", source, ok, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseGoMod(%q): (-want +got)\n%s", source, diff)
		}
		if got.String() != source {
			t.Errorf("String() is %q, want %q", got, source)
		}
	}
}

func TestParseGoModPath(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "src", "./gomod:x", "/a@v1.0.0", "GOMOD:a.b/c@v1.0.0"} {
		if g, ok, err := config.ParseGoMod(source); ok || err != nil || g != (config.GoMod{}) {
			t.Errorf("ParseGoMod(%q): %v, ok %t, error %v; want a plain path", source, g, ok, err)
		}
	}
}

func TestParseGoModErrors(t *testing.T) {
	t.Parallel()
	for source, problem := range map[string]string{
		"gomod:":                  `"gomod:" has no @VERSION`,
		"gomod:@v1.0.0":           `"" is not a module path`,
		"gomod:C/../d@v1.0.0":     `"C/../d" is not a module path`,
		"gomod:a.b/c@":            `"" is not a version of a.b/c`,
		"gomod:a.b/c@latest/x":    `"latest" is not a version of a.b/c`,
		"gomod:a.b/c@v1.2/x":      `"v1.2" is not a version of a.b/c`,
		"gomod:a.b/c@v2.0.0":      `"v2.0.0" is not a version of a.b/c`,
		"gomod:a.b/c@v1.0.0/":     `"" is not a directory inside a.b/c`,
		"gomod:a.b/c@v1.0.0/.":    `"." is not a directory inside a.b/c`,
		"gomod:a.b/c@v1.0.0/../x": `"../x" is not a directory inside a.b/c`,
		"gomod:a.b/c@v1.0.0//x":   `"/x" is not a directory inside a.b/c`,
	} {
		_, ok, err := config.ParseGoMod(source)
		if !ok || err == nil || err.Error() != problem {
			t.Errorf("ParseGoMod(%q): ok %t, error %v, want %s", source, ok, err, problem)
		}
	}
}

func FuzzParseGoMod(f *testing.F) {
	f.Add("gomod:a.b/c@v1.0.0/lib")
	f.Add("gomod:a.b/c/v2@v2.0.0+incompatible")
	f.Fuzz(func(t *testing.T, source string) {
		g, ok, err := config.ParseGoMod(source)
		if all, isDiag := leaves(err); err != nil && (!isDiag || all[0].Hint == "") {
			t.Errorf("error %#v", err)
		}
		if ok && err == nil && (g.String() != source || strings.Contains("/"+g.Dir+"/", "/../")) {
			t.Errorf("%q was read as %#v", source, g)
		}
	})
}
