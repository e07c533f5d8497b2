package analysis

import (
	"bytes"
	"compress/zlib"
	"debug/macho"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/objfile/objfiletest"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
	"github.com/oxgen/oxgen/pyembed/table"
)

// tree writes files below a directory.
func tree(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// glibcVersion is a needed version of the C library.
func glibcVersion(names ...string) []objfiletest.Version {
	var list []objfiletest.Version
	for _, n := range names {
		list = append(list, objfiletest.Version{Library: "libc.so.6", Name: "GLIBC_" + n})
	}
	return list
}

// extension is a module that needs a library of its wheel, one of the system and one that is nowhere.
func extension() []byte {
	return objfiletest.ELF{
		Needed: []string{"libz-1a.so.1", "libm.so.6", "libpython3.14.so.1.0", "libc.so.6"}, RunPath: "$ORIGIN/../x.libs",
		Versions: append(glibcVersion("2.2.5", "2.29"), objfiletest.Version{Library: "libz-1a.so.1", Name: "GLIBC_2.99"}),
		Exports:  []string{"PyInit_core"},
	}.Bytes()
}

func library() []byte {
	return objfiletest.ELF{
		SOName: "libz-1a.so.1", Needed: []string{"libstdc++.so.6", "libc.so.6"},
		Versions: append(glibcVersion("2.14"), objfiletest.Version{Library: "libstdc++.so.6", Name: "GLIBCXX_3.4.21"}),
	}.Bytes()
}

// describe returns lines of what the report says: the file, then "LIBRARY BY PATH" for each need.
func describe(r *Report, dir string) []string {
	var lines []string
	for _, f := range r.Files {
		lines = append(lines, strings.TrimPrefix(f.Name, dir+"/")+": "+f.Versions.String()+strings.Join(append([]string{""}, f.Modules...), " +"))
		for _, n := range f.Needs {
			line := "  " + n.Library + " " + n.By
			for _, more := range []string{strings.TrimPrefix(n.Path, dir+"/"), n.Package} {
				if more != "" {
					line += " " + more
				}
			}
			lines = append(lines, line)
		}
	}
	for _, n := range r.Notes {
		lines = append(lines, "note: "+strings.ReplaceAll(n, dir+"/", ""))
	}
	return lines
}

func TestAnalyze(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tree(t, dir, map[string][]byte{
		"tree/x/core.so":                               extension(),
		"tree/x/readme.txt":                            []byte("text"),
		"tree/x.libs/libz-1a.so.1":                     library(),
		"host/usr/lib/libstdc++.so.6":                  objfiletest.ELF{SOName: "libstdc++.so.6"}.Bytes(),
		"host/var/lib/dpkg/info/libstdc++6:amd64.list": []byte("/.\n/usr/lib/libstdc++.so.6\n"),
		"musl.so":       objfiletest.ELF{Needed: []string{"libc.musl-x86_64.so.1"}}.Bytes(),
		"private.so":    objfiletest.ELF{Needed: []string{"libc.so.6"}, Versions: glibcVersion("2.4", "PRIVATE")}.Bytes(),
		"cycle/liba.so": objfiletest.ELF{SOName: "liba.so", Needed: []string{"libb.so"}}.Bytes(),
		"cycle/libb.so": objfiletest.ELF{SOName: "libb.so", Needed: []string{"liba.so"}}.Bytes(),
		"two/a/m.so":    objfiletest.ELF{Needed: []string{"libq.so"}}.Bytes(),
		"two/a/libq.so": objfiletest.ELF{SOName: "libq.so"}.Bytes(),
		"two/b/m.so":    objfiletest.ELF{Needed: []string{"libq.so"}}.Bytes(),
		"two/b/libq.so": objfiletest.ELF{SOName: "libq.so", Padding: 1}.Bytes(),
		"two/c/m.so":    objfiletest.ELF{Needed: []string{"libq.so"}}.Bytes(),
		"two/c/libq.so": objfiletest.ELF{SOName: "libq.so"}.Bytes(),
		"x.pyd": objfiletest.PE{
			Library: true, Name: "x.pyd", Exports: []string{"PyInit_x"}, Needed: []objfiletest.DLL{{Name: "python314.dll"}, {Name: "KERNEL32.dll"}}, Delayed: []string{"gone.dll"},
		}.Bytes(),
		"mac/m.so":    objfiletest.Universal(objfiletest.MachO{CPU: macho.CpuAmd64, Needed: []string{"@loader_path/l.dylib"}}.Bytes(), objfiletest.MachO{Needed: []string{"@loader_path/l.dylib"}}.Bytes()),
		"mac/l.dylib": objfiletest.MachO{Type: macho.TypeDylib, ID: "@rpath/l.dylib", Needed: []string{"/usr/lib/libSystem.B.dylib"}}.Bytes(),
		"program":     append(objfiletest.ELF{PIE: true}.Bytes(), program(t)...),
	})
	tree(t, dir, map[string][]byte{
		"links/liba-1.so": objfiletest.ELF{SOName: "liba.so"}.Bytes(),
		"links/m.so":      objfiletest.ELF{Needed: []string{"liba.so"}}.Bytes(),
		"links/n.so":      objfiletest.ELF{Needed: []string{"liba-1.so"}}.Bytes(),
	})
	if err := os.Symlink("liba-1.so", filepath.Join(dir, "links", "liba.so")); err != nil {
		t.Fatal(err)
	}
	w := wheeltest.Wheel{Files: []wheeltest.File{
		{Name: "demo/core.so", Content: string(extension())}, {Name: "demo.libs/libz-1a.so.1", Content: string(library())}, {Name: "demo/__init__.py", Content: ""},
	}}
	tree(t, dir, map[string][]byte{w.Filename(): w.Bytes(t)})
	for _, test := range []struct {
		name        string
		want        []string
		unsatisfied bool
	}{
		{
			"tree",
			[]string{
				"tree/x.libs/libz-1a.so.1: GLIBC_2.14 GLIBCXX_3.4.21",
				"  libstdc++.so.6 machine /usr/lib/libstdc++.so.6 libstdc++6",
				"  libc.so.6 glibc",
				"tree/x/core.so: GLIBC_2.29 +core",
				"  libz-1a.so.1 file tree/x.libs/libz-1a.so.1",
				"  libm.so.6 glibc",
				"  libpython3.14.so.1.0 Python",
				"  libc.so.6 glibc",
			},
			false,
		},
		{
			"tree/x", // its run path leads out of it
			[]string{
				"tree/x/core.so: GLIBC_2.29 +core",
				"  libz-1a.so.1 file tree/x.libs/libz-1a.so.1", "  libm.so.6 glibc", "  libpython3.14.so.1.0 Python", "  libc.so.6 glibc",
			},
			false,
		},
		{
			"tree/x/core.so", // alone, with what is in its run path
			[]string{
				"tree/x/core.so: GLIBC_2.29 +core",
				"  libz-1a.so.1 file tree/x.libs/libz-1a.so.1", "  libm.so.6 glibc", "  libpython3.14.so.1.0 Python", "  libc.so.6 glibc",
			},
			false,
		},
		{
			w.Filename(),
			[]string{
				w.Filename() + "!demo.libs/libz-1a.so.1: GLIBC_2.14 GLIBCXX_3.4.21",
				"  libstdc++.so.6 machine /usr/lib/libstdc++.so.6 libstdc++6",
				"  libc.so.6 glibc",
				w.Filename() + "!demo/core.so: GLIBC_2.29 +core",
				"  libz-1a.so.1 file " + w.Filename() + "!demo.libs/libz-1a.so.1", "  libm.so.6 glibc", "  libpython3.14.so.1.0 Python", "  libc.so.6 glibc",
			},
			false,
		},
		{"musl.so", []string{"musl.so: ", "  libc.musl-x86_64.so.1 musl"}, false},
		{"private.so", []string{"private.so: GLIBC_2.4 GLIBC_PRIVATE", "  libc.so.6 glibc"}, false},
		{
			"cycle",
			[]string{
				"cycle/liba.so: ", "  libb.so file cycle/libb.so", "cycle/libb.so: ", "  liba.so file cycle/liba.so",
				"note: cycle/liba.so, cycle/libb.so need each other: they can't be loaded from memory",
			},
			false,
		},
		{
			"two",
			[]string{
				"two/a/libq.so: ", "two/a/m.so: ", "  libq.so file two/a/libq.so",
				"two/b/libq.so: ", "two/b/m.so: ", "  libq.so file two/b/libq.so",
				"two/c/libq.so: ", "two/c/m.so: ", "  libq.so file two/c/libq.so",
				"note: two/a/libq.so, two/b/libq.so are all libq.so: the one that is loaded first serves for all",
			},
			false,
		},
		{
			"links", // one library by two names
			[]string{"links/liba-1.so: ", "links/m.so: ", "  liba.so file links/liba.so", "links/n.so: ", "  liba-1.so file links/liba-1.so"},
			false,
		},
		{"x.pyd", []string{"x.pyd:  +x", "  python314.dll Python", "  KERNEL32.dll Windows", "  gone.dll missing"}, false},
		{
			"mac", // the library is for one of two processors
			[]string{
				"mac/l.dylib: ", "  /usr/lib/libSystem.B.dylib macOS",
				"mac/m.so (x86_64): ", "  @loader_path/l.dylib missing",
				"mac/m.so (arm64): ", "  @loader_path/l.dylib file mac/l.dylib",
			},
			true,
		},
		{
			"program",
			[]string{
				"program: ",
				"program!x.libs/libz-1a.so.1: GLIBC_2.14 GLIBCXX_3.4.21", "  libstdc++.so.6 machine /usr/lib/libstdc++.so.6 libstdc++6", "  libc.so.6 glibc",
				"program!x/core.so: GLIBC_2.29 +core", "  libz-1a.so.1 file program!x.libs/libz-1a.so.1", "  libm.so.6 glibc", "  libpython3.14.so.1.0 Python", "  libc.so.6 glibc",
			},
			false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := Analyze(t.Context(), []string{filepath.Join(dir, test.name)}, Options{Host: &dynlink.Host{Root: filepath.Join(dir, "host")}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, describe(r, dir)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := r.Unsatisfied(); got != test.unsatisfied {
				t.Errorf("Unsatisfied() = %v", got)
			}
		})
	}
}

// program is the table of a program with native code, of which one file is stored packed.
func program(t *testing.T) []byte {
	t.Helper()
	data, err := table.Encode(&table.Contents{
		PythonMagic: [4]byte{1, 2, '\r', '\n'}, Bootstrap: []byte("b"), Importer: []byte("i"), Manifest: []byte("m"),
		Files: []table.File{
			{Path: "x/core.so", Stored: table.Stored{Bytes: extension(), Length: len(extension())}},
			{Path: "x.libs/libz-1a.so.1", Stored: packed(t, library())},
			{Path: "x/text", Stored: packed(t, []byte("text that is no object file"))},
			{Path: "x/empty", Stored: table.Stored{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// packed stores data as a zlib stream.
func packed(t *testing.T, data []byte) table.Stored {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return table.Stored{Bytes: b.Bytes(), Compression: table.Zlib, Length: len(data)}
}

func TestSystems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tree(t, dir, map[string][]byte{
		"a.so":   objfiletest.ELF{Needed: []string{"libc.so.6"}, Versions: glibcVersion("2.17", "2.34"), Imports: []string{"dladdr@GLIBC_2.34", "atoi@GLIBC_2.17", "abs@GLIBC_2.34"}}.Bytes(),
		"b.so":   objfiletest.ELF{Needed: []string{"libc.so.6", "libssl.so.9"}, Versions: glibcVersion("2.4")}.Bytes(),
		"arm.so": objfiletest.ELF{Machine: 183, Needed: []string{"libc.so.6"}}.Bytes(),
		"own.so": objfiletest.ELF{Needed: []string{"libc.so.6"}, Versions: glibcVersion("2.4", "PRIVATE")}.Bytes(),
		"go":     objfiletest.ELF{Type: 2}.Bytes(),
	})
	name := func(s string) string { return filepath.Join(dir, s) }
	r, err := Analyze(t.Context(), []string{name("a.so"), name("b.so"), name("go")}, Options{MaxGlibc: "2.17"})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Files[0]
	oldest := []string{"Debian 12", "Ubuntu 22.04", "RHEL 9", "Fedora 35", "openSUSE Leap 15.6", "Amazon Linux 2023"}
	want := Systems{Versions: glibc.Needs{Glibc: "2.34"}, Oldest: oldest, Manylinux: []string{"manylinux_2_34_x86_64"}}
	if diff := cmp.Diff(want, got.Systems); diff != "" {
		t.Errorf("a.so (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]glibc.Excess{{Version: "GLIBC_2.34", Symbols: []string{"abs", "dladdr"}}}, got.Excess); diff != "" {
		t.Errorf("above the limit (-want +got)\n%s", diff)
	}
	if b := r.Files[1]; len(b.Oldest) == 0 || b.Manylinux != nil || b.Excess != nil {
		t.Errorf("b.so, which is not whole, has %+v", b)
	}
	if r.Files[2].Oldest != nil {
		t.Errorf("what needs no libc has %+v", r.Files[2])
	}
	want.Manylinux = nil
	if diff := cmp.Diff(&All{2, want}, r.All); diff != "" {
		t.Errorf("together (-want +got)\n%s", diff)
	}
	if !r.Unsatisfied() {
		t.Error("satisfied")
	}
	if own, err := Analyze(t.Context(), []string{name("own.so")}, Options{}); err != nil || own.Files[0].Oldest != nil || own.Files[0].Manylinux != nil {
		t.Errorf("own.so, which fits one glibc alone, has %+v, %v", own.Files, err)
	}
	for _, names := range [][]string{{name("a.so")}, {name("a.so"), name("arm.so")}} {
		if r, err := Analyze(t.Context(), names, Options{}); err != nil || r.All != nil || r.Unsatisfied() {
			t.Errorf("%q: together %+v, %v", names, r.All, err)
		}
	}
}

// TestTrouble has the good files reported and the others in the error.
func TestTrouble(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := objfiletest.ELF{Needed: []string{"libc.so.6"}}.Bytes()
	tree(t, dir, map[string][]byte{
		"some/good.so": good, "some/bad.so": good[:len(good)-80], "none/readme.txt": []byte("text"), "text.so": []byte("text"), "x-1.0-py3-none-any.whl": []byte("zip"),
	})
	w := wheeltest.Wheel{Files: wheeltest.Text(map[string]string{"demo/__init__.py": ""})}
	tree(t, dir, map[string][]byte{w.Filename(): w.Bytes(t)})
	for name, want := range map[string]string{
		"some": "/some/bad.so: is damaged: ", "none": "/none: holds no object file", "text.so": "/text.so: not an object file",
		"x-1.0-py3-none-any.whl": ".whl: ", w.Filename(): ".whl: holds no object file", "missing": "/missing: no such file",
	} {
		r, err := Analyze(t.Context(), []string{filepath.Join(dir, "some/good.so"), filepath.Join(dir, name)}, Options{})
		var d *diag.Error
		if !errors.As(err, &d) || d.Hint == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q with a hint", name, err, want)
		}
		if len(r.Files) == 0 || !strings.HasSuffix(r.Files[0].Name, "good.so") {
			t.Errorf("%s: the good file is not reported", name)
		}
	}
}
