package objfile_test

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/objfile/objfiletest"
	"github.com/oxgen/oxgen/internal/target"
)

var ignoreUnexported = cmpopts.IgnoreUnexported(objfile.File{})

func read(t *testing.T, data []byte) *objfile.File {
	t.Helper()
	f, err := objfile.Read("x", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if !objfile.Is(data[:min(len(data), objfile.HeadSize)]) {
		t.Error("Is says that it is no object file")
	}
	return f
}

// extension is an ELF file with everything.
func extension() objfiletest.ELF {
	return objfiletest.ELF{
		SOName:  "libx.so.1",
		Needed:  []string{"libz.so.1", "libc.so.6"},
		RunPath: "$ORIGIN/../x.libs:/opt/lib",
		Versions: []objfiletest.Version{
			{Library: "libz.so.1", Name: "ZLIB_1.2.3"},
			{Library: "libc.so.6", Name: "GLIBC_2.34"},
			{Library: "libc.so.6", Name: "GLIBC_2.2.5"},
			{Library: "libc.so.6", Name: "GLIBC_2.36", Weak: true},
		},
		Defined:   []string{"X_1", "X_2"},
		Imports:   []string{"dladdr@GLIBC_2.34", "deflate@ZLIB_1.2.3", "PyInit_other", "malloc@GLIBC_2.2.5", "free@GLIBC_2.2.5"},
		Exports:   []string{"PyInit_x", "PyInit_a", "PyInitU_zck5b2b", "helper"},
		StaticTLS: true,
		ExecStack: true,
	}
}

func extensionFile() *objfile.File {
	return &objfile.File{
		Format: objfile.ELF, Class: objfile.Library, Target: target.Target{GOOS: "linux", GOARCH: "amd64"}, Machine: "x86_64",
		SOName: "libx.so.1", Needed: []string{"libz.so.1", "libc.so.6"}, RunPath: []string{"$ORIGIN/../x.libs", "/opt/lib"},
		Versions: []objfile.Version{
			{Library: "libc.so.6", Name: "GLIBC_2.2.5"},
			{Library: "libc.so.6", Name: "GLIBC_2.34"},
			{Library: "libc.so.6", Name: "GLIBC_2.36", Weak: true},
			{Library: "libz.so.1", Name: "ZLIB_1.2.3"},
		},
		Defined: []string{"X_1", "X_2"}, Inits: []string{"a", "x", "スパム"}, StaticTLS: true, TLSSize: 24, ExecStack: true,
	}
}

func TestReadELF(t *testing.T) {
	t.Parallel()
	edited := func(edit func(*objfiletest.ELF)) []byte {
		x := extension()
		edit(&x)
		return x.Bytes()
	}
	want := func(edit func(*objfile.File)) *objfile.File {
		f := extensionFile()
		edit(f)
		return f
	}
	for _, test := range []struct {
		name string
		data []byte
		want *objfile.File
	}{
		{"all", extension().Bytes(), extensionFile()},
		{"GNU hash table", edited(func(x *objfiletest.ELF) { x.GNUHash = true }), extensionFile()},
		{
			"RPATH", edited(func(x *objfiletest.ELF) { x.RunPath, x.RPath = "", "$ORIGIN" }),
			want(func(f *objfile.File) { f.RunPath, f.RPath = []string{"$ORIGIN"}, true }),
		},
		{
			"RUNPATH beside RPATH", edited(func(x *objfiletest.ELF) { x.RPath = "/ignored" }), extensionFile(),
		},
		{
			"32 bits, big end first", edited(func(x *objfiletest.ELF) { x.Narrow, x.Big, x.Machine = true, true, elf.EM_PPC }),
			want(func(f *objfile.File) { f.Target, f.Machine = target.Target{}, "ppc" }),
		},
		{
			"32 bits of another machine", edited(func(x *objfiletest.ELF) { x.Narrow, x.Machine = true, elf.EM_386 }),
			want(func(f *objfile.File) { f.Target, f.Machine = target.Target{}, "i386" }),
		},
		{
			"x32", edited(func(x *objfiletest.ELF) { x.Narrow = true }),
			want(func(f *objfile.File) { f.Target, f.Machine = target.Target{}, "x32" }),
		},
		{
			"arm64", edited(func(x *objfiletest.ELF) { x.Machine, x.OSABI = elf.EM_AARCH64, elf.ELFOSABI_LINUX }),
			want(func(f *objfile.File) { f.Target, f.Machine = target.Target{GOOS: "linux", GOARCH: "arm64"}, "aarch64" }),
		},
		{
			"FreeBSD", edited(func(x *objfiletest.ELF) { x.OSABI = elf.ELFOSABI_FREEBSD }),
			want(func(f *objfile.File) { f.Target, f.Machine = target.Target{}, "x86_64 (FreeBSD)" }),
		},
		{
			"libc.so.6, which has a dynamic linker and is a library", edited(func(x *objfiletest.ELF) { x.Interpreter = "/lib/ld.so" }),
			want(func(f *objfile.File) { f.Interpreter = "/lib/ld.so" }),
		},
		{
			"position-independent executable", edited(func(x *objfiletest.ELF) { x.PIE = true }),
			want(func(f *objfile.File) { f.Class = objfile.Executable }),
		},
		{
			"old position-independent executable", edited(func(x *objfiletest.ELF) { x.SOName, x.Defined, x.Interpreter = "", nil, "/lib/ld.so" }),
			want(func(f *objfile.File) {
				f.SOName, f.Defined, f.Interpreter, f.Class = "", nil, "/lib/ld.so", objfile.Executable
			}),
		},
		{"relocatable", edited(func(x *objfiletest.ELF) { x.Type = elf.ET_REL }), want(func(f *objfile.File) { f.Class = objfile.Relocatable })},
		{"core dump", edited(func(x *objfiletest.ELF) { x.Type = elf.ET_CORE }), want(func(f *objfile.File) { f.Class = objfile.Other })},
		{"strings in two segments", edited(func(x *objfiletest.ELF) { x.Split = true }), extensionFile()},
		{"local symbols", edited(func(x *objfiletest.ELF) { x.Locals = []string{"helper"} }), extensionFile()},
		{
			"debug information", objfiletest.ELF{Needed: []string{"libc.so.6"}, DebugOnly: true}.Bytes(),
			&objfile.File{Format: objfile.ELF, Target: target.Target{GOOS: "linux", GOARCH: "amd64"}, Machine: "x86_64"},
		},
		{
			"nothing", objfiletest.ELF{}.Bytes(),
			&objfile.File{Format: objfile.ELF, Class: objfile.Library, Target: target.Target{GOOS: "linux", GOARCH: "amd64"}, Machine: "x86_64"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, test.data)
			if diff := cmp.Diff(test.want, f, ignoreUnexported); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(f.Needed) == 0 {
				return
			}
			for symbol, want := range map[string]bool{"dladdr": true, "deflate": true, "free": true, "helper": false, "PyInit_x": false, "": false} {
				if got := f.Imports(symbol); got != want {
					t.Errorf("Imports(%q) = %v", symbol, got)
				}
			}
			got := f.SymbolsOf(objfile.Version{Library: "libc.so.6", Name: "GLIBC_2.2.5"})
			if diff := cmp.Diff([]string{"free", "malloc"}, got); diff != "" {
				t.Errorf("symbols of GLIBC_2.2.5 (-want +got)\n%s", diff)
			}
		})
	}
}

