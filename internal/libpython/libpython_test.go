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

// tinyPage is PageSize of the machine of the tiny library.
const tinyPage = 4096

// The addresses of tiny's segments, equal to their offsets in the file.
const (
	tinyText  = 0x1000
	tinyData  = 0x3100 // not on a page, as linkers do it
	tinyWords = 0x4000 // a page of words
	tinyEnd   = 0x6200
)

// Where tiny's tables are, in its first segment.
const (
	tinyStrings     = 0x300
	tinySymbols     = 0x320 // null, one of another library, one of its own
	tinyRelocations = 0x380
)

// dyn is one Elf64_Dyn.
type dyn struct {
	tag   elf.DynTag
	value uint64
}

// tiny returns a shared library as linkers lay it out: a read-only segment with the dynamic symbols, code, and data with
// the dynamic segment. It holds nothing that could run. Its relocations are given; extra entries of the dynamic segment
// come last.
func tiny(relocations []elf.Rela64, extra ...dyn) []byte {
	file := make([]byte, tinyEnd)
	put := func(at int, v any) { _, _ = binary.Encode(file[at:], binary.LittleEndian, v) }
	copy(file[tinyStrings:], "\x00libtiny.so.1\x00")
	for i := tinyText; i < tinyText+0x800; i++ {
		file[i] = 0xc3
	}
	put(tinySymbols, []elf.Sym64{
		{},
		{Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC)},
		{Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC), Shndx: 7, Value: tinyText + 0x10},
	})
	put(tinyRelocations, relocations)
	dynamic := append([]dyn{
		{elf.DT_SONAME, 1},
		{elf.DT_STRTAB, tinyStrings},
		{elf.DT_STRSZ, 14},
		{elf.DT_SYMTAB, tinySymbols},
		{elf.DT_RELA, tinyRelocations},
		{elf.DT_RELASZ, uint64(24 * len(relocations))},
		{dtRelaCount, 0},
		{elf.DT_INIT, tinyText},
		{elf.DT_INIT_ARRAY, tinyData + 0x180},
		{elf.DT_INIT_ARRAYSZ, 16},
	}, extra...)
	dynamic = append(dynamic, dyn{elf.DT_NULL, 0})
	for i, d := range dynamic {
		put(tinyData+16*i, []uint64{uint64(d.tag), d.value})
	}
	segments := []elf.Prog64{
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R), Filesz: 0x800, Memsz: 0x800, Align: tinyPage},
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: tinyText, Vaddr: tinyText, Filesz: 0x800, Memsz: 0x800, Align: tinyPage},
		{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_W), Off: tinyData, Vaddr: tinyData, Filesz: tinyEnd - tinyData, Memsz: tinyEnd - tinyData + 64, Align: tinyPage},
		{Type: uint32(elf.PT_DYNAMIC), Flags: uint32(elf.PF_R | elf.PF_W), Off: tinyData, Vaddr: tinyData, Filesz: 0x180, Memsz: 0x180, Align: 8},
		{Type: uint32(elf.PT_GNU_RELRO), Flags: uint32(elf.PF_R), Off: tinyData, Vaddr: tinyData, Filesz: 0x1f00, Memsz: 0x1f00},
	}
	put(64, segments)
	// Section headers, by which debug/elf finds the strings of the dynamic segment.
	sections := []elf.Section64{
		{},
		{Type: uint32(elf.SHT_DYNAMIC), Flags: uint64(elf.SHF_ALLOC), Addr: tinyData, Off: tinyData, Size: uint64(16 * len(dynamic)), Link: 2, Entsize: 16},
		{Type: uint32(elf.SHT_STRTAB), Flags: uint64(elf.SHF_ALLOC), Addr: tinyStrings, Off: tinyStrings, Size: 14},
	}
	put(0, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segments)),
		Shoff: tinyEnd, Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: 2,
	})
	file, _ = binary.Append(file, binary.LittleEndian, sections)
	return file
}

