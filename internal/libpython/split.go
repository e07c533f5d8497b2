package libpython

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/oxgen/oxgen/internal/diag"
)

// PageSize is the alignment of all that is mapped out of the executable, in bytes.
const PageSize = 4096

// An Image is a shared library in the form in which an executable carries it.
//
// The library that it stands for is the original without what no PT_LOAD segment covers (section headers, symbol
// tables for debuggers, debug sections).
type Image struct {
	Name    string // DT_SONAME, "libpython3.14.so.1.0"
	Machine elf.Machine
	Size    int64    // of the library, in bytes
	Digest  [32]byte // SHA-256 of the library

	Kept     []Extent // parts of the library that are in Skeleton, in this order, by ascending Offset
	Skeleton []byte

	Mapped  []Extent // segments that are in Payload, in this order; empty when the library can't be divided
	Payload []byte   // each segment starts at a multiple of PageSize
	Patches []Patch  // what hides the initialisers, and takes the execute permission from the holes
	Init    uint64   // address of the DT_INIT function relative to the load address, 0 if there is none
	Array   uint64   // address of DT_INIT_ARRAY, likewise
	Inits   int      // number of functions in Array

	// Whole says why the library can't be divided: "" when it can. Then everything is in Skeleton.
	Whole string
}

// An Extent is a part of the library's file, and where it is loaded.
type Extent struct {
	Offset  int64  // in the library's file
	Size    int64  // in bytes
	Address uint64 // relative to the load address; only for Mapped
	Exec    bool   // machine code; only for Mapped
}

// A Patch changes bytes of the skeleton for the time of its loading.
type Patch struct {
	Offset int64  // in the library's file
	Value  uint64 // little-endian
	Size   int    // 4 or 8
}

// Split divides the shared library with the given contents. name is what errors call it. A library that is sound but
// has a trait that division can't cope with comes back undivided, with the reason in Whole.
func Split(name string, contents []byte) (*Image, error) {
	f, err := elf.NewFile(bytes.NewReader(contents))
	if err != nil {
		return nil, diag.Errorf(name, "", "not an ELF shared library: %w", err)
	}
	if f.Type != elf.ET_DYN || f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB {
		return nil, diag.Errorf(name, "", "not a 64-bit little-endian ELF shared library")
	}
	l := &library{contents: contents, file: f}
	if err := l.read(); err != nil {
		return nil, diag.Errorf(name, "the file is damaged: bring the distribution anew with `oxgen python fetch`", "%w", err)
	}
	return l.image(), nil
}

// A library is an ELF file being read.
type library struct {
	contents []byte
	file     *elf.File
	loads    []elf.ProgHeader
	dynamic  elf.ProgHeader
	entries  []dynamicEntry
}

// A dynamicEntry is one Elf64_Dyn.
type dynamicEntry struct {
	offset int64 // in the file
	tag    elf.DynTag
	value  uint64
}

func (l *library) read() error {
	size := uint64(len(l.contents))
	for _, p := range l.file.Progs {
		if p.Off > size || p.Filesz > size-p.Off {
			return fmt.Errorf("segment %v at %#x ends behind the file", p.Type, p.Off)
		}
		switch p.Type {
		case elf.PT_LOAD:
			l.loads = append(l.loads, p.ProgHeader)
		case elf.PT_DYNAMIC:
			l.dynamic = p.ProgHeader
		}
	}
	if len(l.loads) == 0 || l.dynamic.Filesz == 0 {
		return errors.New("no loadable or no dynamic segment")
	}
	for at := l.dynamic.Off; at+16 <= l.dynamic.Off+l.dynamic.Filesz; at += 16 {
		e := dynamicEntry{
			offset: int64(at), //nolint:gosec // within the file
			tag:    elf.DynTag(binary.LittleEndian.Uint64(l.contents[at:])),
			value:  binary.LittleEndian.Uint64(l.contents[at+8:]),
		}
		if e.tag == elf.DT_NULL {
			return nil
		}
		l.entries = append(l.entries, e)
	}
	return errors.New("the dynamic segment has no end")
}

