package trial

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/pyembed/table"
)

// testProgram is a program with a module of every sort.
func testProgram(t *testing.T) *program.Program {
	t.Helper()
	source := func(s string) table.Stored { return table.Stored{Bytes: []byte(s), Length: len(s)} }
	script := manifest.ScriptModule("bin/tool")
	c := &table.Contents{
		Modules: []table.Module{
			{Name: "pkg", Package: true, Code: [][]byte{{1}}, Source: source("p")},
			{Name: "pkg.__main__", Code: [][]byte{{1}}, Source: source("m")},
			{Name: "pkg.mod", Code: [][]byte{{7}}, Sourceless: true},
			{Name: "pkg.ext", Extension: "pkg/ext.so"},
			{Name: "space", Package: true, Namespace: true},
			{Name: "space.in", Code: [][]byte{{1}}, Source: source("i")},
			{Name: "json", Code: [][]byte{{1}}, Source: source("j")},
			{Name: "_oxgen_files", Code: [][]byte{{1}}, Sourceless: true},
			{Name: script, Code: [][]byte{{1}}, Source: source("s")},
		},
		Files: []table.File{
			{Path: "pkg/__init__.py", Module: "pkg"},
			{Path: "pkg/__main__.py", Module: "pkg.__main__"},
			{Path: "pkg/mod.pyc", Module: "pkg.mod"},
			{Path: "pkg/ext.so", Stored: source("ELF")},
			{Path: "pkg/data/x", Stored: source("data")},
			{Path: "space/in.py", Module: "space.in"},
			{Path: "json.py", Module: "json"},
			{Path: "bin/tool", Module: script},
		},
		Natives: []table.Native{{Path: "pkg/ext.so", Digest: "d"}},
	}
	m := manifest.Manifest{Files: []manifest.File{
		{Path: "bin/tool", Kind: "module"}, {Path: "json.py", Kind: "module", Distribution: stdlib}, {Path: "pkg/__init__.py", Kind: "module"},
	}}
	var err error
	if c.Manifest, err = m.Encode(); err != nil {
		t.Fatal(err)
	}
	data, err := table.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := program.Read("test", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestModules(t *testing.T) {
	t.Parallel()
	p := testProgram(t)
	for _, test := range []struct{ only, skip, want []string }{
		{nil, nil, []string{"json", "pkg", "pkg.ext", "pkg.mod", "space.in"}},
		{[]string{"pkg", "space"}, nil, []string{"pkg", "pkg.ext", "pkg.mod", "space.in"}},
		{[]string{"pkg"}, []string{"pkg.mod"}, []string{"pkg", "pkg.ext"}},
		{[]string{"pk"}, nil, nil},
	} {
		if diff := cmp.Diff(test.want, Modules(p, test.only, test.skip)); diff != "" {
			t.Errorf("only %q, skip %q (-want +got):\n%s", test.only, test.skip, diff)
		}
	}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Unpack(testProgram(t), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"pkg/__init__.py": "p", "pkg/data/x": "data", "pkg/ext.so": "ELF", "space/in.py": "i",
		"pkg/mod.pyc": "\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x07",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	if exists(filepath.Join(dir, "json.py")) {
		t.Error("the standard library is unpacked")
	}
}

func TestFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		inside, outside Kind
		want            bool
	}{
		{OK, "", false},
		{Error, OK, true},
		{Error, Error, false},
		{Exit, Error, false},
		{Crash, Error, true},
		{Crash, Crash, false},
		{Hang, OK, true},
		{Hang, Hang, false},
		{Error, Crash, false},
	} {
		f := Finding{Inside: Outcome{Kind: test.inside}, Outside: Outcome{Kind: test.outside}}
		if f.Fails() != test.want {
			t.Errorf("%s inside, %s outside: fails is %v", test.inside, test.outside, !test.want)
		}
	}
}