// rela returns a relocation of a word; symbols are those of tiny, 0 for none.
func rela(address uint64, symbol uint32, typ elf.R_X86_64, addend int64) elf.Rela64 {
	return elf.Rela64{Off: address, Info: elf.R_INFO(symbol, uint32(typ)), Addend: addend}
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
	img := split(t, tiny([]elf.Rela64{
		rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText),
		rela(tinyWords+8, 2, elf.R_X86_64_64, 4), // of its own
		rela(tinyWords+0x1000, 1, elf.R_X86_64_64, 0),
		rela(tinyWords+0x1008, 2, elf.R_X86_64_JMP_SLOT, 0),
	}))
	if img.Whole != "" {
		t.Fatalf("not divided: %s", img.Whole)
	}
	got := *img
	got.Skeleton, got.Original, got.Data, got.Payload, got.Digest = nil, nil, nil, nil, [32]byte{}
	want := Image{
		Name:    "libtiny.so.1",
		Machine: elf.EM_X86_64,
		Size:    tinyEnd,
		Mapped: []Extent{
			{Offset: tinyText, Size: 0x800, Address: tinyText, Exec: true},
			{Offset: tinyWords, Size: tinyPage, Address: tinyWords, Write: true}, // and not the page of the other library's symbol
		},
		Relocations: []uint64{tinyWords, 0b11},
		Page:        tinyPage,
		Protect:     Extent{Address: 0x3000, Size: 0x2000},
		Memory:      Extent{Offset: 0x5000, Address: 0x5000, Size: tinyEnd - 0x5000},
		Zeros:       64,
		Init:        tinyText,
		Array:       tinyData + 0x180,
		Inits:       2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("image (-want +got):\n%s", diff)
	}
	if words := img.Payload[1]; binary.LittleEndian.Uint64(words) != tinyText || binary.LittleEndian.Uint64(words[8:]) != tinyText+0x14 {
		t.Errorf("relocated words are % x", words[:16])
	}
	if sum(whole(t, img)) != img.Digest {
		t.Error("the parts don't make the library that Digest stands for")
	}
}

// TestSkeleton looks at the library as the dynamic linker sees it.
func TestSkeleton(t *testing.T) {
	img := split(t, tiny([]elf.Rela64{
		rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText),
		rela(tinyWords+0x1000, 1, elf.R_X86_64_64, 0),
		rela(tinyData+0x190, 0, elf.R_X86_64_RELATIVE, tinyText), // in a page of the linker's
	}, dyn{elf.DT_PLTREL, uint64(elf.DT_RELA)}, dyn{elf.DT_PLTRELSZ, 0}, dyn{elf.DT_JMPREL, tinyRelocations}, dyn{elf.DT_RUNPATH, 1}))
	skeleton := make([]byte, img.Size)
	at := int64(0)
	for _, e := range img.Skeleton {
		copy(skeleton[e.Offset:], img.Data[at:at+e.Size])
		at += e.Size
	}
	f, err := elf.NewFile(bytes.NewReader(skeleton))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Flags&elf.PF_X != 0 || p.Type == elf.PT_GNU_RELRO {
			t.Errorf("segment %v of flags %v is still there", p.Type, p.Flags)
		}
	}
	l := &library{contents: skeleton, file: f}
	if err := l.read(); err != nil {
		t.Fatal(err)
	}
	for _, tag := range []elf.DynTag{elf.DT_INIT, elf.DT_INIT_ARRAY, elf.DT_INIT_ARRAYSZ, elf.DT_JMPREL, elf.DT_PLTREL, elf.DT_PLTRELSZ, elf.DT_RUNPATH} {
		if l.has(tag) {
			t.Errorf("%v is still there", tag)
		}
	}
	relocations, reason := l.relocations()
	want := []relocation{
		{address: tinyData + 0x190, info: uint64(elf.R_X86_64_RELATIVE), addend: tinyText, own: true},
		{address: tinyWords + 0x1000, info: elf.R_INFO(1, uint32(elf.R_X86_64_64))},
	}
	if diff := cmp.Diff(want, relocations, cmp.AllowUnexported(relocation{})); diff != "" || reason != "" {
		t.Errorf("relocations (-want +got), %q:\n%s", reason, diff)
	}
	if got := l.value(dtRelaCount); got != 1 {
		t.Errorf("DT_RELACOUNT is %d, want 1", got)
	}
}