func (l *library) image() *Image {
	img := &Image{Machine: l.file.Machine}
	if names, err := l.file.DynString(elf.DT_SONAME); err == nil && len(names) > 0 {
		img.Name = names[0]
	}
	rebuilt := l.rebuild()
	img.Size, img.Digest = int64(len(rebuilt)), sha256.Sum256(rebuilt)
	mapped, whole := l.mappable()
	img.Whole = whole
	if whole == "" {
		l.divide(img, rebuilt, mapped)
		return img
	}
	img.Kept = []Extent{{Size: img.Size}}
	img.Skeleton = rebuilt
	return img
}

// rebuild returns the file without what lies outside the PT_LOAD segments and without section headers.
func (l *library) rebuild() []byte {
	var end uint64
	for _, p := range l.loads {
		end = max(end, p.Off+p.Filesz)
	}
	rebuilt := make([]byte, end)
	for _, p := range l.loads {
		copy(rebuilt[p.Off:p.Off+p.Filesz], l.contents[p.Off:])
	}
	const shoff, shentsize, shnum, shstrndx = 40, 58, 60, 62 // Elf64_Ehdr
	clear(rebuilt[shoff : shoff+8])
	clear(rebuilt[shentsize : shentsize+2])
	clear(rebuilt[shnum : shnum+2])
	clear(rebuilt[shstrndx : shstrndx+2])
	return rebuilt
}

// mappable returns the segments that the dynamic linker neither reads nor writes, or why there are none.
func (l *library) mappable() ([]elf.ProgHeader, string) {
	if reason := l.obstacle(); reason != "" {
		return nil, reason
	}
	var mapped []elf.ProgHeader
	for _, p := range l.loads {
		if p.Flags&elf.PF_W != 0 || p.Off == 0 || p.Filesz != p.Memsz || l.linked(p) {
			continue
		}
		if p.Off%PageSize != p.Vaddr%PageSize || p.Vaddr%PageSize != 0 {
			return nil, fmt.Sprintf("segment at %#x does not start on a page", p.Vaddr)
		}
		mapped = append(mapped, p)
	}
	if len(mapped) == 0 {
		return nil, "no segment is free of what the dynamic linker reads"
	}
	return mapped, ""
}

// linked tells whether the dynamic linker looks into p while it loads the library.
func (l *library) linked(p elf.ProgHeader) bool {
	tables := []elf.DynTag{
		elf.DT_HASH, elf.DT_GNU_HASH, elf.DT_STRTAB, elf.DT_SYMTAB, elf.DT_RELA, elf.DT_REL, elf.DT_JMPREL,
		elf.DT_VERSYM, elf.DT_VERNEED, elf.DT_VERDEF, dtRelr,
	}
	return slices.ContainsFunc(l.entries, func(e dynamicEntry) bool {
		return slices.Contains(tables, e.tag) && e.value >= p.Vaddr && e.value < p.Vaddr+p.Memsz
	})
}

const dtRelr elf.DynTag = 36 // DT_RELR, gABI; debug/elf has no name for it

// obstacle names the trait, if there is one, by which code of the library runs or is written to during its loading.
func (l *library) obstacle() string {
	for _, e := range l.entries {
		switch {
		case e.tag == elf.DT_TEXTREL, e.tag == elf.DT_FLAGS && elf.DynFlag(e.value)&elf.DF_TEXTREL != 0:
			return "it has relocations in its code (DT_TEXTREL)"
		case e.tag == elf.DT_PREINIT_ARRAY:
			return "it has DT_PREINIT_ARRAY"
		}
	}
	if l.indirect() {
		return "it has indirect functions (IRELATIVE relocations)"
	}
	return ""
}

