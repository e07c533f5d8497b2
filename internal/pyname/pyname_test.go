package pyname

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIsIdentifier(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a": true, "_": true, "a1": true, "class": true, "größe": true, "日本": true, "ª": true, "℘": true, "a·": true, "Ⅷ": true,
		"": false, "1a": false, "a-b": false, "a.b": false, "a b": false, "{{x}}": false, "·a": false, "\xff": false, "a\u00a0": false,
	} {
		if got := IsIdentifier(s); got != want {
			t.Errorf("IsIdentifier(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestIsModule(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a": true, "a.b_c.d1": true, "match.type": true,
		"": false, "a.": false, ".a": false, "a..b": false, "a.class": false, "a-b": false, "a:b": false,
	} {
		if got := IsModule(s); got != want {
			t.Errorf("IsModule(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestModuleOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, name string
		isPackage  bool
		ok         bool
	}{
		{"json/decoder.py", "json.decoder", false, true},
		{"json/__init__.py", "json", true, true},
		{"__init__.py", "__init__", false, true},
		{"my-script.py", "my-script", false, true},
		{"a.b.py", "", false, false},
		{"x.libs/y.py", "", false, false},
		{"a//b.py", "", false, false},
		{".py", "", false, false},
		{"a.pyc", "", false, false},
	} {
		name, isPackage, ok := ModuleOf(tt.path)
		if name != tt.name || isPackage != tt.isPackage || ok != tt.ok {
			t.Errorf("ModuleOf(%q) = %q, %v, %v", tt.path, name, isPackage, ok)
		}
		if ok && PathOf(name, isPackage) != tt.path {
			t.Errorf("PathOf(%q, %v) = %q, want %q", name, isPackage, PathOf(name, isPackage), tt.path)
		}
	}
}

// The names of one project in PEP 503, and what the specification of names adds.
func TestNormalize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"friendly-bard": "friendly-bard", "Friendly-Bard": "friendly-bard", "FRIENDLY-BARD": "friendly-bard",
		"friendly.bard": "friendly-bard", "friendly_bard": "friendly-bard", "friendly--bard": "friendly-bard",
		"FrIeNdLy-._.-bArD": "friendly-bard", "": "",
	} {
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{
		"a": true, "A.b-c_d1": true, "3to2": true, "": false, "-a": false, "a-": false, "a b": false, "ä": false, "a/b": false,
	} {
		if got := IsDistribution(in); got != want {
			t.Errorf("IsDistribution(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestParseReference(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Reference{
		"a":                    {Module: "a"},
		"a.b:c.d":              {Module: "a.b", Object: "c.d"},
		" a.b : c ":            {Module: "a.b", Object: "c"},
		"a:b [x, y-z]":         {Module: "a", Object: "b", Extras: []string{"x", "y-z"}},
		"importlib.util:größe": {Module: "importlib.util", Object: "größe"},
	} {
		got, err := ParseReference(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	for _, in := range []string{"", ":f", "a:", "a:b:c", "a-b:c", "a:class", "a:b [", "a:b []", "a:b [x] y", "a b:c"} {
		if got, err := ParseReference(in); err == nil {
			t.Errorf("%q: got %+v, want an error", in, got)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add("a.b:c.d [x, y]")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseReference(s)
		if err != nil {
			return
		}
		again, err := ParseReference(r.String())
		again.Extras = r.Extras
		if diff := cmp.Diff(r, again); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", s, err, diff)
		}
	})
}

func FuzzModuleOf(f *testing.F) {
	f.Add("a/b.py")
	f.Add("a/__init__.py")
	f.Fuzz(func(t *testing.T, path string) {
		name, isPackage, ok := ModuleOf(path)
		if ok && (PathOf(name, isPackage) != path || strings.Contains(name, "/")) {
			t.Errorf("%q: %q, and back %q", path, name, PathOf(name, isPackage))
		}
	})
}
