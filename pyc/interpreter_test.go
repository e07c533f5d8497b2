package pyc

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

func TestProbeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"fake-old":    "Python 2.7.18 is too old: oxgen needs Python 3.10 or newer",
		"fake-new":    "Python 3.99.0 is too new: this oxgen knows bytecode up to Python 3.14",
		"fake-pypy":   "pypy 3.11.9 is not CPython",
		"fake-alpha":  "its bytecode (magic number 3604) is not that of a released Python 3.14",
		"fake-text":   `not a Python interpreter: it printed "hello, I'm no interpreter\n"`,
		"fake-mute":   `not a Python interpreter: it printed ""`,
		"fake-fail":   "ModuleNotFoundError: No module named 'encodings'",
		"fake-absent": "no such file or directory",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			if _, ok := fakes[name]; ok {
				path = fake(t, name)
			}
			_, err := Probe(t.Context(), path)
			var d *diag.Error
			if !errors.As(err, &d) {
				t.Fatalf("error %v, want a *diag.Error", err)
			}
			if d.File != path || d.Hint == "" || !strings.Contains(d.Problem, want) {
				t.Errorf("%v (hint %q), want %q about %s", d, d.Hint, want, path)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	interp := python(t)
	if !filepath.IsAbs(interp.Path) {
		t.Errorf("path %q is not absolute", interp.Path)
	}
	if v, err := MagicVersion(interp.Magic); err != nil || v.Feature() != interp.Version.Feature() {
		t.Errorf("magic number % x of %s, %v; want %s", interp.Magic, v, err, interp.Version)
	}
	if want := "cpython-3" + strings.TrimPrefix(interp.Version.Feature(), "3."); interp.CacheTag != want {
		t.Errorf("cache tag %q, want %q", interp.CacheTag, want)
	}
	if got := interp.Hex >> 8; got != uint32(interp.Version.Major<<16|interp.Version.Minor<<8|interp.Version.Micro) {
		t.Errorf("hexversion %x of %s", interp.Hex, interp.Version)
	}
	for what, list := range map[string][]string{"marshal": interp.Builtin, "zipimport": interp.Frozen, "json": interp.Stdlib} {
		if !slices.Contains(list, what) || !slices.IsSorted(list) {
			t.Errorf("%s is missing, or not sorted: %q", what, list)
		}
	}
	if len(interp.ExtensionSuffixes) == 0 || interp.Platform == "" || interp.Prefix == "" || interp.Build == "" {
		t.Errorf("facts are missing: %+v", interp)
	}
	other := *interp
	other.Build += "+"
	if other.Identity() == interp.Identity() {
		t.Error("another build has the same identity")
	}
}

func TestParseFacts(t *testing.T) {
	t.Parallel()
	got := parseFacts("version\t3\t14\r\nexecutable\t/opt/a%20b/%25%FF\nempty\t\nnone\n\nbad\t%zz\n")
	want := map[string][]string{"version": {"3", "14"}, "executable": {"/opt/a b/%\xff"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
