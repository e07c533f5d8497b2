package libpython

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

// The addresses of tiny's segments, equal to their offsets in the file.
const (
	tinyText = 0x1000
	tinyData = 0x3000
	tinySize = 0x3000 + 0x200
)

// dyn is one Elf64_Dyn.
type dyn struct {
	tag   elf.DynTag
	value uint64
}

// tiny returns a shared library as linkers lay it out: a read-only segment with the dynamic symbols, code, and data with
// the dynamic segment. It holds nothing that could run.
func tiny(extra ...dyn) []byte {
	file := make([]byte, tinySize)
	put := func(at int, v any) { _, _ = binary.Encode(file[at:], binary.LittleEndian, v) }
	copy(file[0x300:], "\x00libtiny.so.1\x00")
	for i := tinyText; i < tinyText+0x800; i++ {
		file[i] = 0xc3
	}
	dynamic := append([]dyn{
		{elf.DT_SONAME, 1},
		{elf.DT_STRTAB, 0x300},
		{elf.DT_STRSZ, 14},
		{elf.DT_SYMTAB, 0x320},
		{elf.DT_INIT, tinyText},
		{elf.DT_INIT_ARRAY, tinyData + 0x180},
		{elf.DT_INIT_ARRAYSZ, 16},
	}, extra...)
	dynamic = append(dynamic, dyn{elf.DT_NULL, 0})
	for i, d := range dynamic {
		put(tinyData+16*i, []uint64{uint64(d.tag), d.value})
	}
	segments := []elf.Prog64{
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R), Filesz: 0x400, Memsz: 0x400, Align: PageSize},
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: tinyText, Vaddr: tinyText, Filesz: 0x800, Memsz: 0x800, Align: PageSize},
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_W), Off: tinyData, Vaddr: tinyData, Filesz: 0x200, Memsz: 0x300, Align: PageSize},
		{Type: uint32(elf.PT_DYNAMIC), Flags: uint32(elf.PF_R | elf.PF_W), Off: tinyData, Vaddr: tinyData, Filesz: 0x180, Memsz: 0x180, Align: 8},
	}
	put(64, segments)
	// Section headers as the go-to reader of DT_STRTAB, debug/elf, wants them.
	sections := []elf.Section64{
		{},
		{Type: uint32(elf.SHT_DYNAMIC), Flags: uint64(elf.SHF_ALLOC), Addr: tinyData, Off: tinyData, Size: uint64(16 * len(dynamic)), Link: 2, Entsize: 16},
		{Type: uint32(elf.SHT_STRTAB), Flags: uint64(elf.SHF_ALLOC), Addr: 0x300, Off: 0x300, Size: 14},
	}
	put(0, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segments)),
		Shoff: tinySize, Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: 2,
	})
	file, _ = binary.Append(file, binary.LittleEndian, sections)
	return file
}

func split(t *testing.T, library []byte) *Image {
	t.Helper()
	img, err := Split("libtiny.so", library)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSplit(t *testing.T) {
	img := split(t, tiny())
	if img.Whole != "" {
		t.Fatalf("not divided: %s", img.Whole)
	}
	got := *img
	got.Skeleton, got.Payload, got.Digest = nil, nil, [32]byte{}
	want := Image{
		Name:    "libtiny.so.1",
		Machine: elf.EM_X86_64,
		Size:    tinySize,
		Kept:    []Extent{{Offset: 0, Size: tinyText}, {Offset: tinyText + 0x800, Size: 0x200 + tinyData - tinyText - 0x800}},
		Mapped:  []Extent{{Offset: tinyText, Size: 0x800, Address: tinyText, Exec: true}},
		Patches: []Patch{
			{Offset: 64 + 56 + 4, Value: uint64(elf.PF_R), Size: 4},
			{Offset: tinyData + 16*4, Value: uint64(elf.DT_DEBUG), Size: 8},
			{Offset: tinyData + 16*6 + 8, Value: 0, Size: 8},
		},
		Init:  tinyText,
		Array: tinyData + 0x180,
		Inits: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("image (-want +got):\n%s", diff)
	}
	if !bytes.Equal(assemble(img), assemble(split(t, tiny()))) || sum(assemble(img)) != img.Digest {
		t.Error("the parts don't make the library that Digest stands for")
	}
}

// assemble puts the parts of an image together.
func assemble(img *Image) []byte {
	library := make([]byte, img.Size)
	at := int64(0)
	for _, e := range img.Kept {
		copy(library[e.Offset:], img.Skeleton[at:at+e.Size])
		at += e.Size
	}
	at = 0
	for _, e := range img.Mapped {
		at += int64(pad(int(at)))
		copy(library[e.Offset:], img.Payload[at:at+e.Size])
		at += e.Size
	}
	return library
}

func TestSplitLeavesWhole(t *testing.T) {
	irelative := func(library []byte) []byte {
		// A relocation in the place of the second symbol.
		binary.LittleEndian.PutUint64(library[0x348:], uint64(elf.R_X86_64_IRELATIVE))
		return library
	}
	tests := []struct {
		name    string
		library []byte
		want    string
	}{
		{"relocations in code", tiny(dyn{elf.DT_TEXTREL, 0}), "DT_TEXTREL"},
		{"the same as a flag", tiny(dyn{elf.DT_FLAGS, uint64(elf.DF_TEXTREL)}), "DT_TEXTREL"},
		{"preinit", tiny(dyn{elf.DT_PREINIT_ARRAY, 1}), "DT_PREINIT_ARRAY"},
		{"indirect functions", irelative(tiny(dyn{elf.DT_RELA, 0x340}, dyn{elf.DT_RELASZ, 24})), "IRELATIVE"},
		{"symbols beside the code", tiny(dyn{elf.DT_HASH, tinyText + 8}), "no segment is free"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := split(t, test.library)
			if !strings.Contains(img.Whole, test.want) {
				t.Errorf("got reason %q, want one with %q", img.Whole, test.want)
			}
			if len(img.Mapped) > 0 || len(img.Patches) > 0 || sum(assemble(img)) != img.Digest {
				t.Error("an undivided library is all in the skeleton")
			}
		})
	}
}

