package wheel_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

func accept(t *testing.T, name string, data []byte) *wheel.Wheel {
	t.Helper()
	w, err := wheel.Read(context.Background(), name, bytes.NewReader(data), int64(len(data)), wheel.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRead(t *testing.T) {
	t.Parallel()
	built := wheeltest.Wheel{
		Name: "Demo.App", Version: "1.0.post1",
		Files: []wheeltest.File{
			{Name: "demo/"},
			{Name: "demo/__init__.py", Content: "x = 1\n"},
			{Name: "demo/ünïcode, 1.txt", Content: "quoted in RECORD"},
			{Name: "demo/tool.sh", Content: "#!/bin/sh\n", Mode: 0o755},
			{Name: "demo/stored.bin", Content: "stored", Edit: store},
			{Name: "demo/empty.py"},
			{Name: "demo_app-1.0.post1.data/purelib/extra.py", Content: "e = 1\n"},
			{Name: "demo_app-1.0.post1.data/platlib/demo/plat.py", Content: "p = 1\n"},
			{Name: "demo_app-1.0.post1.data/scripts/run", Content: "#!python\n"},
			{Name: "demo_app-1.0.post1.data/headers/demo.h", Content: "int x;\n"},
			{Name: "demo_app-1.0.post1.data/data/share/demo.1", Content: ".TH\n"},
			{Name: "other.data/x.txt", Content: "an ordinary directory"},
		},
		Metadata: "Metadata-Version: 2.1\nName: demo_app\nVersion: 1.0-1\nRequires-Python: >=3.10\n" +
			"Requires-Dist: requests (>=2)\nRequires-Dist: rich; extra == 'tty'\nDescription: a\n        b\n\nName: body\n",
		EntryPoints: "[console_scripts]\ndemo = demo.cli:main\n\n[demo.plugins]\n# comment\none = demo.one [x]\n",
		Comment:     "a comment",
	}
	w := accept(t, built.Filename(), built.Bytes(t))
	type row struct {
		Name, Path string
		Scheme     wheel.Scheme
		Exec       bool
	}
	var got []row
	for _, m := range w.Members {
		if !strings.Contains(m.Name, "dist-info") {
			got = append(got, row{m.Name, m.Path, m.Scheme, m.Executable})
		}
	}
	want := []row{
		{"demo/__init__.py", "demo/__init__.py", wheel.Root, false},
		{"demo/empty.py", "demo/empty.py", wheel.Root, false},
		{"demo/stored.bin", "demo/stored.bin", wheel.Root, false},
		{"demo/tool.sh", "demo/tool.sh", wheel.Root, true},
		{"demo/ünïcode, 1.txt", "demo/ünïcode, 1.txt", wheel.Root, false},
		{"demo_app-1.0.post1.data/data/share/demo.1", "share/demo.1", wheel.DataFiles, false},
		{"demo_app-1.0.post1.data/headers/demo.h", "demo.h", wheel.Headers, false},
		{"demo_app-1.0.post1.data/platlib/demo/plat.py", "demo/plat.py", wheel.Root, false},
		{"demo_app-1.0.post1.data/purelib/extra.py", "extra.py", wheel.Root, false},
		{"demo_app-1.0.post1.data/scripts/run", "run", wheel.Scripts, false},
		{"other.data/x.txt", "other.data/x.txt", wheel.Root, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if w.Name() != "demo-app" || !w.Purelib || !w.Pure() {
		t.Errorf("name %q, purelib %v, pure %v", w.Name(), w.Purelib, w.Pure())
	}
	if diff := cmp.Diff(wheel.Metadata{
		MetadataVersion: "2.1", Name: "demo_app", Version: "1.0-1", RequiresPython: ">=3.10",
		RequiresDist: []string{"requests (>=2)", "rich; extra == 'tty'"},
	}, w.Metadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]wheel.EntryPoint{
		{Group: "console_scripts", Name: "demo", Value: "demo.cli:main"},
		{Group: "demo.plugins", Name: "one", Value: "demo.one [x]"},
	}, w.EntryPoints); diff != "" {
		t.Errorf("entry points (-want +got):\n%s", diff)
	}
	for _, m := range w.Members {
		data, err := m.Read()
		if err != nil || int64(len(data)) != m.Size {
			t.Errorf("%s: %d bytes of %d, %v", m.Name, len(data), m.Size, err)
		}
	}
}

// A wheel that names its version in another spelling than its directory is still one wheel.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"demo-1.0-py3-none-any.whl", "DEMO-1-py3-none-any.whl", "demo-1.0.0-1build-py2.py3-none-any.whl"} {
		accept(t, name, wheeltest.Wheel{}.Bytes(t))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	x := wheeltest.File{Name: "x.py", Content: "x = 1\n"}
	with := func(edit func(*wheeltest.Wheel)) wheeltest.Wheel {
		w := wheeltest.Wheel{Files: []wheeltest.File{x}}
		edit(&w)
		return w
	}
	line := func(edit func(string) string) wheeltest.Wheel {
		return wheeltest.Wheel{Files: []wheeltest.File{{Name: "x.py", Content: "x = 1\n", Record: edit}}}
	}
	add := func(files ...wheeltest.File) wheeltest.Wheel {
		return wheeltest.Wheel{Files: append([]wheeltest.File{x}, files...)}
	}
	const info = "!demo-1.0.dist-info"
	for _, tt := range []struct {
		name  string
		file  string // demo if ""
		wheel wheeltest.Wheel
		want  string // without the file's name
	}{
		{"no RECORD", "", with(func(w *wheeltest.Wheel) { w.Record = wheeltest.Leave }), ": has no demo-1.0.dist-info/RECORD"},
		{"no WHEEL", "", with(func(w *wheeltest.Wheel) { w.WheelFile = wheeltest.Leave }), ": has no demo-1.0.dist-info/WHEEL"},
		{
			"no METADATA", "", with(func(w *wheeltest.Wheel) { w.Metadata = wheeltest.Leave }),
			": has no demo-1.0.dist-info/METADATA",
		},
		{"unlisted", "", line(func(string) string { return "" }), "!x.py: is not listed in RECORD"},
		{"no digest", "", line(func(string) string { return "x.py,,6\n" }), "!x.py: has no digest in RECORD"},
		{
			"md5", "", line(func(string) string { return "x.py,md5=AAAA,6\n" }),
			info + `/RECORD: "x.py": the digest is not sha256, sha384 or sha512`,
		},
		{
			"short digest", "", line(func(string) string { return "x.py,sha256=AAAA,6\n" }),
			info + `/RECORD: "x.py": the sha256 digest is malformed`,
		},
		{
			"wrong digest", "", line(func(s string) string { return "x.py,sha256=" + strings.Repeat("A", 43) + ",6\n" }),
			"!x.py: does not have the sha256 digest that RECORD gives",
		},
		{
			"wrong size", "", line(func(s string) string { return strings.Replace(s, ",6", ",7", 1) }),
			"!x.py: has 6 bytes, and RECORD says 7",
		},
		{
			"no size", "", line(func(s string) string { return strings.Replace(s, ",6", ",six", 1) }),
			info + `/RECORD: "x.py": "six" is not a size`,
		},
		{
			"size with a sign", "", line(func(s string) string { return strings.Replace(s, ",6", ",+6", 1) }),
			info + `/RECORD: "x.py": "+6" is not a size`,
		},
		{"listed twice", "", line(func(s string) string { return s + s }), info + `/RECORD: lists "x.py" twice`},
		{
			"absent", "", with(func(w *wheeltest.Wheel) { w.RecordMore = "y.py,,\n" }),
			info + `/RECORD: lists "y.py", which is not in the wheel`,
		},
		{
			"outside", "", with(func(w *wheeltest.Wheel) { w.RecordMore = "../../bin/y,,\n" }),
			info + `/RECORD: lists "../../bin/y", which is not in the wheel`,
		},
		{
			"columns", "", with(func(w *wheeltest.Wheel) { w.RecordMore = "y.py\n" }),
			info + "/RECORD: record on line 5: wrong number of fields",
		},
		{
			"two dist-infos", "", add(wheeltest.File{Name: "other-1.0.dist-info/METADATA", Content: "Name: other\n"}),
			": has two .dist-info directories, demo-1.0.dist-info and other-1.0.dist-info",
		},
		{
			"second dist-info by purelib", "", add(wheeltest.File{Name: "demo-1.0.data/purelib/pip-1.dist-info/METADATA"}),
			"!demo-1.0.data/purelib/pip-1.dist-info/METADATA: would be installed as the metadata of another distribution",
		},
		{
			"other name", "other-1.0-py3-none-any.whl", add(),
			info + ": belongs to another distribution or version than the file's name says",
		},
		{
			"other version", "demo-1.1-py3-none-any.whl", add(),
			info + ": belongs to another distribution or version than the file's name says",
		},
		{
			"other METADATA", "", with(func(w *wheeltest.Wheel) { w.Metadata = "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n" }),
			info + "/METADATA: describes evil 1.0, and the file's name demo 1.0",
		},
		{
			"no name", "", with(func(w *wheeltest.Wheel) { w.Metadata = "Metadata-Version: 2.1\nVersion: 1.0\n" }),
			info + `/METADATA: "" is not the name of a distribution`,
		},
		{
			"future", "", with(func(w *wheeltest.Wheel) { w.WheelFile = "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n" }),
			info + "/WHEEL: Wheel-Version 2.0 is unknown; 1.0 is read here",
		},
		{
			"no version", "", with(func(w *wheeltest.Wheel) { w.WheelFile = "Root-Is-Purelib: true\n" }),
			info + `/WHEEL: the Wheel-Version "" is not a version`,
		},
		{
			"neither pure nor not", "", with(func(w *wheeltest.Wheel) { w.WheelFile = "Wheel-Version: 1.0\n" }),
			info + `/WHEEL: Root-Is-Purelib is "", and not true or false`,
		},
		{
			"scheme", "", add(wheeltest.File{Name: "demo-1.0.data/root/x"}),
			"!demo-1.0.data/root/x: lies in none of purelib, platlib, headers, scripts and data",
		},
		{
			"two data directories", "", add(wheeltest.File{Name: "demo-1.0.data/purelib/y"}, wheeltest.File{Name: "demo-1.data/purelib/z"}),
			"!demo-1.data/purelib/z: lies in a second .data directory, beside demo-1.0.data",
		},
		{
			"clash", "", add(wheeltest.File{Name: "demo-1.0.data/purelib/x.py"}),
			"!x.py: would be installed over another file: x.py: is there twice",
		},
		{
			"entry points", "", with(func(w *wheeltest.Wheel) { w.EntryPoints = "[console_scripts]\n\nbad\n" }),
			info + `/entry_points.txt:3: "bad" is not of the form name = value`,
		},
		{"file name", "demo.whl", add(), ": the name has 1 parts between dashes, and not 5 or 6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.file == "" {
				tt.file = demo
			}
			if diff := cmp.Diff(tt.file+tt.want, refuse(t, tt.file, tt.wheel.Bytes(t))); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// zip64 gives an archive the end records of zip64, and leaves the classic one with the values that refer to them.
func zip64(data []byte) []byte {
	at := endOf(data)
	classic := bytes.Clone(data[at:])
	members := uint64(binary.LittleEndian.Uint16(classic[10:]))
	size := uint64(binary.LittleEndian.Uint32(classic[12:]))
	offset := uint64(binary.LittleEndian.Uint32(classic[16:]))
	le := binary.LittleEndian
	out := bytes.Clone(data[:at])
	out = append(out, "PK\x06\x06"...)
	out = le.AppendUint64(out, 44)
	out = append(out, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{members, members, size, offset} {
		out = le.AppendUint64(out, v)
	}
	out = append(out, "PK\x06\x07\x00\x00\x00\x00"...)
	out = le.AppendUint64(out, uint64(at))
	out = append(out, 1, 0, 0, 0)
	copy(classic[8:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	return append(out, classic...)
}

func TestZip64(t *testing.T) {
	t.Parallel()
	data := zip64(two("a.py", "b/c.py").Bytes(t))
	if _, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatalf("the test's archive is wrong: %v", err)
	}
	if w := accept(t, demo, data); len(w.Members) != 5 {
		t.Errorf("%d members, want 5", len(w.Members))
	}
	at := bytes.LastIndex(data, []byte("PK\x06\x06"))
	for _, tt := range []struct {
		name   string
		damage func(d []byte)
		want   string
	}{
		{"count", func(d []byte) { d[at+24]++ }, ": the end record and the zip64 end record differ"},
		{
			"both counts", func(d []byte) { d[at+24]++; d[at+32]++ },
			": the directory lists 5 members and the end record counts 6",
		},
		{
			"huge count", func(d []byte) { d[at+24+7], d[at+32+7] = 0x7f, 0x7f },
			": holds 9151314442816847877 members, more than the 200000 allowed",
		},
		{
			"negative count", func(d []byte) { d[at+24+7], d[at+32+7] = 0xff, 0xff },
			": the end record and the zip64 end record differ",
		},
		{"offset", func(d []byte) { d[at+48]++ }, ": the directory is not where the end record says"},
		{"locator", func(d []byte) { d[at+56+8]++ }, ": the zip64 end record is not where its locator says"},
		{
			"classic end disagrees", func(d []byte) { copy(d[endOf(d)+8:], "\x04\x00\x04\x00") },
			": the end record and the zip64 end record differ",
		},
	} {
		damaged := bytes.Clone(data)
		tt.damage(damaged)
		if got := refuse(t, demo, damaged); got != demo+tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, demo+tt.want)
		}
	}
}

// Members are read from the file again, and a file that was changed is noticed.
func TestOpenChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), demo)
	data := one("x.py").Bytes(t)
	write := func(data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(data)
	w, err := wheel.Open(context.Background(), path, "wheels/"+demo, wheel.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m := w.Members[len(w.Members)-1]
	if got, err := m.Read(); err != nil || string(got) != "x = 1\n" {
		t.Fatalf("%s: %q, %v", m.Name, got, err)
	}
	data[30+len("x.py")] ^= 0xff
	write(data)
	if _, err := m.Read(); err == nil || !strings.HasPrefix(err.Error(), "wheels/"+demo+"!x.py: ") {
		t.Errorf("after a change: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Read(); err == nil || strings.Contains(err.Error(), path) {
		t.Errorf("after removal: %v", err)
	}
}

// FuzzRead looks for crashes, and for archives that other programs see differently.
func FuzzRead(f *testing.F) {
	for _, w := range []wheeltest.Wheel{
		{},
		one("a.py"), two("a.py", "b/c.py"),
		{Files: []wheeltest.File{{Name: "a/"}, {Name: "a/b", Content: "b", Edit: store}}, Comment: "c"},
		{EntryPoints: "[console_scripts]\na = b:c\n"},
	} {
		f.Add(w.Bytes(f))
	}
	f.Add(zip64(one("a.py").Bytes(f)))
	limits := wheel.Limits{Members: 100, MemberSize: 1 << 20, TotalSize: 4 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := wheel.Read(context.Background(), demo, bytes.NewReader(data), int64(len(data)), limits)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is not one line", err)
			}
			return
		}
		std, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("accepted, and archive/zip says %v", err)
		}
		content := map[string]string{}
		for _, file := range std.File {
			if strings.HasSuffix(file.Name, "/") {
				continue
			}
			r, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			content[file.Name] = string(b)
		}
		got := map[string]string{}
		for _, m := range w.Members {
			b, err := m.Read()
			if err != nil {
				t.Fatal(err)
			}
			got[m.Name] = string(b)
		}
		if diff := cmp.Diff(content, got); diff != "" {
			t.Errorf("members (-archive/zip +got):\n%s", diff)
		}
	})
}
