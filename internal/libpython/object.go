package libpython

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// Object returns a relocatable ELF object whose read-only section holds parts under the name symbol, each of them aligned to
// PageSize of the machine. go build links an object of this form when it lies beside the Go files with the ending .syso, and keeps the
// section's alignment in memory and in the file.
func Object(machine elf.Machine, symbol string, parts [][]byte) []byte {
	strings := append([]byte{0}, symbol...)
	strings = append(strings, 0)
	names := "\x00.rodata\x00.symtab\x00.strtab\x00.shstrtab\x00.note.GNU-stack\x00"
	name := func(s string) uint32 { return uint32(bytes.Index([]byte(names), []byte(s+"\x00"))) } // found

	page := uint64(PageSize(machine))
	size := 0
	for _, part := range parts {
		size = pad(size, int(page)) + len(part)
	}
	symbols := make([]elf.Sym64, 2) // the first one is the null symbol
	symbols[1] = elf.Sym64{
		Name:  1,
		Info:  elf.ST_INFO(elf.STB_GLOBAL, elf.STT_OBJECT),
		Other: byte(elf.STV_HIDDEN),
		Shndx: 1,
		Size:  uint64(size), // a length
	}

	const headerSize, sectionSize = 64, 64
	at := page // of the payload: aligned in the object too, so that nothing has to be moved
	after := func(size int) uint64 { v := at; at = (at + uint64(size) + 7) &^ 7; return v }
	sections := []elf.Section64{
		{},
		{Name: name(".rodata"), Type: uint32(elf.SHT_PROGBITS), Flags: uint64(elf.SHF_ALLOC), Off: after(size), Size: uint64(size), Addralign: page},
		{Name: name(".symtab"), Type: uint32(elf.SHT_SYMTAB), Off: after(binary.Size(symbols)), Size: uint64(binary.Size(symbols)), Link: 3, Info: 1, Addralign: 8, Entsize: elf.Sym64Size}, // sizes
		{Name: name(".strtab"), Type: uint32(elf.SHT_STRTAB), Off: after(len(strings)), Size: uint64(len(strings)), Addralign: 1},
		{Name: name(".shstrtab"), Type: uint32(elf.SHT_STRTAB), Off: after(len(names)), Size: uint64(len(names)), Addralign: 1},
		{Name: name(".note.GNU-stack"), Type: uint32(elf.SHT_PROGBITS), Off: at, Addralign: 1}, // no executable stack
	}
	header := elf.Header64{
		Ident:     [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:      uint16(elf.ET_REL),
		Machine:   uint16(machine),
		Version:   uint32(elf.EV_CURRENT),
		Shoff:     at,
		Ehsize:    headerSize,
		Shentsize: sectionSize,
		Shnum:     uint16(len(sections)), // six
		Shstrndx:  4,
	}

	out := make([]byte, at, at+uint64(len(sections)*sectionSize))
	put := func(offset uint64, v any) { _, _ = binary.Encode(out[offset:], binary.LittleEndian, v) } // fixed-size values: never fails
	put(0, &header)
	end := 0
	for _, part := range parts {
		end = pad(end, int(page))
		end += copy(out[int(sections[1].Off)+end:], part) // a page and more
	}
	put(sections[2].Off, symbols)
	copy(out[sections[3].Off:], strings)
	copy(out[sections[4].Off:], names)
	out, _ = binary.Append(out, binary.LittleEndian, sections)
	return out
}

// Parts returns the parts of an object that Object made, of the sizes that the extents have.
func Parts(machine elf.Machine, object []byte, extents []Extent) [][]byte {
	page := PageSize(machine)
	parts := make([][]byte, len(extents))
	at := page
	for i, e := range extents {
		at = pad(at, page)
		parts[i] = object[at : at+int(e.Size)]
		at += int(e.Size)
	}
	return parts
}

// pad returns n or the next multiple of page, a power of two, above it.
func pad(n, page int) int { return (n + page - 1) &^ (page - 1) }
