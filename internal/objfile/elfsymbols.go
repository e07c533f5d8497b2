package objfile

import (
	"debug/elf"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxVersions is how many versions of a file are read: their indices are 15 bits wide.
const maxVersions = 1 << 15

// versionHidden is the bit of a DT_VERSYM entry that is not part of the index.
const versionHidden = 0x8000

var errVersions = errors.New("the list of symbol versions has no end")

// readVersions reads the symbol versions that the file needs (Elfxx_Verneed, Elfxx_Vernaux) and defines (Elfxx_Verdef,
// Elfxx_Verdaux). Those structures have the same layout in files of both word sizes.
func (e *elfReader) readVersions(f *File) error {
	if err := e.readNeededVersions(f); err != nil {
		return fmt.Errorf("needed symbol versions: %w", err)
	}
	if err := e.readDefinedVersions(f); err != nil {
		return fmt.Errorf("defined symbol versions: %w", err)
	}
	return nil
}

func (e *elfReader) readNeededVersions(f *File) error {
	at, ok := e.dynamic[dtVerNeed]
	if !ok {
		return nil
	}
	total := 0
	e.versionOf = map[uint16]Version{}
	for range min(e.dynamic[dtVerNeedN], maxVersions) {
		need, err := e.bytes(at, 16)
		if err != nil {
			return err
		}
		count, fileName, aux, next := e.half(need[2:]), e.four(need[4:]), e.four(need[8:]), e.four(need[12:])
		library, err := e.name(fileName)
		if err != nil {
			return err
		}
		entry := at + aux
		for range count {
			if total++; total > maxVersions {
				return errVersions
			}
			b, err := e.bytes(entry, 16)
			if err != nil {
				return err
			}
			name, err := e.name(e.four(b[8:]))
			if err != nil {
				return err
			}
			v := Version{Library: strings.Clone(library), Name: strings.Clone(name), Weak: e.half(b[4:])&0x2 != 0}
			e.versionOf[e.half(b[6:])&^versionHidden] = v
			f.Versions = append(f.Versions, v)
			step := e.four(b[12:])
			if step == 0 {
				break
			}
			entry += step
		}
		if next == 0 {
			break
		}
		at += next
	}
	slices.SortFunc(f.Versions, compareVersions)
	f.Versions = slices.Compact(f.Versions)
	return nil
}

func compareVersions(a, b Version) int {
	switch {
	case a.Library != b.Library:
		return strings.Compare(a.Library, b.Library)
	case a.Name != b.Name:
		return strings.Compare(a.Name, b.Name)
	case a.Weak == b.Weak:
		return 0
	case b.Weak:
		return -1
	}
	return 1
}

func (e *elfReader) readDefinedVersions(f *File) error {
	at, ok := e.dynamic[dtVerDef]
	if !ok {
		return nil
	}
	for range min(e.dynamic[dtVerDefN], maxVersions) {
		b, err := e.bytes(at, 20)
		if err != nil {
			return err
		}
		flags, aux, next := e.half(b[2:]), e.four(b[12:]), e.four(b[16:])
		first, err := e.bytes(at+aux, 8) // the rest are versions that this one is based on
		if err != nil {
			return err
		}
		name, err := e.name(e.four(first))
		if err != nil {
			return err
		}
		if flags&0x1 == 0 { // VER_FLG_BASE: the name of the library itself
			f.Defined = append(f.Defined, strings.Clone(name))
		}
		if next == 0 {
			break
		}
		at += next
	}
	return nil
}

func (e *elfReader) half(b []byte) uint16 { return e.ByteOrder.Uint16(b) }

func (e *elfReader) four(b []byte) uint64 { return uint64(e.ByteOrder.Uint32(b)) }

// readSymbols reads the dynamic symbols: what is imported, and the initialisation functions of modules.
func (e *elfReader) readSymbols(f *File) error {
	at, ok := e.dynamic[elf.DT_SYMTAB]
	if !ok {
		return nil
	}
	size := uint64(elf.Sym32Size)
	if e.File.Class == elf.ELFCLASS64 {
		size = elf.Sym64Size
	}
	count, err := e.countSymbols(at, size)
	if err != nil {
		return fmt.Errorf("counting the dynamic symbols: %w", err)
	}
	if count > maxTable/size {
		return fmt.Errorf("%d dynamic symbols", count)
	}
	table, err := e.bytes(at, count*size)
	if err != nil {
		return fmt.Errorf("reading the dynamic symbols: %w", err)
	}
	var versions []byte
	if at, ok := e.dynamic[dtVerSym]; ok {
		if versions, err = e.bytes(at, count*2); err != nil {
			return fmt.Errorf("reading the versions of the dynamic symbols: %w", err)
		}
	}
	for i := uint64(1); i < count; i++ { // the first is reserved
		b := table[i*size : (i+1)*size]
		info, section := b[4], elf.SectionIndex(e.half(b[6:]))
		if e.File.Class == elf.ELFCLASS32 {
			info, section = b[12], elf.SectionIndex(e.half(b[14:]))
		}
		name, err := e.name(e.four(b))
		if err != nil {
			return fmt.Errorf("dynamic symbol %d: %w", i, err)
		}
		var version uint16
		if versions != nil {
			version = e.half(versions[2*i:]) &^ versionHidden
		}
		e.addSymbol(f, name, info, section, version)
	}
	return nil
}

func (e *elfReader) addSymbol(f *File, name string, info byte, section elf.SectionIndex, version uint16) {
	switch {
	case name == "" || elf.ST_BIND(info) == elf.STB_LOCAL:
	case section == elf.SHN_UNDEF:
		s := symbol{name: name, needed: -1}
		if v, ok := e.versionOf[version]; ok {
			s.needed, _ = slices.BinarySearchFunc(f.Versions, v, compareVersions)
		}
		f.imports = append(f.imports, s)
	default:
		if module, ok := initName(name); ok && elf.ST_TYPE(info) != elf.STT_OBJECT {
			f.Inits = append(f.Inits, strings.Clone(module))
		}
	}
}

// countSymbols returns how many dynamic symbols there are. The dynamic segment does not say: the section header does,
// and without section headers the hash tables do.
func (e *elfReader) countSymbols(at, size uint64) (uint64, error) {
	for _, s := range e.Sections {
		if s.Type == elf.SHT_DYNSYM && s.Addr == at {
			return s.Size / size, nil
		}
	}
	// The table DT_HASH has one chain word for each symbol; its words are 8 bytes wide on two 64-bit machines.
	if hash, ok := e.dynamic[elf.DT_HASH]; ok && (e.wordSize() == 4 || e.Machine != elf.EM_S390 && e.Machine != elf.EM_ALPHA) {
		b, err := e.bytes(hash, 8)
		if err != nil {
			return 0, err
		}
		return e.four(b[4:]), nil
	}
	if hash, ok := e.dynamic[dtGnuHash]; ok {
		count, err := e.countHashed(hash)
		if err != nil || count > 0 {
			return count, err
		}
	}
	// What exports nothing has an empty hash table. Linkers put the strings behind the symbols.
	if end := e.dynamic[elf.DT_STRTAB]; end > at {
		return (end - at) / size, nil
	}
	return 0, errors.New("neither section headers nor hash tables")
}

// countHashed returns the number of symbols by DT_GNU_HASH: the highest that a bucket begins with, and on to the end of
// its chain, which the lowest bit marks. Zero is an empty table. The layout is that of glibc's elf/dl-lookup.c.
func (e *elfReader) countHashed(at uint64) (uint64, error) {
	head, err := e.bytes(at, 16)
	if err != nil {
		return 0, err
	}
	buckets, first, bloom := e.four(head), e.four(head[4:]), e.four(head[8:])
	at += 16 + bloom*uint64(e.wordSize())
	table, err := e.bytes(at, buckets*4)
	if err != nil {
		return 0, err
	}
	var last uint64
	for ; len(table) > 0; table = table[4:] {
		last = max(last, e.four(table))
	}
	if last < first || last == 0 {
		return 0, nil
	}
	chain := at + buckets*4
	_, rest, ok := e.place(chain + (last-first)*4)
	if !ok {
		return 0, fmt.Errorf("symbol %d has no hash value", last)
	}
	for ; rest >= 4; rest -= 4 {
		b, err := e.bytes(chain+(last-first)*4, 4)
		if err != nil {
			return 0, err
		}
		last++
		if e.four(b)&1 != 0 {
			return last, nil
		}
	}
	return 0, errors.New("the last chain of the hash table has no end")
}
