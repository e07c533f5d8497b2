package wheel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/tag"
)

func TestParseFilename(t *testing.T) {
	t.Parallel()
	got, err := ParseFilename("Foo.bar_baz-1.0.post1+local.7-3abc-cp39.cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
	if err != nil {
		t.Fatal(err)
	}
	want := Filename{
		Distribution: "Foo.bar_baz", Version: "1.0.post1+local.7", Build: "3abc",
		Pythons: []string{"cp39", "cp310"}, ABIs: []string{"abi3"},
		Platforms: []string{"manylinux_2_17_x86_64", "manylinux2014_x86_64"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Name() != "foo-bar-baz" || got.Pure() {
		t.Errorf("name %q, pure %v", got.Name(), got.Pure())
	}
	if diff := cmp.Diff([]tag.Tag{
		{Python: "cp39", ABI: "abi3", Platform: "manylinux_2_17_x86_64"},
		{Python: "cp39", ABI: "abi3", Platform: "manylinux2014_x86_64"},
		{Python: "cp310", ABI: "abi3", Platform: "manylinux_2_17_x86_64"},
		{Python: "cp310", ABI: "abi3", Platform: "manylinux2014_x86_64"},
	}, got.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"x.zip":                        "the name does not end in .whl",
		"x-1.whl":                      "the name has 2 parts between dashes, and not 5 or 6",
		"-1-py3-none-any.whl":          `"" is not the name of a distribution`,
		"a b-1-py3-none-any.whl":       `"a b" is not the name of a distribution`,
		"x-one-py3-none-any.whl":       `"one" is not a version`,
		"x-1-beta-py3-none-any.whl":    `the build tag "beta" does not start with a digit`,
		"x-1-1/../e-py3-none-any.whl":  `"1/../e" is not a build tag`,
		"x-\n1-py3-none-any.whl":       `"\n1" is not a version`,
		"x-1-py3..py2-none-any.whl":    `"" is not a tag`,
		"x-1-py3-none-../any.whl":      `"" is not a tag`,
		"x-1-py3-none-linux/64.whl":    `"linux/64" is not a tag`,
		"x-1-1-2-py3-none-any-any.whl": "the name has 8 parts between dashes, and not 5 or 6",
	} {
		if _, err := ParseFilename(name); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestParseEntryPoints(t *testing.T) {
	t.Parallel()
	got, err := ParseEntryPoints([]byte("; comment\r\n[ console_scripts ]\r\nA-b = pkg.mod:Class.run [x, y]\r\n" +
		"[gui_scripts]\nwin=pkg:main\n[x]\nfree text = whatever = 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]EntryPoint{
		{"console_scripts", "A-b", "pkg.mod:Class.run [x, y]"},
		{"gui_scripts", "win", "pkg:main"},
		{"x", "free text", "whatever = 1"},
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"a = b:c\n":                            `line 1: "a = b:c" stands before the first section`,
		"[x\n":                                 `line 1: "[x" is not the head of a section`,
		"[]\n":                                 `line 1: "[]" is not the head of a section`,
		"[console_scripts]\n= b:c\n":           `line 2: "= b:c" is not of the form name = value`,
		"[console_scripts]\na = b\n":           "line 2: the program a names no function",
		"[console_scripts]\n../a = b:c\n":      `line 2: "../a" is not the name of a program`,
		"[gui_scripts]\na = b c:d\n":           `line 2: object reference "b c:d": "b c" is not the name of a module`,
		"[x]\n\xff = 1\n":                      "line 2: is not UTF-8",
		"[console_scripts]\na = b:c [x\n":      `line 2: object reference "b:c [x": the extras want a closing bracket`,
		"[console_scripts]\na = os:system;x\n": `line 2: object reference "os:system;x": "system;x" is not the name of an object`,
	} {
		if _, err := ParseEntryPoints([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestRecordPaths(t *testing.T) {
	t.Parallel()
	got := RecordPaths([]byte("a.py,sha256=x,1\n\"b,c.py\",,\n../../bin/d\n\n,,\n"))
	if diff := cmp.Diff([]string{"a.py", "b,c.py", "../../bin/d"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParseFilename(f *testing.F) {
	f.Add("demo-1.0-py3-none-any.whl")
	f.Add("a-1!2.0rc1.post2.dev3+l_1-1x-cp39.cp310-abi3-linux_x86_64.win32.whl")
	f.Fuzz(func(t *testing.T, name string) {
		got, err := ParseFilename(name)
		if err != nil {
			return
		}
		if strings.ContainsAny(name, "/\\: \x00\n") {
			t.Errorf("%q was accepted", name)
		}
		if len(got.Tags()) != len(got.Pythons)*len(got.ABIs)*len(got.Platforms) || got.Name() == "" {
			t.Errorf("%q: %+v", name, got)
		}
	})
}

func FuzzParseMetadata(f *testing.F) {
	f.Add([]byte("Metadata-Version: 2.4\nName: a\nVersion: 1\nDescription: x\n  y\n\nbody"))
	f.Add([]byte(" \nName: a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := ParseMetadata(data); err == nil && (m.Name == "" || m.Version == "") {
			t.Errorf("%q: %+v", data, m)
		}
		_, _ = parseWheelFile(data)
		_ = RecordPaths(data)
		_, _ = parseRecord("RECORD", data)
	})
}

func FuzzParseEntryPoints(f *testing.F) {
	f.Add([]byte("[console_scripts]\na = b:c [d]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		points, err := ParseEntryPoints(data)
		for _, p := range points {
			if err != nil || p.Name == "" || p.Value == "" || p.Group == "" {
				t.Errorf("%q: %+v, %v", data, p, err)
			}
		}
	})
}