// TestImportsWithoutAHashTable reads what exports nothing: linkers leave the table for look-ups empty then, or out.
func TestImportsWithoutAHashTable(t *testing.T) {
	t.Parallel()
	for _, x := range []objfiletest.ELF{
		{Imports: []string{"b", "a", "c"}, GNUHash: true},
		{Imports: []string{"b", "a", "c"}, NoHash: true},
	} {
		f := read(t, x.Bytes())
		for _, symbol := range []string{"a", "b", "c"} {
			if !f.Imports(symbol) {
				t.Errorf("%+v: %s is missing", x, symbol)
			}
		}
	}
}

func TestReadPE(t *testing.T) {
	t.Parallel()
	windows := target.Target{GOOS: "windows", GOARCH: "amd64"}
	dlls := []objfiletest.DLL{{Name: "python314.dll", Symbols: []string{"Py_Initialize", "", "PyErr_Clear"}}, {Name: "KERNEL32.dll", Symbols: []string{"Sleep"}}}
	x := objfiletest.PE{Library: true, Name: "_x.pyd", Exports: []string{"PyInit__x", "other"}, Needed: dlls, Delayed: []string{"ole32.dll"}}
	want := &objfile.File{
		Format: objfile.PE, Class: objfile.Library, Target: windows, Machine: "x64", SOName: "_x.pyd",
		Needed: []string{"python314.dll", "KERNEL32.dll"}, Weak: []string{"ole32.dll"}, Inits: []string{"_x"}, MinOS: "6.1",
	}
	narrow, of32 := x, *want
	narrow.Narrow, narrow.Machine = true, pe.IMAGE_FILE_MACHINE_I386
	of32.Machine, of32.Target, of32.MinOS = "x86", target.Target{}, "5.1"
	for _, test := range []struct {
		name string
		data []byte
		want *objfile.File
	}{
		{"library", x.Bytes(), want},
		{"32 bits", narrow.Bytes(), &of32},
		{"nothing", objfiletest.PE{}.Bytes(), &objfile.File{Format: objfile.PE, Class: objfile.Executable, Target: windows, Machine: "x64", MinOS: "6.1"}},
		{
			"EFI", objfiletest.PE{Subsystem: pe.IMAGE_SUBSYSTEM_EFI_APPLICATION}.Bytes(),
			&objfile.File{Format: objfile.PE, Class: objfile.Executable, Machine: "x64 (EFI)", MinOS: "6.1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, test.data)
			if diff := cmp.Diff(test.want, f, ignoreUnexported); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if want := len(f.Needed) > 0; f.Imports("Sleep") != want || f.Imports("PyErr_Clear") != want || f.Imports("other") {
				t.Error("wrong imports")
			}
		})
	}
}

