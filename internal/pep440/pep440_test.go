package pep440_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/packagingtest"
	"github.com/oxgen/oxgen/internal/pep440"
)

// The pairs are those of PEP 440, "Normalization".
func TestCanonical(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1.0": "1", "1.0.0": "1", "1.10": "1.10", "01.02": "1.2", "v1.0": "1", "1!2.0": "1!2", "0!2": "2", "0.0": "0",
		"1.1RC1": "1.1rc1", "1.1.a1": "1.1a1", "1.1-a1": "1.1a1", "1.1_a1": "1.1a1", "1.1alpha1": "1.1a1",
		"1.1beta": "1.1b0", "1.1c3": "1.1rc3", "1.1pre2": "1.1rc2", "1.2a.3": "1.2a3",
		"1.2.post2": "1.2.post2", "1.2-post2": "1.2.post2", "1.2post2": "1.2.post2", "1.2-r4": "1.2.post4",
		"1.2.rev4": "1.2.post4", "1.2.post": "1.2.post0", "1.0-1": "1.post1",
		"1.2.dev2": "1.2.dev2", "1.2dev": "1.2.dev0", "1.2-dev3": "1.2.dev3", "1.0a1.post2.dev3": "1a1.post2.dev3",
		"1.0+ubuntu-1": "1+ubuntu.1", "1.0+ubuntu_01": "1+ubuntu.1", " 1.0\n": "1",
		"1.0+abc.Def": "1+abc.def", "2024.1.1": "2024.1.1", "99999999999999999999.0": "99999999999999999999",
	} {
		if got, ok := pep440.Parse(in); !ok || got.Canonical() != want {
			t.Errorf("%q: got %q, %v; want %q", in, got.Canonical(), ok, want)
		}
	}
	for _, in := range []string{"", "x", "1.0.x", "1..0", "1.0+", "1.0 2", "1.0-", "dev", "1.0_local"} {
		if got, ok := pep440.Parse(in); ok {
			t.Errorf("%q: got %q, want none", in, got)
		}
	}
	if v, ok := pep440.ParseEscaped("1.0_local_1"); !ok || v.String() != "1.0+local.1" {
		t.Errorf("escaped: %q, %v", v, ok)
	}
}

var texts = []string{
	"1", "1.0", "1.0.0", "1.0a1", "1.0b2", "1.0rc1", "1.0.dev1", "1.0a1.dev1", "1.0a1.post2", "1.0.post1", "1.0.post1.dev2",
	"1.0+local", "1.0+local.2", "1.0+2", "1.0+10", "1.0.post1+x", "1.1", "1.10", "1.2.3", "2", "2.0a1", "2.0.dev0", "2.0.post3",
	"1!1.0", "1!0.5", "0.9", "0.0.1", "3.11.7", "3.14.6", "3.15.0b1", "3.10", "3.9", "2024.1.1", "01.02", "v1.0", "1.0-1", "1.0c2",
}

// TestAgainstPackaging compares every pair of the texts, and every specifier that they make with every text.
func TestAgainstPackaging(t *testing.T) {
	t.Parallel()
	specifiers := []string{
		"==1.*", "!=1.*", "==1.0.*", "!=1.0.*", "==3.11.*", "==1!1.*", "== 1.0.0.*", "===1.0", "===1.0.0", "===foobar", "=== 1.0A1",
		">=3.8,<4", ">=3.8, !=3.9.*, !=3.10.*", ">= 3.7", "~=3.8.0", "~= 1.0.0.0", ">=3.8,<3.15", "", ">=3.11,",
		"==1.0a1.*", ">=2.7.*", "==1.0+local.*", "3.11", "=>3", "~=1", ">=1.0+x", "==", "=== ", "===a b", "<1;", "==1.*.*",
	}
	for _, op := range []string{"==", "!=", "<", "<=", ">", ">=", "~="} {
		for _, v := range texts {
			if op == "~=" && (v == "v1.0" || v == "1.0c2") {
				continue // packaging looks at the text where PEP 440 means the version, and takes nothing or too little
			}
			specifiers = append(specifiers, op+v)
		}
	}
	var want struct {
		Order [][]int
		Takes [][]bool // nil for what is no specifier
	}
	packagingtest.Ask(t, `
from pip._vendor.packaging.version import Version
from pip._vendor.packaging.specifiers import SpecifierSet, InvalidSpecifier
versions = [Version(v) for v in question["Versions"]]
def takes(s):
    try:
        s = SpecifierSet(s)
    except InvalidSpecifier:
        return None
    return [s.contains(v, prereleases=True) for v in versions]
answer = {
    "Order": [[(v > w) - (v < w) for w in versions] for v in versions],
    "Takes": [takes(s) for s in question["Specifiers"]],
}`, map[string][]string{"Versions": texts, "Specifiers": specifiers}, &want)

	for i, a := range texts {
		got := make([]int, len(texts))
		for j, b := range texts {
			got[j] = pep440.Compare(a, b)
		}
		if diff := cmp.Diff(want.Order[i], got); diff != "" {
			t.Errorf("order of %s (-packaging +got):\n%s", a, diff)
		}
	}
	for i, text := range specifiers {
		s, err := pep440.ParseSpecifier(text)
		if (err == nil) != (want.Takes[i] != nil) {
			t.Errorf("%q: %v, and packaging has %v", text, err, want.Takes[i])
			continue
		}
		if err != nil {
			continue
		}
		for j, v := range texts {
			version, _ := pep440.Parse(v)
			if got := s.Has(version); got != want.Takes[i][j] {
				t.Errorf("%q takes %s: %v", text, v, got)
			}
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	want := []string{"1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0rc1", "1.0", "1.0+x", "1.0+1", "1.0.post1", "1!0.1"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, pep440.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := pep440.ParseEscaped(s)
		if !ok {
			return
		}
		for _, text := range []string{v.String(), v.Canonical()} {
			if w, ok := pep440.Parse(text); !ok || w.Compare(v) != 0 || w.Canonical() != v.Canonical() {
				t.Errorf("%q: %q is not the same", s, text)
			}
		}
	})
}

func FuzzParseSpecifier(f *testing.F) {
	f.Add(">=3.8, !=3.9.*,~=1.0,===x", "1.0")
	f.Fuzz(func(t *testing.T, s, v string) {
		list, err := pep440.ParseSpecifier(s)
		version, ok := pep440.Parse(v)
		if err != nil || !ok {
			return
		}
		again, err := pep440.ParseSpecifier(list.String())
		if err != nil || again.Has(version) != list.Has(version) {
			t.Errorf("%q, read again as %q, differs for %q", s, list, v)
		}
	})
}
