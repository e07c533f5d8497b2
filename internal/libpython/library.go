package libpython

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Tags that debug/elf has no names for (gABI).
const (
	dtRelrSize  elf.DynTag = 35
	dtRelr      elf.DynTag = 36
	dtRelrEntry elf.DynTag = 37
	dtRelaCount elf.DynTag = 0x6ffffff9
)

// A library is an ELF shared object being read.
type library struct {
	contents []byte
	file     *elf.File
	loads    []elf.ProgHeader
	dynamic  elf.ProgHeader
	tls      elf.ProgHeader
	entries  []dynamicEntry
	page     uint64 // PageSize
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
		case elf.PT_TLS:
			l.tls = p.ProgHeader
		}
	}
	if len(l.loads) == 0 || l.dynamic.Filesz == 0 {
		return errors.New("no loadable or no dynamic segment")
	}
	if err := l.checkLayout(); err != nil {
		return err
	}
	for at := l.dynamic.Off; at+16 <= l.dynamic.Off+l.dynamic.Filesz; at += 16 {
		e := dynamicEntry{
			offset: int64(at),
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

// checkLayout checks that the parts which are rewritten lie in the segments, and the segments side by side.
func (l *library) checkLayout() error {
	const phoff, phentsize = 32, 54 // Elf64_Ehdr
	table, size := binary.LittleEndian.Uint64(l.contents[phoff:]), binary.LittleEndian.Uint16(l.contents[phentsize:])
	first, count := l.loads[0], uint64(len(l.file.Progs))
	if size != programHeaderSize || first.Off != 0 || table > first.Filesz || count*programHeaderSize > first.Filesz-table {
		return errors.New("the headers are not in the first segment")
	}
	for i := 1; i < len(l.loads); i++ {
		a, b := l.loads[i-1], l.loads[i]
		if b.Off < a.Off+a.Filesz || b.Vaddr < a.Vaddr || b.Vaddr-a.Vaddr < a.Memsz {
			return fmt.Errorf("the segments at %#x and %#x overlap", a.Vaddr, b.Vaddr)
		}
	}
	d := l.dynamic
	if l.offset(d.Vaddr) != int64(d.Off) || l.bytes(d.Vaddr, d.Filesz) == nil {
		return errors.New("the dynamic segment is not part of the data")
	}
	return nil
}

// programHeaderSize is the size of an Elf64_Phdr in bytes.
const programHeaderSize = 56

// value returns the value of the first dynamic entry with a tag, 0 when there is none.
func (l *library) value(tag elf.DynTag) uint64 {
	for _, e := range l.entries {
		if e.tag == tag {
			return e.value
		}
	}
	return 0
}

func (l *library) has(tag elf.DynTag) bool {
	return slices.ContainsFunc(l.entries, func(e dynamicEntry) bool { return e.tag == tag })
}

// offset returns the place in the file of an address that a segment's file part covers, -1 for others.
func (l *library) offset(address uint64) int64 {
	for _, p := range l.loads {
		if address >= p.Vaddr && address-p.Vaddr < p.Filesz {
			return int64(p.Off + address - p.Vaddr)
		}
	}
	return -1
}

// bytes returns size bytes of the file from an address on, nil if no segment has them all.
func (l *library) bytes(address, size uint64) []byte {
	at := l.offset(address)
	if at < 0 || size > uint64(len(l.contents)) || uint64(at) > uint64(len(l.contents))-size {
		return nil
	}
	if size > 0 && l.offset(address+size-1) != at+int64(size)-1 {
		return nil
	}
	return l.contents[at : uint64(at)+size]
}

// plan decides what is taken out, or says why nothing can be.
func (l *library) plan() (*plan, string) {
	if reason := l.obstacle(); reason != "" {
		return nil, reason
	}
	relocations, reason := l.relocations()
	if reason != "" {
		return nil, reason
	}
	p := &plan{library: l}
	for _, h := range l.loads {
		if h.Filesz == 0 {
			continue
		}
		if h.Off%l.page != h.Vaddr%l.page {
			return nil, fmt.Sprintf("the segment at %#x does not lie in pages", h.Vaddr)
		}
		if h.Flags&elf.PF_W != 0 {
			p.mapped = append(p.mapped, l.dataPages(h, relocations)...)
		} else if !l.linked(h) {
			if h.Vaddr%l.page != 0 {
				return nil, fmt.Sprintf("the segment at %#x does not start on a page", h.Vaddr)
			}
			p.mapped = append(p.mapped, Extent{
				Offset: int64(h.Off), Size: int64(h.Filesz), Address: h.Vaddr, Exec: h.Flags&elf.PF_X != 0,
			})
		} else if h.Flags&elf.PF_X != 0 {
			cut := l.cut(h)
			if cut == 0 {
				return nil, "code and dynamic symbols are in one segment"
			}
			skip := cut - h.Vaddr
			p.mapped = append(p.mapped, Extent{Offset: int64(h.Off + skip), Size: int64(h.Filesz - skip), Address: cut, Exec: true})
		}
	}
	if len(p.mapped) == 0 {
		return nil, "no segment is free of what the dynamic linker reads"
	}
	return p, p.divideRelocations(relocations)
}

// cut returns the address of the page from which on a segment has nothing that the dynamic linker looks into, 0 if there is none.
// Linkers that make few segments, as those for arm64 do, put its tables before the code in one. The relocations may reach into that
// page: those that stay for the linker move to the start of their table.
func (l *library) cut(h elf.ProgHeader) uint64 {
	first := h.Vaddr + h.Filesz
	for _, s := range l.file.Sections {
		if s.Flags&elf.SHF_EXECINSTR != 0 && s.Addr >= h.Vaddr {
			first = min(first, s.Addr)
		}
	}
	cut := first &^ (l.page - 1)
	for _, s := range l.file.Sections {
		inside := s.Flags&elf.SHF_ALLOC != 0 && s.Addr >= h.Vaddr && s.Addr < h.Vaddr+h.Memsz
		switch s.Type {
		case elf.SHT_PROGBITS, elf.SHT_NOTE, elf.SHT_RELA:
			if inside && s.Type == elf.SHT_RELA && s.Addr >= cut {
				return 0
			}
		default:
			if inside && s.Addr+s.Size > cut {
				return 0
			}
		}
	}
	for _, e := range l.entries { // what the linker reads, whatever sections say
		if slices.Contains(tables, e.tag) && e.value >= cut && e.value < h.Vaddr+h.Memsz {
			return 0
		}
	}
	if cut <= h.Vaddr || cut >= h.Vaddr+h.Filesz {
		return 0
	}
	return cut
}

// tables are the tags of what the dynamic linker reads.
var tables = []elf.DynTag{
	elf.DT_HASH, elf.DT_GNU_HASH, elf.DT_STRTAB, elf.DT_SYMTAB, elf.DT_RELA, elf.DT_REL, elf.DT_JMPREL,
	elf.DT_VERSYM, elf.DT_VERNEED, elf.DT_VERDEF, dtRelr,
}

// linked tells whether the dynamic linker looks into the segment while it loads the library.
func (l *library) linked(h elf.ProgHeader) bool {
	return slices.ContainsFunc(l.entries, func(e dynamicEntry) bool {
		return slices.Contains(tables, e.tag) && e.value >= h.Vaddr && e.value < h.Vaddr+h.Memsz
	})
}

// obstacle names the trait, if there is one, by which code of the library runs or is written to during its loading.
func (l *library) obstacle() string {
	for _, e := range l.entries {
		switch {
		case e.tag == elf.DT_TEXTREL, e.tag == elf.DT_FLAGS && elf.DynFlag(e.value)&elf.DF_TEXTREL != 0:
			return "it has relocations in its code (DT_TEXTREL)"
		case e.tag == elf.DT_PREINIT_ARRAY:
			return "it has DT_PREINIT_ARRAY"
		case e.tag == elf.DT_REL:
			return "it has relocations without addends (DT_REL)"
		}
	}
	return ""
}

// relroEnd returns the address behind the last page that becomes read-only after relocation (PT_GNU_RELRO), 0 for none.
func (l *library) relroEnd() uint64 {
	for _, p := range l.file.Progs {
		if p.Type == elf.PT_GNU_RELRO {
			return (p.Vaddr + p.Memsz) &^ (l.page - 1)
		}
	}
	return 0
}

// dataPages returns the runs of whole pages of a data segment that the linker has no business with: in none of them is
// the dynamic segment, the initial thread-local storage, or a word that it relocates. What becomes read-only is in runs of its own.
func (l *library) dataPages(h elf.ProgHeader, relocations []relocation) []Extent {
	first, end := (h.Vaddr+l.page-1)/l.page, (h.Vaddr+h.Filesz)/l.page
	if first >= end {
		return nil
	}
	kept := make([]bool, end-first)
	keep := func(address, size uint64) {
		for page := address / l.page; page <= (address+max(size, 1)-1)/l.page; page++ {
			if page >= first && page < end {
				kept[page-first] = true
			}
		}
	}
	keep(l.dynamic.Vaddr, l.dynamic.Filesz)
	keep(l.tls.Vaddr, l.tls.Filesz)
	border := l.relroEnd()
	for _, r := range relocations {
		if !r.own {
			keep(r.address, 8)
		}
	}
	var runs []Extent
	for i, k := range kept {
		address := (first + uint64(i)) * l.page
		switch n := len(runs) - 1; {
		case k:
		case n >= 0 && runs[n].Address+uint64(runs[n].Size) == address && address != border:
			runs[n].Size += int64(l.page)
		default:
			runs = append(runs, Extent{Offset: l.offset(address), Size: int64(l.page), Address: address, Write: true})
		}
	}
	return runs
}