func TestReadMachO(t *testing.T) {
	t.Parallel()
	x := objfiletest.MachO{
		Needed: []string{"@rpath/libz.dylib", "/usr/lib/libSystem.B.dylib"}, Weak: []string{"/usr/lib/libnew.dylib"},
		RunPath: []string{"@loader_path/../lib", "/opt/lib"}, MinOS: 0x000a0f02, Imports: []string{"dladdr", "PyInit_other"}, Exports: []string{"PyInit_x"},
	}
	want := &objfile.File{
		Format: objfile.MachO, Class: objfile.Library, Target: target.Target{GOOS: "darwin", GOARCH: "arm64"}, Machine: "arm64",
		Needed: x.Needed, Weak: x.Weak, RunPath: x.RunPath, MinOS: "10.15.2", Inits: []string{"x"},
	}
	dylib := objfiletest.MachO{Type: macho.TypeDylib, ID: "@rpath/libz.dylib", CPU: macho.CpuAmd64, MinOS: 0x000b0000}
	ofDylib := &objfile.File{
		Format: objfile.MachO, Class: objfile.Library, Target: target.Target{GOOS: "darwin", GOARCH: "amd64"}, Machine: "x86_64",
		SOName: "@rpath/libz.dylib", MinOS: "11.0",
	}
	stripped := x
	stripped.Trie, stripped.Exports = true, []string{"helper", "PyInit_x"}
	for _, test := range []struct {
		name string
		data []byte
		want *objfile.File
	}{
		{"bundle", x.Bytes(), want},
		{"stripped bundle", stripped.Bytes(), want},
		{"dylib", dylib.Bytes(), ofDylib},
		{"iOS", objfiletest.MachO{Type: macho.TypeExec, Platform: 2, MinOS: 1 << 16}.Bytes(), &objfile.File{Format: objfile.MachO, Class: objfile.Executable, Machine: "arm64 (iOS)"}},
		{"arm64e", objfiletest.MachO{SubCPU: 2}.Bytes(), &objfile.File{Format: objfile.MachO, Class: objfile.Library, Machine: "arm64e"}},
		{"universal file of one", objfiletest.Universal(dylib.Bytes()), ofDylib},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, test.data)
			if diff := cmp.Diff(test.want, f, ignoreUnexported); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if want := len(f.Weak) > 0; f.Imports("dladdr") != want || f.Imports("PyInit_x") {
				t.Error("wrong imports")
			}
		})
	}
}