func TestSplitRefuses(t *testing.T) {
	cut := tiny()
	static := tiny()
	binary.LittleEndian.PutUint32(static[64+3*56:], uint32(elf.PT_NOTE))
	executable := tiny()
	binary.LittleEndian.PutUint16(executable[16:], uint16(elf.ET_EXEC))
	endless := tiny()
	for i := tinyData; i < tinyData+0x180; i += 16 {
		endless[i] = byte(elf.DT_DEBUG)
	}
	tests := []struct {
		name    string
		library []byte
		want    string
	}{
		{"empty", nil, "not an ELF shared library"},
		{"text", []byte("#!/bin/sh\n"), "not an ELF shared library"},
		{"cut", cut[:tinyData], "not an ELF shared library"},
		{"executable", executable, "not a 64-bit little-endian ELF shared library"},
		{"no dynamic segment", static, "no dynamic segment"},
		{"endless dynamic segment", endless, "has no end"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Split("libtiny.so", test.library)
			var problem *diag.Error
			if !errors.As(err, &problem) || !strings.Contains(err.Error(), test.want) || problem.File != "libtiny.so" {
				t.Errorf("got error %v, want one about libtiny.so with %q", err, test.want)
			}
		})
	}
}

func TestObject(t *testing.T) {
	payload := []byte("code and read-only data")
	f, err := elf.NewFile(bytes.NewReader(Object(elf.EM_AARCH64, "the_symbol", payload)))
	if err != nil {
		t.Fatal(err)
	}
	section := f.Section(".rodata")
	if section == nil || section.Addralign != PageSize || section.Offset%PageSize != 0 || section.Flags != elf.SHF_ALLOC {
		t.Fatalf("section .rodata: %+v", section)
	}
	if data, err := section.Data(); err != nil || !bytes.Equal(data, payload) {
		t.Errorf("section .rodata holds %q, %v", data, err)
	}
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	want := []elf.Symbol{{
		Name:    "the_symbol",
		Info:    elf.ST_INFO(elf.STB_GLOBAL, elf.STT_OBJECT),
		Other:   byte(elf.STV_HIDDEN),
		Section: 1,
		Size:    uint64(len(payload)),
	}}
	if diff := cmp.Diff(want, symbols, cmp.FilterPath(func(p cmp.Path) bool { return strings.HasPrefix(p.Last().String(), ".Ver") }, cmp.Ignore()), cmp.AllowUnexported(elf.Symbol{})); diff != "" {
		t.Errorf("symbols (-want +got):\n%s", diff)
	}
	if stack := f.Section(".note.GNU-stack"); stack == nil || stack.Flags != 0 {
		t.Error("the object asks for an executable stack")
	}
}

// FuzzSplit has parts that make a library again, or an error, of whatever bytes.
func FuzzSplit(f *testing.F) {
	f.Add(tiny())
	f.Add(tiny(dyn{elf.DT_RELA, 0x340}, dyn{elf.DT_RELASZ, 1 << 40}))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Split("fuzz", data)
		if err != nil {
			return
		}
		if sum(assemble(img)) != img.Digest {
			t.Error("the parts don't make the library that Digest stands for")
		}
	})
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }
