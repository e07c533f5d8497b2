package rule

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	module := func(name string) File { return File{Path: strings.ReplaceAll(name, ".", "/") + ".py", Module: name} }
	pkg := func(name string) File {
		return File{Path: strings.ReplaceAll(name, ".", "/") + "/__init__.py", Module: name}
	}
	data := func(path string) File { return File{Path: path} }
	for _, test := range []struct {
		pattern  string
		yes, not []File
	}{
		{"pkg", []File{pkg("pkg"), module("pkg"), module("pkg.a.b"), data("pkg/x.json"), data("pkg/a/x.json")}, []File{module("pkga"), data("x/pkg")}},
		{"pkg.**", []File{pkg("pkg"), module("pkg.a"), module("pkg.a.b"), data("pkg/x.json")}, []File{module("pkga.b"), module("q.pkg.a")}},
		{"pkg.*", []File{module("pkg.a"), pkg("pkg.a"), data("pkg/x.json")}, []File{pkg("pkg"), module("pkg.a.b"), data("pkg/a/x.json")}},
		{"pkg.*.c", []File{module("pkg.b.c"), module("pkg.b.c.d")}, []File{module("pkg.c"), module("pkg.a.b.c")}},
		{"pkg.**.c", []File{module("pkg.c"), module("pkg.a.b.c"), module("pkg.c.c")}, []File{module("pkg.a"), module("c")}},
		{"**.tests.**", []File{pkg("tests"), pkg("a.tests"), module("a.b.tests.c")}, []File{module("a.test"), module("testsa")}},
		{"**", []File{module("a"), module("a.b.c"), data("x"), data("a-1.0.dist-info/RECORD")}, nil},
		{"*", []File{module("a"), data("x.txt")}, []File{module("a.b")}},
		{"pkg.data.**", []File{pkg("pkg.data"), data("pkg/data/s3/service-2.json")}, []File{data("pkg/x.json")}},
		{"pkg.test_*", []File{module("pkg.test_a")}, []File{module("pkg.a"), module("pkg.test_a.b")}},
		{"pkg/data/*.json", []File{data("pkg/data/x.json")}, []File{data("pkg/data/x/y.json"), data("pkg/data/x.js"), data("q/pkg/data/x.json")}},
		{"**/*.json", []File{data("x.json"), data("a/b/x.json")}, []File{data("a/x.json/y")}},
		{"pkg/mod.py", []File{module("pkg.mod")}, []File{module("pkg.mod.py")}},
		{"pkg/data", []File{data("pkg/data/a/b"), data("pkg/data")}, []File{data("pkg/database")}},
		{"/LICENSE", []File{data("LICENSE")}, []File{data("pkg/LICENSE")}},
		{"*.dist-info/**", []File{data("a-1.0.dist-info/RECORD")}, []File{data("a/x")}},
		{"[ab].?", []File{module("a.x"), module("b.y")}, []File{module("c.x"), module("a.xy")}},
		{"Pkg", nil, []File{pkg("pkg")}},
	} {
		p, err := Parse(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		for _, f := range test.yes {
			if !p.Match(f) {
				t.Errorf("%s does not match %+v", test.pattern, f)
			}
		}
		for _, f := range test.not {
			if p.Match(f) {
				t.Errorf("%s matches %+v", test.pattern, f)
			}
		}
	}
	if (Pattern{}).Match(module("a")) {
		t.Error("the zero pattern matches")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", ".", "a..b", "a//b", "/", "a.[", "a**", "a.b**.c", "../a", "a/./b", "a/"} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%q is the pattern %v", text, p.elements)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	parse := func(text string) Pattern {
		p, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	list := List{
		{Match: parse("pkg"), Settings: Settings{Include: &no, Compress: Zlib}},
		{Match: parse("pkg.a"), Settings: Settings{Include: &yes}},
		{Distribution: "demo", Settings: Settings{Source: &no, Compress: None, Optimize: []int{2}}},
	}
	var seen []int
	d := list.Decide(File{Path: "pkg/a.py", Module: "pkg.a", Distribution: "demo"}, func(i int) { seen = append(seen, i) })
	if !*d.Include || *d.Source || d.Compress != None || d.Optimize[0] != 2 || d.Location != "" {
		t.Errorf("decided %+v", d)
	}
	if d.By["include"] != 1 || d.By["compress"] != 2 || len(seen) != 3 {
		t.Errorf("by %v, seen %v", d.By, seen)
	}
	if d := list.Decide(File{Path: "x.py", Module: "x"}, nil); d.Include != nil || d.By != nil {
		t.Errorf("decided %+v without a match", d)
	}
	if !list.Includes() || list[:1].Includes() {
		t.Error("which lists take files in is not told")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("**.a.**", "b/a/c.py")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		p, err := Parse(pattern)
		if err != nil {
			return
		}
		p.Match(File{Path: path})
		if all, _ := Parse("**"); !all.Match(File{Path: path}) {
			t.Errorf("** does not match %q", path)
		}
	})
}
