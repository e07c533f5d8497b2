package table

import (
	"reflect"
	"strings"
	"testing"
)

// nativeSample is a program with extension modules and libraries.
func nativeSample() *Contents {
	code := Stored{Bytes: []byte("\x7fELF"), Length: 4}
	return &Contents{
		Levels: []int{0, 2},
		Modules: []Module{
			{Name: "ext", Extension: "ext.cpython-314-x86_64-linux-gnu.so"},
			{Name: "pkg", Package: true, Extension: "pkg/__init__.abi3.so"},
			{Name: "pkg.inside", Extension: "pkg/inside.so"},
			{Name: "pkg.plain", Code: codes("plain")},
		},
		Files: []File{
			{Path: "pkg.libs/libb.so.1", Stored: code},
			{Path: "ext.cpython-314-x86_64-linux-gnu.so", Stored: code},
			{Path: "pkg/__init__.abi3.so", Stored: code},
			{Path: "pkg/inside.so", Stored: code},
			{Path: "pkg.libs/liba.so.1", Stored: code},
		},
		Natives: []Native{
			{Path: "pkg/inside.so", Digest: "d3", Needs: []string{"pkg.libs/libb.so.1", "pkg.libs/liba.so.1"}},
			{Path: "ext.cpython-314-x86_64-linux-gnu.so", Digest: "d1"},
			{Path: "pkg/__init__.abi3.so", Digest: "d2"},
			{Path: "pkg.libs/libb.so.1", Digest: "d4", Name: "libb.so.1", Needs: []string{"pkg.libs/liba.so.1"}},
			{Path: "pkg.libs/liba.so.1", Digest: "d5", Name: "liba.so.1", Located: true},
		},
	}
}

func TestNatives(t *testing.T) {
	r := open(t, encode(t, nativeSample()))
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	got, err := r.Natives()
	if err != nil {
		t.Fatal(err)
	}
	sample := nativeSample().Natives
	if want := []Native{sample[1], sample[4], sample[3], sample[2], sample[0]}; !reflect.DeepEqual(got, want) {
		t.Errorf("natives:\ngot  %+v\nwant %+v", got, want)
	}
	var extensions []string
	for m, err := range r.Modules() {
		if err != nil {
			t.Fatal(err)
		}
		extensions = append(extensions, m.Name+" "+flags(&m)+" "+m.Extension)
		if m.Extension != "" && (len(m.Code) > 0 || m.Sourceless) {
			t.Errorf("%s has code: %q", m.Name, m.Code)
		}
	}
	if diff := difference(extensions, []string{
		"ext ------ ext.cpython-314-x86_64-linux-gnu.so",
		"pkg p----- pkg/__init__.abi3.so",
		"pkg.inside ------ pkg/inside.so",
		"pkg.plain ------ ",
	}); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
}

func TestNoNatives(t *testing.T) {
	if list, err := open(t, encode(t, sample())).Natives(); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v; want none", list, err)
	}
}

// TestReaderFile looks files and directories up by their paths.
func TestReaderFile(t *testing.T) {
	r := open(t, encode(t, nativeSample()))
	for path, want := range map[string]string{
		"pkg/inside.so": "\x7fELF", "pkg.libs/liba.so.1": "\x7fELF", "pkg": "directory", "pkg.libs": "directory",
		"pkg/inside.so/x": "", "pkg/inside": "", "nothing": "", "": "", "pkg/": "", "/pkg": "", "pkg//inside.so": "", "../pkg": "",
	} {
		e, ok, err := r.File(path)
		switch {
		case err != nil:
			t.Errorf("%q: %v", path, err)
		case ok != (want != ""):
			t.Errorf("%q: found %v, want %v", path, ok, !ok)
		case ok && e.Dir != (want == "directory"), ok && !e.Dir && string(e.Bytes) != want, ok && e.Path != path:
			t.Errorf("%q: got %+v, want %q", path, e, want)
		}
	}
}

func TestEncodeRefusesNatives(t *testing.T) {
	for name, test := range map[string]struct {
		change func(c *Contents)
		want   string
	}{
		"twice":               {func(c *Contents) { c.Natives = append(c.Natives, c.Natives[0]) }, `"pkg/inside.so" is listed twice`},
		"no file":             {func(c *Contents) { c.Natives[1].Path = "gone.so" }, `"gone.so" is no file of the table`},
		"no digest":           {func(c *Contents) { c.Natives[0].Digest = "" }, `digest "" is no file name`},
		"digest elsewhere":    {func(c *Contents) { c.Natives[0].Digest = "a/b" }, `digest "a/b" is no file name`},
		"parent as digest":    {func(c *Contents) { c.Natives[0].Digest = ".." }, `digest ".." is no file name`},
		"extension is none":   {func(c *Contents) { c.Natives = c.Natives[:0] }, `"ext.cpython-314-x86_64-linux-gnu.so" is no native file`},
		"extension elsewhere": {func(c *Contents) { c.Modules[2].Extension = "ext.cpython-314-x86_64-linux-gnu.so" }, `module "pkg.inside": no import finds it at`},
		"extension below":     {func(c *Contents) { c.Modules[1].Package = false; c.Modules = c.Modules[:2] }, `module "pkg": no import finds it at`},
		"extension with code": {func(c *Contents) { c.Modules[0].Code = codes("0", "2") }, "an extension module has neither code nor source"},
		"unknown need":        {func(c *Contents) { c.Natives[3].Needs[0] = "libx.so" }, `needs "libx.so", which is no native file`},
		"needs itself":        {func(c *Contents) { c.Natives[4].Needs = []string{"pkg.libs/liba.so.1"} }, "need each other"},
		"ring":                {func(c *Contents) { c.Natives[4].Needs = []string{"pkg.libs/libb.so.1"} }, "need each other"},
	} {
		t.Run(name, func(t *testing.T) {
			c := nativeSample()
			test.change(c)
			if _, err := Encode(c); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

// TestNativeShapes reads rows that no table of ours has.
func TestNativeShapes(t *testing.T) {
	for _, row := range []any{
		nil, 1, "text", tuple{}, tuple{"d", 0}, tuple{0, 0, "n"}, tuple{"d", "0", "n"}, tuple{"d", 0, 1}, tuple{"d", 0, "n", 5}, tuple{"d", 0, "n", tuple{}}, dict{},
	} {
		if n, err := native("a.so", row); err == nil {
			t.Errorf("%#v is read as %+v", row, n)
		}
	}
}

// FuzzNatives reads what claims to be the page of the files for the dynamic linker.
func FuzzNatives(f *testing.F) {
	f.Add(appendValue(nil, dict{
		keys:   []string{"a.so", "b.so"},
		values: []any{tuple{"d", 0, "liba.so"}, tuple{"d", NativeLocated, "", "a.so"}},
	}))
	f.Add(appendValue(nil, dict{keys: []string{"a.so"}, values: []any{tuple{"d", 0, 1}}}))
	f.Add(appendValue(nil, tuple{tuple{"a.so"}, ints(0, 8)}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, page []byte) {
		w := &Reader{data: string(page), root: rootPage{natives: span{0, len(page)}, levels: []int{0}}}
		list, err := w.Natives()
		if err != nil && list != nil {
			t.Errorf("an error, and %v", list)
		}
		for _, n := range list {
			if again, err := native(n.Path, tuple{n.Digest, 0, n.Name}); err != nil || again.Digest != n.Digest {
				t.Errorf("%+v is read as %+v, %v", n, again, err)
			}
		}
	})
}
