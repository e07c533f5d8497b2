package licence_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/licence"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"MIT":                                   "MIT",
		"mit or  apache-2.0":                    "MIT OR Apache-2.0",
		"GPL-3.0":                               "GPL-3.0-only",
		"gpl-2.0+ with Classpath-exception-2.0": "GPL-2.0-or-later WITH Classpath-exception-2.0",
		"(MIT AND (BSD-3-Clause or 0bsd))":      "(MIT AND (BSD-3-Clause OR 0BSD))",
		"LicenseRef-Proprietary":                "LicenseRef-Proprietary",
		"BSD":                                   "",
		"":                                      "",
		"(MIT":                                  "",
		"MIT AND":                               "",
		"MIT Apache-2.0":                        "",
		"WITH":                                  "",
		"()":                                    "",
	} {
		got, ok := licence.Parse(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", text, got, ok, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("MIT OR (GPL-2.0+ WITH x AND LicenseRef-y)")
	f.Add("DocumentRef-a:LicenseRef-b+")
	f.Fuzz(func(t *testing.T, text string) {
		e, ok := licence.Parse(text)
		if !ok {
			return
		}
		if again, ok := licence.Parse(e); !ok || again != e {
			t.Errorf("%q is %q, and that is %q", text, e, again)
		}
		rules := licence.Rules{Deny: []string{"*"}}
		if len(rules.Denied(e)) == 0 {
			t.Errorf("%q passes where all is denied", e)
		}
	})
}

func TestDetect(t *testing.T) {
	t.Parallel()
	mit, err := os.ReadFile("testdata/mit.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		in   licence.Declared
		want licence.Found
	}{
		{"expression", licence.Declared{Expression: "mit", License: "BSD-3-Clause"}, licence.Found{Expression: "MIT", From: licence.FromExpression}},
		{"field", licence.Declared{License: "Apache 2.0"}, licence.Found{Expression: "Apache-2.0", From: licence.FromField}},
		{"field of two", licence.Declared{License: "MIT or Apache License, Version 2.0"}, licence.Found{Expression: "MIT OR Apache-2.0", From: licence.FromField}},
		{"GPLv3+", licence.Declared{License: "GPLv3+"}, licence.Found{Expression: "GPL-3.0-or-later", From: licence.FromField}},
		{
			"classifiers",
			licence.Declared{License: "BSD", Classifiers: []string{"License :: OSI Approved", "License :: OSI Approved :: MIT License"}},
			licence.Found{Expression: "MIT", From: licence.FromClassifiers},
		},
		{
			"two classifiers",
			licence.Declared{Classifiers: []string{"License :: OSI Approved :: MIT License", "License :: OSI Approved :: Apache Software License"}},
			licence.Found{Expression: "MIT AND Apache-2.0", From: licence.FromClassifiers},
		},
		{
			"ambiguous classifier",
			licence.Declared{Classifiers: []string{"License :: OSI Approved :: BSD License", "License :: OSI Approved :: MIT License"}},
			licence.Found{Stated: "BSD License, MIT License"},
		},
		{"text", licence.Declared{License: "BSD", Texts: [][]byte{mit, mit}}, licence.Found{Expression: "MIT", From: licence.FromTexts}},
		{"text in the field", licence.Declared{License: string(mit)}, licence.Found{Expression: "MIT", From: licence.FromField}},
		{"words", licence.Declared{License: "Do what you like", Classifiers: []string{"Topic :: Games"}}, licence.Found{Stated: "Do what you like"}},
		{"nothing", licence.Declared{License: "UNKNOWN"}, licence.Found{}},
		{"broken expression", licence.Declared{Expression: "MIT AND", License: "ISC"}, licence.Found{Expression: "ISC", From: licence.FromField}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, licence.Detect(test.in, licence.Scan)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rules      licence.Rules
		expression string
		want       []string
	}{
		{licence.Rules{}, "GPL-3.0-only", nil},
		{licence.Rules{Deny: []string{"GPL-3.0-only"}}, "GPL-3.0-only", []string{"GPL-3.0-only"}},
		{licence.Rules{Deny: []string{"gpl-3.0"}}, "GPL-3.0-only", []string{"GPL-3.0-only"}},
		{licence.Rules{Deny: []string{"GPL-3.0-only"}}, "GPL-3.0-or-later", nil},
		{licence.Rules{Deny: []string{"GPL-*"}}, "MIT OR GPL-3.0-or-later", nil},
		{licence.Rules{Deny: []string{"GPL-*"}}, "MIT AND GPL-3.0-or-later", []string{"GPL-3.0-or-later"}},
		{licence.Rules{Deny: []string{"GPL-*"}}, "LGPL-3.0-only", nil},
		{licence.Rules{Deny: []string{"GPL-3.0-only"}}, "GPL-2.0-or-later AND GPL-3.0-only", []string{"GPL-3.0-only"}},
		{licence.Rules{Deny: []string{"GPL-*"}}, "(GPL-2.0-only OR MIT) AND (ISC OR GPL-3.0-only)", nil},
		{licence.Rules{Deny: []string{"GPL-*", "MIT"}}, "(GPL-2.0-only OR MIT) AND ISC", []string{"GPL-2.0-only", "MIT"}},
		{licence.Rules{Deny: []string{"GPL-*"}}, "GPL-2.0-only WITH Classpath-exception-2.0", []string{"GPL-2.0-only WITH Classpath-exception-2.0"}},
		{licence.Rules{Deny: []string{"unknown"}}, "", []string{"unknown"}},
		{licence.Rules{Deny: []string{"*"}}, "", nil},
		{licence.Rules{Allow: []string{"MIT"}}, "", nil},
		{licence.Rules{Allow: []string{"MIT", "BSD-*"}}, "MIT AND BSD-3-Clause", nil},
		{licence.Rules{Allow: []string{"MIT", "BSD-*"}}, "MIT AND ISC", []string{"ISC"}},
		{licence.Rules{Allow: []string{"GPL-2.0-only WITH Classpath-exception-2.0"}}, "GPL-2.0-only WITH Classpath-exception-2.0", nil},
		{licence.Rules{Allow: []string{"*"}, Deny: []string{"MIT"}}, "MIT OR ISC", nil},
	} {
		if diff := cmp.Diff(test.want, test.rules.Denied(test.expression)); diff != "" {
			t.Errorf("%+v, %q (-want +got)\n%s", test.rules, test.expression, diff)
		}
	}
}

func TestDeniedIsLinear(t *testing.T) {
	t.Parallel()
	e, ok := licence.Parse(strings.Repeat("(MIT OR ISC) AND ", 200) + "MIT")
	rules := licence.Rules{Deny: []string{"ISC"}}
	if !ok || rules.Denied(e) != nil {
		t.Errorf("%q is denied", e)
	}
}

func TestCache(t *testing.T) {
	t.Parallel()
	mit, err := os.ReadFile("testdata/mit.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := licence.Cache{Dir: t.TempDir() + "/licence"}
	for range 2 {
		for text, want := range map[string]string{string(mit): "MIT", "my own words": ""} {
			if got := c.Scan([]byte(text)); got != want {
				t.Errorf("%.20q: got %q, want %q", text, got, want)
			}
		}
	}
	files, err := filepath.Glob(c.Dir + "/*/*")
	if err != nil || len(files) != 2 {
		t.Errorf("kept %q, %v", files, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("MIT AND"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Scan(mit); got != "MIT" {
		t.Errorf("of a damaged cache: got %q", got)
	}
}

func TestCheckPattern(t *testing.T) {
	t.Parallel()
	for pattern, ok := range map[string]bool{
		"MIT": true, "GPL-*": true, "unknown": true, "GPL-2.0-only WITH Classpath-exception-2.0": true, "LicenseRef-Ours": true,
		"": false, "[": false, "BSD": false, "MIT OR ISC": false,
	} {
		if err := licence.CheckPattern(pattern); (err == nil) != ok {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
