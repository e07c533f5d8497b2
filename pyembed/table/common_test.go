package table

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoContents returns the contents of a program for two platforms, which share all but one module and one file.
func twoContents() []*Contents {
	make := func(platform string) *Contents {
		return &Contents{
			PythonMagic: [4]byte{1, 2, 3, 4}, PythonVersion: 0x030e0000,
			Bootstrap: []byte("bootstrap"), Importer: []byte("importer"),
			Modules: []Module{
				{Name: "both", Code: codes("the code of both"), Source: Stored{Bytes: []byte("the source of both"), Length: 18}},
				{Name: "conf", Code: codes("code of " + platform), Source: Stored{Bytes: []byte("source of " + platform), Length: len(platform) + 10}},
			},
			Files:    []File{{Path: "both.py", Module: "both"}, {Path: "conf.py", Module: "conf"}, {Path: "x.txt", Stored: Stored{Bytes: []byte("data of both"), Length: 12}}},
			Manifest: []byte("about " + platform),
		}
	}
	return []*Contents{make("one"), make("other")}
}

// encodeAll returns the bytes of what NewAll makes.
func encodeAll(t testing.TB, list []*Contents) (tables [][]byte, common []byte) {
	t.Helper()
	all, shared, err := NewAll(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range append(all, shared) {
		data, err := one.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, data)
	}
	return tables[:len(all)], tables[len(all)]
}

// TestNewAll stores once what tables have in common, and reads back what went in.
func TestNewAll(t *testing.T) {
	list := twoContents()
	tables, common := encodeAll(t, list)
	all := string(tables[0]) + string(tables[1]) + string(common)
	for _, text := range []string{"the code of both", "the source of both", "data of both", "code of one", "source of other"} {
		if n := strings.Count(all, text); n != 1 {
			t.Errorf("%q is stored %d times", text, n)
		}
	}
	if strings.Contains(string(common), "of one") || !IsCommon(string(common)) || IsCommon(string(tables[0])) {
		t.Error("the common part has what is not common, or is not known as one")
	}
	for i, c := range list {
		r, err := OpenWith(string(tables[i]), "", string(tables[i]), string(common)+"behind")
		if err != nil {
			t.Fatal(err)
		}
		alone := open(t, encode(t, c))
		if diff := cmp.Diff(modules(t, alone), modules(t, r)); diff != "" {
			t.Errorf("modules of table %d (-alone +with a common part):\n%s", i, diff)
		}
		e, ok, err := r.File("x.txt")
		if err != nil || !ok || string(e.Bytes) != "data of both" {
			t.Errorf("x.txt is %q, %v, %v", e.Bytes, ok, err)
		}
		if err := r.Verify(); err != nil {
			t.Error(err)
		}
	}
}

// TestOpenWithRefuses opens tables without the common part that they were made with.
func TestOpenWithRefuses(t *testing.T) {
	tables, common := encodeAll(t, twoContents())
	other := twoContents()
	other[0].Modules[0].Code, other[1].Modules[0].Code = codes("another"), codes("another")
	_, foreign := encodeAll(t, other)
	for name, commons := range map[string][]string{
		"none": nil, "another's": {string(foreign)}, "truncated": {string(common[:len(common)-1])}, "a table": {string(tables[1])},
	} {
		if _, err := OpenWith(string(tables[0]), commons...); !errors.Is(err, ErrCommon) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if _, err := Open(string(common)); !errors.Is(err, ErrNotTable) {
		t.Errorf("a common part as a table: got error %v", err)
	}
	other[0].PythonVersion++
	if _, _, err := NewAll(other); err == nil {
		t.Error("two versions of Python have a common part")
	}
}
