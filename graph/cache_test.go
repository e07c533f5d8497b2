package graph

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/pyc"
)

// TestScanCache asserts that what modules say is kept, and for how long: until anything changes that it was made of.
func TestScanCache(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	input := func() *Input {
		return &Input{
			Version: py314, GOOS: "linux", CacheDir: dir,
			Modules: []Module{
				{Name: "p", Code: []byte("one"), Distribution: "d"},
				{Name: "q", Code: []byte("two"), Distribution: "d"},
				{Name: "own.x", Code: []byte("three")},
				{Name: "own.c", Extension: true, Native: []byte("json")},
			},
			EntryPoints: []EntryPoint{{Group: "g"}},
		}
	}
	result := func(name string) scanned {
		return scanned{Refs: []ref{{Name: name, From: []string{"a"}, Line: 3, Context: pyc.Tried}}, Computed: []Computed{{From: name, When: []string{"w"}}}, Groups: []string{"g"}}
	}
	for _, step := range []struct {
		name   string
		change func(*Input)
		want   []string // modules that are scanned
	}{
		{"first", func(*Input) {}, []string{"p", "q", "own.x", "own.c"}},
		{"the same", func(*Input) {}, []string{"own.c"}},
		{"own code", func(in *Input) { in.Modules[2].Code = []byte("other") }, []string{"own.x", "own.c"}},
		{"code of a distribution", func(in *Input) { in.Modules[1].Code = []byte("other") }, []string{"p", "q", "own.c"}},
		{"platform", func(in *Input) { in.GOOS = "windows" }, []string{"p", "q", "own.x", "own.c"}},
		{"groups", func(in *Input) { in.EntryPoints = nil }, []string{"p", "q", "own.x", "own.c"}},
		{"no cache", func(in *Input) { in.CacheDir = "" }, []string{"p", "q", "own.x", "own.c"}},
		{"damage", func(*Input) { damage(t, dir) }, []string{"p", "q", "own.x", "own.c"}},
		{"mended", func(*Input) {}, []string{"own.c"}},
	} {
		in := input()
		step.change(in)
		found := make([]scanned, len(in.Modules))
		var asked []string
		c := newScanCache(in)
		for _, shelf := range shelves(in.Modules) {
			c.read(&shelf, found)
			if !shelf.empty {
				continue
			}
			for _, i := range shelf.places {
				asked = append(asked, in.Modules[i].Name)
				found[i] = result(in.Modules[i].Name)
			}
			c.write(&shelf, found)
		}
		if diff := cmp.Diff(step.want, asked); diff != "" {
			t.Errorf("%s: scanned (-want +got):\n%s", step.name, diff)
		}
		for i, m := range in.Modules {
			if diff := cmp.Diff(result(m.Name), found[i]); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", step.name, m.Name, diff)
			}
		}
	}
}

// damage changes a byte in every file.
func damage(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "graph", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files in the cache", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)-1] ^= 1
		if err := os.WriteFile(f, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
