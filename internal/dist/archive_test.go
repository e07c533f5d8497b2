package dist

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/oxgen/oxgen/internal/target"
)

func dirMember(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}
}

func linkMember(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to, Mode: 0o777}
}

func hardMember(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: to}
}

// A member's text is its content: that of a file with the mode 0644, of an executable where it begins with "#!".
type member struct {
	header tar.Header
	text   string
}

func fileMember(name, text string) member {
	mode := int64(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	return member{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(text))}, text}
}

func tarball(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		if err := w.WriteHeader(&m.header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(t testing.TB, kind compression, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if kind == zstandard {
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// installOnly returns the members of a small install_only archive. Its interpreter is a script that runs exe.
func installOnly(exe string) []member {
	return []member{
		{header: tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "x"}}},
		{header: dirMember("python/")},
		fileMember("python/bin/python3.12", "#!/bin/sh\nexec '"+exe+"' \"$@\"\n"),
		{header: linkMember("python/bin/python3", "python3.12")},
		fileMember("python/lib/python3.12/os.py", "import this"),
		fileMember("./python/lib/libtcl8.6.so", "tcl"),
		{header: hardMember("python/bin/twin", "python/bin/python3.12")},
	}
}

func TestArchives(t *testing.T) {
	t.Parallel()
	for _, kind := range []compression{gzipped, zstandard} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			_, a := fakePython(t, "3.12.1", 0x030c01f0)
			a.Executable = "" // the script can't know
			name := filepath.Join(t.TempDir(), "cpython-3.12.1-install_only.tar")
			if err := os.WriteFile(name, packed(t, kind, tarball(t, installOnly(self(t))...)), 0o644); err != nil {
				t.Fatal(err)
			}
			s := newStage(t, asRole(t, a))
			d, err := s.Resolve(t.Context(), Want{Flag: name})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(d.Interpreter, filepath.Join(s.CacheDir, "archive")) || filepath.Base(d.Interpreter) != "python3" {
				t.Errorf("interpreter %s", d.Interpreter)
			}
			bin, err := os.ReadDir(filepath.Dir(d.Interpreter))
			if err != nil || len(bin) != 3 {
				t.Errorf("bin holds %v, %v", bin, err)
			}
			if info, err := os.Stat(filepath.Join(filepath.Dir(d.Interpreter), "twin")); err != nil || info.Mode()&0o100 == 0 {
				t.Errorf("the hard link: %v, %v", info, err)
			}
			moved := name + ".moved"
			if err := os.Rename(name, moved); err != nil {
				t.Fatal(err)
			}
			again, err := s.Resolve(t.Context(), Want{Flag: moved})
			if err != nil || again.Interpreter != d.Interpreter {
				t.Errorf("the same archive under another name: %v, %v", again, err)
			}
		})
	}
}

// full is a PYTHON.json as `full` archives have it, reduced to what oxgen reads.
const full = `{"version": "8", "target_triple": "x86_64-unknown-linux-gnu", "python_implementation_name": "cpython",
	"python_version": "3.12.1", "python_exe": "install/bin/python3.12", "libpython_link_mode": "shared",
	"licenses": ["Python-2.0", "CNRI-Python"], "license_path": "licenses/LICENSE.cpython.txt",
	"build_info": {"core": {"shared_lib": "install/lib/libpython3.12.so.1.0", "static_lib": "build/libpython3.12.a"},
	"extensions": {
		"_ssl": [{"licenses": ["Apache-2.0"], "links": [{"name": "ssl", "path_static": "build/lib/libssl.a"}, {"name": "crypto", "system": false}, {"name": "m", "system": true}]},
			{"variant": "other", "links": [{"name": "never"}]}],
		"_lzma": [{"license_public_domain": true, "links": [{"name": "lzma"}, {"name": "CoreFoundation", "framework": true}]}],
		"_abc": [{"links": []}], "_none": []}}}`