func TestSplitLeavesWhole(t *testing.T) {
	relative := rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText)
	tests := []struct {
		name    string
		library []byte
		want    string
	}{
		{"relocations in code", tiny(nil, dyn{elf.DT_TEXTREL, 0}), "DT_TEXTREL"},
		{"the same as a flag", tiny(nil, dyn{elf.DT_FLAGS, uint64(elf.DF_TEXTREL)}), "DT_TEXTREL"},
		{"preinit", tiny(nil, dyn{elf.DT_PREINIT_ARRAY, 1}), "DT_PREINIT_ARRAY"},
		{"no addends", tiny(nil, dyn{elf.DT_REL, 0x400}), "DT_REL"},
		{"indirect functions", tiny([]elf.Rela64{rela(tinyWords, 0, elf.R_X86_64_IRELATIVE, tinyText)}), "IRELATIVE"},
		{"symbols beside the code", tiny(nil, dyn{elf.DT_HASH, tinyText + 8}), "code and dynamic symbols are in one segment"},
		{"relocations elsewhere", tiny(nil, dyn{elf.DT_JMPREL, 1 << 40}, dyn{elf.DT_PLTRELSZ, 24}), "lies outside"},
		{"a word twice", tiny([]elf.Rela64{relative, relative}), "twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := split(t, test.library)
			if !strings.Contains(img.Whole, test.want) {
				t.Errorf("got reason %q, want one with %q", img.Whole, test.want)
			}
			if len(img.Mapped) > 0 || len(img.Relocations) > 0 || sum(whole(t, img)) != img.Digest {
				t.Error("an undivided library is all in the skeleton")
			}
		})
	}
}

func TestEncodeRelocations(t *testing.T) {
	tests := []struct {
		name      string
		addresses []uint64
		words     []uint64
	}{
		{"none", nil, nil},
		{"one", []uint64{0x1000}, []uint64{0x1000}},
		{"neighbours", []uint64{0x1000, 0x1008, 0x1018}, []uint64{0x1000, 0b1011}},
		{"last of a bitmap", []uint64{0x1000, 0x1008 + 62*8}, []uint64{0x1000, 1<<63 | 1}},
		{"first of the next", []uint64{0x1000, 0x1008, 0x1008 + 63*8}, []uint64{0x1000, 0b11, 0b11}},
		{"far", []uint64{0x1000, 0x9000}, []uint64{0x1000, 0x9000}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var relocations []relocation
			for _, a := range test.addresses {
				relocations = append(relocations, relocation{address: a})
			}
			words := encodeRelocations(relocations)
			if diff := cmp.Diff(test.words, words); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.addresses, decodeRelocations(words)); diff != "" {
				t.Errorf("decoded again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitRefuses(t *testing.T) {
	cut := tiny(nil)
	static := tiny(nil)
	binary.LittleEndian.PutUint32(static[64+3*56:], uint32(elf.PT_NOTE))
	executable := tiny(nil)
	binary.LittleEndian.PutUint16(executable[16:], uint16(elf.ET_EXEC))
	endless := tiny(nil)
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
	payload := append([]byte("code"), make([]byte, PageSize(elf.EM_AARCH64)-len("code"))...)
	payload = append(payload, "read-only data"...)
	f, err := elf.NewFile(bytes.NewReader(Object(elf.EM_AARCH64, "the_symbol", [][]byte{[]byte("code"), []byte("read-only data")})))
	if err != nil {
		t.Fatal(err)
	}
	section := f.Section(".rodata")
	if section == nil || section.Addralign != 1<<16 || section.Offset%(1<<16) != 0 || section.Flags != elf.SHF_ALLOC {
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
	f.Add(tiny([]elf.Rela64{rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText), rela(tinyWords+0x1000, 1, elf.R_X86_64_64, 0)}))
	f.Add(tiny(nil, dyn{dtRelr, tinyRelocations}, dyn{dtRelrSize, 16}, dyn{dtRelrEntry, 8}))
	f.Add(asking("\x00libc.so.6\x00librt.so.1\x00", 11, 1))
	f.Add(hashed([]elf.Rela64{rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText)}, dyn{dtRelr, tinyRelocations}, dyn{dtRelrSize, 16}))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Split("fuzz", bytes.Clone(data))
		if err != nil {
			return
		}
		if sum(whole(t, img)) != img.Digest {
			t.Error("the parts don't make the library that Digest stands for")
		}
	})
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }

// whole returns the file of an image.
func whole(t *testing.T, img *Image) []byte {
	t.Helper()
	file, err := img.File()
	if err != nil {
		t.Fatal(err)
	}
	return file
}