func TestUniversal(t *testing.T) {
	t.Parallel()
	data := objfiletest.Universal(objfiletest.MachO{CPU: macho.CpuAmd64, Exports: []string{"PyInit_a"}}.Bytes(), objfiletest.MachO{Exports: []string{"PyInit_b"}}.Bytes())
	files, err := objfile.ReadAll("x", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Target.String()+" "+strings.Join(f.Inits, " "))
	}
	if diff := cmp.Diff([]string{"darwin/amd64 a", "darwin/arm64 b"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = objfile.Read("x", bytes.NewReader(data))
	if err == nil || !strings.Contains(err.Error(), "several architectures: x86_64, arm64") {
		t.Errorf("Read: %v", err)
	}
}

func TestNotAnObject(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty":          "",
		"text":           "#!/bin/sh\necho ELF\n",
		"text with MZ":   "MZ is no executable" + strings.Repeat(".", 200),
		"DOS program":    "MZ" + strings.Repeat("\x00", 58) + "\x40\x00\x00\x00" + "NE\x00\x00" + strings.Repeat("\x00", 100),
		"Java class":     "\xca\xfe\xba\xbe\x00\x00\x00\x34" + strings.Repeat("\x00", 100),
		"start of ELF":   "\x7fELF",
		"static library": "!<arch>\n" + strings.Repeat("x", 100),
	} {
		_, err := objfile.Read("lib/"+name, strings.NewReader(data))
		var d *diag.Error
		if !errors.Is(err, objfile.ErrNotObject) || !errors.As(err, &d) || d.File != "lib/"+name || d.Hint == "" {
			t.Errorf("%s: got %v", name, err)
		}
		if objfile.Is([]byte(data)) {
			t.Errorf("%s: Is says that it is one", name)
		}
	}
}

// files are good files of all kinds.
func files() map[string][]byte {
	gnu := extension()
	gnu.GNUHash = true
	narrow := extension()
	narrow.Narrow = true
	return map[string][]byte{
		"ELF": extension().Bytes(), "ELF with a GNU hash table": gnu.Bytes(), "narrow ELF": narrow.Bytes(),
		"PE": objfiletest.PE{
			Library: true, Name: "_x.pyd", Exports: []string{"PyInit__x"},
			Needed: []objfiletest.DLL{{Name: "a.dll", Symbols: []string{"f", ""}}}, Delayed: []string{"b.dll"},
		}.Bytes(),
		"Mach-O":             objfiletest.MachO{ID: "x", Needed: []string{"a"}, RunPath: []string{"b"}, MinOS: 1, Imports: []string{"c"}, Exports: []string{"PyInit_x"}}.Bytes(),
		"Mach-O with a trie": objfiletest.MachO{Exports: []string{"PyInit_x", "y"}, Trie: true}.Bytes(),
		"universal":          objfiletest.Universal(objfiletest.MachO{Exports: []string{"PyInit_x"}}.Bytes(), objfiletest.MachO{CPU: macho.CpuAmd64}.Bytes()),
	}
}

// TestDamage cuts files short at every length and changes their bytes: what comes out is a file or an error, and the
// same each time.
func TestDamage(t *testing.T) {
	t.Parallel()
	for name, data := range files() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 0; n < len(data); n += 1 + len(data)/1000 {
				check(t, data[:n])
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range 1000 {
				bad := bytes.Clone(data)
				for range 1 + random.IntN(3) {
					bad[random.IntN(min(len(bad), 0x1800))] = byte(random.IntN(256))
				}
				check(t, bad)
			}
		})
	}
}

// check reads what may be damaged.
func check(t *testing.T, data []byte) {
	t.Helper()
	files, err := objfile.ReadAll("x", bytes.NewReader(data))
	if err != nil {
		var d *diag.Error
		if !errors.As(err, &d) || d.File != "x" || d.Hint == "" || files != nil {
			t.Errorf("not a good error: %#v", err)
		}
		return
	}
	for _, f := range files {
		if f.Format == 0 || f.Machine == "" || f.Imports("no such symbol") {
			t.Errorf("got %+v", f)
		}
		for _, v := range f.Versions {
			f.SymbolsOf(v)
		}
	}
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	data := extension().Bytes()
	_, err := objfile.Read("a.so", bytes.NewReader(data[:len(data)-300]))
	var d *diag.Error
	if !errors.As(err, &d) || !strings.HasPrefix(d.Error(), "a.so: is damaged: ") {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for want, x := range map[string]objfiletest.ELF{
		"it needs 5000 libraries":           {Needed: make([]string, 5000)},
		"its run path has 2001 directories": {RunPath: strings.Repeat(":", 2000)},
	} {
		_, err := objfile.Read("x", bytes.NewReader(x.Bytes()))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, data := range files() {
		f.Add(data)
	}
	f.Fuzz(check)
}