func TestFullTree(t *testing.T) {
	t.Parallel()
	_, a := fakePython(t, "3.12.1", 0x030c01f0)
	a.BasePrefix = "/install"
	dir := t.TempDir()
	put(t, dir, "python/PYTHON.json", full, "python/install/bin/python3.12*", "#!/bin/sh\nexec '"+self(t)+"' \"$@\"\n",
		"python/install/lib/x", "", "python/build/libpython3.12.a", "")
	a.Executable = filepath.Join(dir, "python", "install", "bin", "python3.12")
	symlink(t, self(t), filepath.Join(dir, "python", "install", "lib", "libpython3.12.so.1.0"))
	s := newStage(t, asRole(t, a))
	for _, spec := range []string{dir, filepath.Join(dir, "python")} {
		d, err := s.Resolve(t.Context(), Want{Flag: spec})
		if err != nil {
			t.Fatal(err)
		}
		info, err := s.Info(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{info.Libpython, info.StaticLibpython, info.License, strings.Join(info.Licenses, " ")}
		want := []string{
			resolved(t, self(t)), filepath.Join(dir, "python", "build", "libpython3.12.a"),
			filepath.Join(dir, "python", "licenses", "LICENSE.cpython.txt"), "Python-2.0 CNRI-Python",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
		linked := []LinkedLibrary{{"_lzma", "lzma", "LicenseRef-Public-Domain"}, {"_ssl", "crypto", "Apache-2.0"}, {"_ssl", "ssl", "Apache-2.0"}}
		if diff := cmp.Diff(linked, d.Linked()); diff != "" {
			t.Errorf("linked libraries (-want +got):\n%s", diff)
		}
	}
}

func TestFullTreeRefused(t *testing.T) {
	t.Parallel()
	_, a := fakePython(t, "3.12.1", 0x030c01f0)
	tests := []struct{ record, want string }{
		{"{", "has a PYTHON.json that can't be used"},
		{"{}", "python_exe is missing"},
		{`{"python_exe": "../../bin/sh"}`, "leads out of the distribution"},
		{`{"python_exe": "bin/x", "license_path": "/etc/passwd"}`, "leads out of the distribution"},
		{`{"python_exe": "install/bin/none"}`, "has no install/bin/none, although"},
		{strings.Replace(full, `"3.12.1"`, `"3.12.2"`, 1), "is Python 3.12.1, although its PYTHON.json says 3.12.2"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		put(t, dir, "PYTHON.json", tt.record, "install/bin/python3.12*", "#!/bin/sh\nexec '"+self(t)+"' \"$@\"\n")
		_, err := newStage(t, asRole(t, a)).Resolve(t.Context(), Want{Flag: dir})
		wantDiag(t, err, tt.want)
	}
}

func TestArchivesRefused(t *testing.T) {
	t.Parallel()
	onUnix(t)
	tests := []struct {
		name    string
		members []member
		want    string
	}{
		{"above", []member{fileMember("../x", "")}, `unsafe name "../x"`},
		{"far above", []member{fileMember("a/../../x", "")}, "unsafe name"},
		{"absolute", []member{fileMember("/tmp/x", "")}, `unsafe name "/tmp/x"`},
		{"backslash", []member{fileMember(`a\..\x`, "")}, "unsafe name"},
		{"link above", []member{{header: linkMember("a/l", "../../x")}}, `link to "../../x" leaves the tree`},
		{"absolute link", []member{{header: linkMember("l", "/etc")}}, "leaves the tree"},
		{"through a link", []member{{header: linkMember("l", "d")}, {header: dirMember("d")}, fileMember("l/x", "")}, "l"},
		{"hard link above", []member{{header: hardMember("l", "../x")}}, "leaves the tree"},
		{"hard link to nothing", []member{{header: hardMember("l", "x")}}, "which is not there"},
		{"hard link to a directory", []member{{header: dirMember("d")}, {header: hardMember("l", "d")}}, "which is no file"},
		{"device", []member{{header: tar.Header{Typeflag: tar.TypeChar, Name: "null", Devmajor: 1, Devminor: 3}}}, "which no Python needs"},
		{"pipe", []member{{header: tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"}}}, "which no Python needs"},
		{"twice", []member{fileMember("x", "1"), fileMember("x", "2")}, "x"},
		{"the list of a tree", []member{fileMember(listName, listHeader)}, "unsafe name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			name := filepath.Join(t.TempDir(), "a.tar.gz")
			if err := os.WriteFile(name, packed(t, gzipped, tarball(t, tt.members...)), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := s.Resolve(t.Context(), Want{Flag: name})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			for _, dir := range []string{"a", "x"} {
				if isDir(filepath.Join(s.CacheDir, dir)) {
					t.Errorf("%s was written", dir)
				}
			}
		})
	}
}

func TestBrokenArchives(t *testing.T) {
	t.Parallel()
	onUnix(t)
	whole := packed(t, zstandard, tarball(t, installOnly("x")...))
	for name, data := range map[string][]byte{
		"cut":      whole[:len(whole)/2],
		"no tar":   packed(t, gzipped, bytes.Repeat([]byte("no tar"), 1000)),
		"only two": []byte("\x1f\x8b"),
	} {
		s := newStage(t, "")
		path := filepath.Join(t.TempDir(), "a.tar.zst")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := s.Resolve(t.Context(), Want{Flag: path})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantDiag(t, err, "is no archive that can be unpacked", "get the archive anew")
	}
}

// FuzzExtract unpacks a foreign tar archive and wants nothing to appear outside the tree.
func FuzzExtract(f *testing.F) {
	f.Add(tarball(f, installOnly("x")...))
	f.Add(tarball(f, member{header: linkMember("l", "..")}, fileMember("l/x", "x")))
	f.Add(tarball(f, member{header: hardMember("l", "../x")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		base := t.TempDir()
		_, _ = buildTree(t.Context(), filepath.Join(base, "in", "tree"), "key", func(b *builder) error {
			archive := tar.NewReader(bytes.NewReader(data))
			for {
				header, err := archive.Next()
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				if err := b.member(header, archive); err != nil {
					return err
				}
			}
		})
		wantOnly(t, base, "in")
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"python_exe": "a", "license_path": "C:\\x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord(data, "/dist")
		if err != nil {
			return
		}
		for _, path := range []string{r.path(r.PythonExe), r.sharedLibrary(), r.staticLibrary(), r.path(r.LicensePath)} {
			if path != "" && path != "/dist" && !strings.HasPrefix(path, "/dist/") && target.Host().GOOS != "windows" {
				t.Errorf("path %q of %q", path, data)
			}
		}
	})
}