// indirect tells whether a relocation calls a function of the library to learn its value.
func (l *library) indirect() bool {
	value := func(tag elf.DynTag) uint64 {
		for _, e := range l.entries {
			if e.tag == tag {
				return e.value
			}
		}
		return 0
	}
	for _, table := range [][2]uint64{
		{value(elf.DT_RELA), value(elf.DT_RELASZ)},
		{value(elf.DT_JMPREL), value(elf.DT_PLTRELSZ)},
	} {
		for at := table[0]; at+24 <= table[0]+table[1]; at += 24 {
			entry := l.at(at)
			if len(entry) < 24 {
				break
			}
			switch typ := uint32(binary.LittleEndian.Uint64(entry[8:])); { //nolint:gosec // ELF64_R_TYPE is the lower half
			case l.file.Machine == elf.EM_X86_64 && typ == uint32(elf.R_X86_64_IRELATIVE),
				l.file.Machine == elf.EM_AARCH64 && typ == uint32(elf.R_AARCH64_IRELATIVE):
				return true
			}
		}
	}
	return false
}

// at returns the file's bytes from the address vaddr to the end of its segment, nil if no segment holds it.
func (l *library) at(vaddr uint64) []byte {
	for _, p := range l.loads {
		if vaddr >= p.Vaddr && vaddr < p.Vaddr+p.Filesz {
			return l.contents[p.Off+vaddr-p.Vaddr : p.Off+p.Filesz]
		}
	}
	return nil
}

// divide fills img's parts from the rebuilt file.
func (l *library) divide(img *Image, rebuilt []byte, mapped []elf.ProgHeader) {
	at := int64(0)
	keep := func(end int64) {
		if at < end {
			img.Kept = append(img.Kept, Extent{Offset: at, Size: end - at})
			img.Skeleton = append(img.Skeleton, rebuilt[at:end]...)
		}
	}
	for _, p := range mapped {
		offset, size := int64(p.Off), int64(p.Filesz) //nolint:gosec // within the file
		keep(offset)
		at = offset + size
		img.Mapped = append(img.Mapped, Extent{Offset: offset, Size: size, Address: p.Vaddr, Exec: p.Flags&elf.PF_X != 0})
		img.Payload = append(img.Payload, make([]byte, pad(len(img.Payload)))...)
		img.Payload = append(img.Payload, rebuilt[offset:at]...)
	}
	keep(img.Size)
	img.Kept = dropZeros(img)
	l.hide(img, mapped)
}

// pad returns how many bytes bring n to a multiple of PageSize.
func pad(n int) int { return -n & (PageSize - 1) }

// dropZeros removes the extents between segments that hold nothing but the padding of the file.
func dropZeros(img *Image) []Extent {
	var kept []Extent
	var skeleton []byte
	at := int64(0)
	for _, e := range img.Kept {
		part := img.Skeleton[at : at+e.Size]
		at += e.Size
		if len(bytes.Trim(part, "\x00")) > 0 {
			kept, skeleton = append(kept, e), append(skeleton, part...)
		}
	}
	img.Skeleton = skeleton
	return kept
}

// hide lists the patches for the time of loading, and notes the initialisers that they hide.
func (l *library) hide(img *Image, mapped []elf.ProgHeader) {
	const phoff, phentsize = 32, 54 // Elf64_Ehdr
	table := binary.LittleEndian.Uint64(l.contents[phoff:])
	step := uint64(binary.LittleEndian.Uint16(l.contents[phentsize:]))
	for i, p := range l.file.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 && slices.Contains(mapped, p.ProgHeader) {
			// A hole that nobody may execute asks no execute permission of the memory file.
			flags := int64(table+uint64(i)*step) + 4 //nolint:gosec // p_flags, within the file
			img.Patches = append(img.Patches, Patch{Offset: flags, Value: uint64(elf.PF_R), Size: 4})
		}
	}
	for _, e := range l.entries {
		switch e.tag {
		case elf.DT_INIT:
			img.Init = e.value
			// DT_DEBUG means something in an executable only: in a library it is passed over.
			img.Patches = append(img.Patches, Patch{Offset: e.offset, Value: uint64(elf.DT_DEBUG), Size: 8})
		case elf.DT_INIT_ARRAY:
			img.Array = e.value
		case elf.DT_INIT_ARRAYSZ:
			img.Inits = int(e.value / 8) //nolint:gosec // a section's size
			img.Patches = append(img.Patches, Patch{Offset: e.offset + 8, Value: 0, Size: 8})
		}
	}
}
