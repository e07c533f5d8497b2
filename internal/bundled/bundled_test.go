package bundled_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/licence"
)

func TestAll(t *testing.T) {
	if !slices.IsSortedFunc(bundled.All, func(a, b bundled.Library) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	for _, l := range bundled.All {
		for _, version := range []string{"", "1.0", "99.0"} {
			if e := l.LicenceOf(version); e == "" || mustParse(t, e) != e {
				t.Errorf("%s %s: licence %q", l.Name, version, e)
			}
		}
		if l.Within != "" && bundled.Find(l.Within) == nil {
			t.Errorf("%s lies within %s, which is not known", l.Name, l.Within)
		}
	}
}

func mustParse(t *testing.T, text string) string {
	t.Helper()
	e, ok := licence.Parse(text)
	if !ok {
		t.Errorf("%q is no expression", text)
	}
	return e
}

// TestTexts holds the texts against what is said about them.
func TestTexts(t *testing.T) {
	for _, l := range bundled.All {
		text := l.Text("99.0")
		if text == nil || slices.Contains([]string{"ncurses", "sqlite", "tcl", "tk"}, l.Name) {
			continue // texts that the library does not know
		}
		if got := licence.Scan(text); !strings.Contains(l.Licence, got) || got == "" {
			t.Errorf("%s: the text is that of %q, want %q", l.Name, got, l.Licence)
		}
	}
	if bundled.Find("openssl").Text("1.1.1w") != nil {
		t.Error("OpenSSL 1.1.1 came under another licence")
	}
}

func TestVersionIn(t *testing.T) {
	for _, test := range []struct{ name, code, want string }{
		{"bzip2", "x\x001.0.8, 13-Jul-2019\x00y", "1.0.8"},
		{"xz", "\x005.8.1\x00", "5.8.1"},
		{"xz", "\x005.8.1\x00\x005.4.0\x00", ""},
		{"zlib", " deflate 1.3.1 Copyright 1995-2024 \x00 inflate 1.3.1 Copyright", "1.3.1"},
		{"openssl", "\x00OpenSSL 3.5.7 9 Jun 2026\x00", "3.5.7"},
		{"openssl", "OpenSSL 3.0.0 and newer", ""},
		{"tcl", "\x009.0.3\x00", "9.0.3"},
		{"libffi", "3.4.6", ""},
	} {
		if got := bundled.Find(test.name).VersionIn([]byte(test.code)); got != test.want {
			t.Errorf("%s in %q: got %q, want %q", test.name, test.code, got, test.want)
		}
	}
}

func TestCPE(t *testing.T) {
	if got, want := bundled.Find("openssl").CPE("3.5.7"), "cpe:2.3:a:openssl:openssl:3.5.7:*:*:*:*:*:*:*"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := bundled.Find("openssl").CPE(""); got != "" {
		t.Errorf("got %q without a version", got)
	}
}
