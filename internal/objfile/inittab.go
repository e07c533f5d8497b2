package objfile

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// errNoTable is the error of a library whose table of built-in modules can't be found.
var errNoTable = errors.New("no table of built-in modules (PyImport_Inittab)")

// maxModules is more than any libpython has built-in modules.
const maxModules = 1 << 12

// BuiltinModules returns the names of the modules that are inside of a libpython, sorted: what sys.builtin_module_names is in
// an interpreter that uses it. They are in the table to which the exported variable PyImport_Inittab points, pairs of a name
// and a function, the last one with a null pointer for a name (Include/cpython/import.h).
func BuiltinModules(r io.ReaderAt) ([]string, error) {
	img, err := imageOf(r)
	if err != nil {
		return nil, err
	}
	table, ok := img.pointer(img.symbol)
	if !ok || img.symbol == 0 {
		return nil, errNoTable
	}
	var names []string
	for ; len(names) < maxModules; table += 16 {
		at, ok := img.pointer(table)
		if !ok {
			return nil, errNoTable
		}
		if at == 0 {
			slices.Sort(names)
			return slices.Compact(names), nil
		}
		name, ok := img.text(at)
		if !ok {
			return nil, errNoTable
		}
		names = append(names, name)
	}
	return nil, errNoTable
}

// An image is a library as it is in memory at its preferred address.
type image struct {
	symbol   uint64            // address of PyImport_Inittab
	segments []segment         // of the file
	pointers map[uint64]uint64 // address → what the dynamic linker writes there; nil where the file has it
	mask     uint64            // the part of a pointer in the file that is an address
}

type segment struct {
	address uint64
	data    []byte
}

func (i *image) at(address uint64) []byte {
	for _, s := range i.segments {
		if address >= s.address && address-s.address < uint64(len(s.data)) {
			return s.data[address-s.address:]
		}
	}
	return nil
}

func (i *image) pointer(address uint64) (uint64, bool) {
	if p, ok := i.pointers[address]; ok {
		return p, true
	}
	b := i.at(address)
	if len(b) < 8 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b) & i.mask, true
}

// text returns a C string.
func (i *image) text(address uint64) (string, bool) {
	b := i.at(address)
	b = b[:min(len(b), 256)]
	end := bytes.IndexByte(b, 0)
	return string(b[:max(end, 0)]), end > 0
}

func imageOf(r io.ReaderAt) (*image, error) {
	var head [4]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, ErrNotObject
	}
	switch {
	case string(head[:]) == elf.ELFMAG:
		return elfImage(r)
	case head[0] == 'M' && head[1] == 'Z':
		return peImage(r)
	case binary.LittleEndian.Uint32(head[:]) == macho.Magic64:
		return machoImage(r)
	}
	return nil, ErrNotObject
}

func elfImage(r io.ReaderAt) (*image, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	img := &image{pointers: map[uint64]uint64{}, mask: ^uint64(0)}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD {
			data, err := io.ReadAll(p.Open())
			if err != nil {
				return nil, err
			}
			img.segments = append(img.segments, segment{p.Vaddr, data})
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if s.Name == "PyImport_Inittab" {
			img.symbol = s.Value
		}
	}
	values := func(tag elf.DynTag) uint64 {
		if v, err := f.DynValue(tag); err == nil && len(v) > 0 {
			return v[0]
		}
		return 0
	}
	entries := img.at(values(elf.DT_RELA))
	entries = entries[:min(uint64(len(entries)), values(elf.DT_RELASZ))]
	for ; len(entries) >= 24; entries = entries[24:] {
		at, info, addend := binary.LittleEndian.Uint64(entries), binary.LittleEndian.Uint64(entries[8:]), binary.LittleEndian.Uint64(entries[16:])
		switch n := info >> 32; {
		case n == 0: // R_*_RELATIVE
			img.pointers[at] = addend
		case n <= uint64(len(symbols)): // of a symbol: DynamicSymbols leaves the null one out
			img.pointers[at] = symbols[n-1].Value + addend
		}
	}
	return img, nil
}

func peImage(r io.ReaderAt) (*image, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return nil, err
	}
	header, ok := f.OptionalHeader.(*pe.OptionalHeader64)
	if !ok || header.NumberOfRvaAndSizes < 1 {
		return nil, errNoTable
	}
	img := &image{mask: ^uint64(0)}
	for _, s := range f.Sections {
		data, err := s.Data()
		if err != nil {
			return nil, err
		}
		img.segments = append(img.segments, segment{header.ImageBase + uint64(s.VirtualAddress), data})
	}
	// The export directory has arrays of functions, of names and of the names' places among the functions (PE format, .edata).
	word := func(rva uint64) uint64 {
		if b := img.at(header.ImageBase + rva); len(b) >= 4 {
			return uint64(binary.LittleEndian.Uint32(b))
		}
		return 0
	}
	directory := uint64(header.DataDirectory[0].VirtualAddress)
	functions, names, places := word(directory+28), word(directory+32), word(directory+36)
	for i := range min(word(directory+24), 1<<16) {
		name, _ := img.text(header.ImageBase + word(names+4*i))
		if b := img.at(header.ImageBase + places + 2*i); name == "PyImport_Inittab" && len(b) >= 2 {
			img.symbol = header.ImageBase + word(functions+4*uint64(binary.LittleEndian.Uint16(b)))
		}
	}
	return img, nil
}

func machoImage(r io.ReaderAt) (*image, error) {
	f, err := macho.NewFile(r)
	if err != nil {
		return nil, err
	}
	// A pointer of chained fixups has 36 bits of address, and above them how far away the next one is (mach-o/fixup-chains.h,
	// dyld_chained_ptr_64_rebase). A library begins at address 0, so that addresses and offsets are the same.
	img := &image{mask: 1<<36 - 1}
	for _, l := range f.Loads {
		if s, ok := l.(*macho.Segment); ok {
			data, err := s.Data()
			if err != nil {
				return nil, err
			}
			img.segments = append(img.segments, segment{s.Addr, data})
		}
	}
	if f.Symtab == nil {
		return nil, errNoTable
	}
	for _, s := range f.Symtab.Syms {
		if s.Name == "_PyImport_Inittab" && s.Sect != 0 {
			img.symbol = s.Value
		}
	}
	return img, nil
}
