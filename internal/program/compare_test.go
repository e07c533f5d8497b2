package program

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/pyembed/table"
)

func stored(s string) table.Stored { return table.Stored{Bytes: []byte(s), Length: len(s)} }

// programOf packs a program of modules, each of which has its source as its code, and files.
func programOf(t *testing.T, m manifest.Manifest, modules, files map[string]string) *Program {
	t.Helper()
	c := &table.Contents{Levels: []int{0, 1}}
	for _, name := range sortedKeys(modules) {
		c.Modules = append(c.Modules, table.Module{Name: name, Code: [][]byte{[]byte(modules[name])}, Source: stored(modules[name])})
		c.Files = append(c.Files, table.File{Path: name + ".py", Module: name})
		m.Files = append(m.Files, manifest.File{Path: name + ".py", Kind: "module", Origin: "src/" + name + ".py"})
	}
	for _, path := range sortedKeys(files) {
		c.Files = append(c.Files, table.File{Path: path, Stored: stored(files[path])})
		m.Files = append(m.Files, manifest.File{Path: path, Kind: "resource", Origin: "src/" + path})
	}
	var err error
	if c.Manifest, err = m.Encode(); err != nil {
		t.Fatal(err)
	}
	data, err := table.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read("test", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCompare(t *testing.T) {
	t.Parallel()
	old := programOf(t, manifest.Manifest{
		Name: "app", Python: "3.14.5", Run: "module a", Settings: []manifest.Setting{{Name: "utf8_mode", Value: "0"}},
		Runtimes: []manifest.Runtime{{Target: "linux/amd64", Name: "lib", SHA256: "0123456789"}},
		Bundled:  []manifest.Bundled{{Name: "openssl", Version: "3.5.0", Licence: "Apache-2.0", In: "libpython"}},
		Distributions: []manifest.Distribution{
			{Normalized: "pip", Version: "25", Licence: manifest.Licence{Expression: "MIT"}, Vendored: []manifest.Vendored{{Name: "rich", Version: "13", Licence: manifest.Licence{Expression: "MIT"}}}},
			{Normalized: "same", Licence: manifest.Licence{Stated: "BSD"}},
		},
	}, map[string]string{"a": "one", "b": "same", "c": "old"}, map[string]string{"d/x": "text", "d/y": "same"})
	moved := programOf(t, manifest.Manifest{
		Name: "app", Python: "3.14.6", Run: "module a", Argv: []string{"-v"}, Verdicts: []manifest.Verdict{{Origin: "src/z", Verdict: "excluded", Rule: "r"}},
		Runtimes: []manifest.Runtime{{Target: "linux/amd64", Name: "lib", SHA256: "9876543210"}},
		Bundled:  []manifest.Bundled{{Name: "openssl", Version: "3.5.1", Licence: "Apache-2.0", In: "libpython"}},
		Distributions: []manifest.Distribution{
			{Normalized: "new"},
			{Normalized: "pip", Version: "25", Licence: manifest.Licence{Stated: "a new one"}, Vendored: []manifest.Vendored{{Name: "rich", Version: "14", Licence: manifest.Licence{Expression: "GPL-2.0-only"}}}},
			{Normalized: "same", Licence: manifest.Licence{Stated: "BSD"}},
		},
	}, map[string]string{"a": "three", "b": "same", "e": "new"}, map[string]string{"d/x": "other", "d/y": "same"})
	for i := range moved.Files {
		if moved.Files[i].Module == "b" {
			moved.Files[i].Origin = "elsewhere"
		}
	}
	want := []Change{
		{Change: Changed, Kind: "python", Name: "python", Old: "3.14.5 ()", New: "3.14.6 ()"},
		{Change: Changed, Kind: "libpython", Name: "linux/amd64", Old: "lib 01234567", New: "lib 98765432"},
		{Change: Removed, Kind: "setting", Name: "utf8_mode", Old: "0"},
		{Change: Changed, Kind: "run", Name: "(run)", Old: "module a", New: "module a -v"},
		{Change: Changed, Kind: "vendored", Name: "rich in pip", Old: "13", New: "14"},
		{Change: Changed, Kind: "bundled", Name: "openssl in libpython", Old: "3.5.0", New: "3.5.1"},
		{Change: Added, Kind: "licence", Name: "new", New: "unknown"},
		{Change: Changed, Kind: "licence", Name: "pip", Old: "MIT", New: `"a new one"`},
		{Change: Changed, Kind: "licence", Name: "rich in pip", Old: "MIT", New: "GPL-2.0-only"},
		{Change: Changed, Kind: "module", Name: "a", What: []string{"source", "bytecode 0", "bytecode 1"}, Old: "7692c3ad", New: "8b5b9db0", OldSize: 6, NewSize: 10},
		{Change: Removed, Kind: "module", Name: "c", Old: "cba06b57", OldSize: 6},
		{Change: Added, Kind: "module", Name: "e", New: "11507a0e", NewSize: 6},
		{Change: Changed, Kind: "resource", Name: "d/x", What: []string{"contents"}, Old: "982d9e3e", New: "d9298a10", OldSize: 4, NewSize: 5},
	}
	got, err := Compare(old, moved, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	strict, err := Compare(old, moved, true)
	if err != nil {
		t.Fatal(err)
	}
	var more []string
	for _, c := range strict {
		if c.Kind == "verdict" || len(c.What) == 1 && c.What[0] == "origin" {
			more = append(more, c.Kind+" "+c.Name)
		}
	}
	if diff := cmp.Diff([]string{"module b", "verdict src/z"}, more); diff != "" || len(strict) != len(got)+2 {
		t.Errorf("strict (-want +got)\n%s%v", diff, strict)
	}
	if same, err := Compare(old, old, true); err != nil || same != nil {
		t.Errorf("with itself: %v, %v", same, err)
	}
}
