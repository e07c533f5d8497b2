package dist

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/versions"
)

func TestKnown(t *testing.T) {
	t.Parallel()
	defaults := 0
	for i, r := range Known() {
		if err := module.Check(r.Module, r.ModuleVersion); err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(r.Sum, "h1:") || !strings.Contains(r.ModuleVersion, r.Version) ||
			!slices.Contains(r.Targets, target.Target{GOOS: "linux", GOARCH: "amd64"}) {
			t.Errorf("release %+v", r)
		}
		if i > 0 && versions.Compare(Known()[i-1].Version, r.Version) <= 0 {
			t.Errorf("%s does not come after %s", Known()[i-1].Version, r.Version)
		}
		if r.Default {
			defaults++
		}
	}
	if defaults != 1 {
		t.Errorf("%d defaults", defaults)
	}
}

func TestFindRelease(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec    string
		version string // "" when the spec is no version
		release string // "" when there is none
	}{
		{"3", "3", "3.14.6"},
		{"3.14", "3.14", "3.14.6"},
		{"3.14.6", "3.14.6", "3.14.6"},
		{"cpython-3.11", "3.11", "3.11.11"},
		{"cpython-3.10.16", "3.10.16", "3.10.16"},
		{"3.1", "3.1", ""},
		{"3.12", "3.12", ""},
		{"3.14.5", "3.14.5", ""},
		{"2.7", "2.7", ""},
		{"python3.11", "", ""},
		{"python", "", ""},
		{"./3.11", "", ""},
		{"3.11/", "", ""},
		{"3.", "", ""},
		{"cpython-", "", ""},
	}
	for _, tt := range tests {
		version, ok := asVersion(tt.spec)
		if version != tt.version || ok != (tt.version != "") {
			t.Errorf("asVersion(%q) = %q, %v, want %q", tt.spec, version, ok, tt.version)
		}
		r, _ := findRelease(version)
		if version != "" && r.Version != tt.release {
			t.Errorf("findRelease(%q) = %q, want %q", version, r.Version, tt.release)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want       Want
		spec, from string
		path       string
	}{
		{Want{}, "default", "the default", "default"},
		{Want{Flag: "a", Env: "b", Config: "c"}, "a", "--python", "a"},
		{Want{Env: "x/b", Config: "c"}, "x/b", "$OXGEN_PYTHON", "x/b"},
		{Want{Config: "./c", ConfigFile: "sub/oxgen.toml"}, "./c", "python in sub/oxgen.toml", "sub/c"},
		{Want{Config: "/abs/c", ConfigFile: "sub/pyproject.toml"}, "/abs/c", "python in sub/pyproject.toml", "/abs/c"},
		{Want{Config: "c"}, "c", "python in oxgen.toml", "c"},
	}
	for _, tt := range tests {
		c := tt.want.choose()
		got := []string{c.spec, c.from, c.path()}
		if diff := cmp.Diff([]string{tt.spec, tt.from, tt.path}, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.want, diff)
		}
	}
}
