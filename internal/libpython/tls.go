package libpython

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
)

// A shared library asks the dynamic linker for the address of its thread-local variables each time (__tls_get_addr), because
// it may be loaded into a process whose threads have no room left. libpython asks thousands of times in a start, for the
// state of the thread. Its variables are a few words, for which glibc keeps room in every thread ("surplus"), so they can
// be static: the linker puts them at a fixed distance from the thread pointer, when it is given a relocation that
// asks for the distance (ELF Handling For Thread-Local Storage, sections 3.4.2 and 4.4.6). Then the entry of the procedure
// linkage table that leads to __tls_get_addr can do the sum itself.

// maxStaticTLS is how much thread-local storage is made static, in bytes. glibc keeps 1664 for all libraries that are
// loaded late (csu/libc-tls.c).
const maxStaticTLS = 256

// addThreadPointer is an entry of the procedure linkage table in the place of that of __tls_get_addr. Its argument in rdi
// points to a tls_index, whose first word is the distance.
var addThreadPointer = []byte{
	0x48, 0x8b, 0x07, // mov rax, [rdi]
	0x64, 0x48, 0x03, 0x04, 0x25, 0, 0, 0, 0, // add rax, fs:[0]
	0xc3, // ret
}

// makeTLSStatic changes the library so, if it is one that asks as compilers do it, and tells whether it did.
func (l *library) makeTLSStatic() bool {
	if l.file.Machine != elf.EM_X86_64 || l.tls.Memsz == 0 || l.tls.Memsz > maxStaticTLS {
		return false
	}
	indexes, slot := l.tlsRelocations()
	if len(indexes) == 0 || slot == 0 {
		return false
	}
	entry := l.soleReference(slot)
	if entry == nil {
		return false
	}
	for _, r := range indexes {
		variable := l.bytes(binary.LittleEndian.Uint64(r)+8, 8) // ti_offset, behind ti_module
		binary.LittleEndian.PutUint64(r[8:], uint64(elf.R_X86_64_TPOFF64))
		copy(r[16:], variable)
	}
	copy(entry, addThreadPointer)
	return true
}

// tlsRelocations returns the relocations of the library's tls_index pairs, in place, and the address of the word that holds
// the address of __tls_get_addr; none if the library uses thread-local storage in any other way.
func (l *library) tlsRelocations() (indexes [][]byte, slot uint64) {
	tables, _ := l.relocationTables()
	for _, entries := range tables {
		for r := range slices.Chunk(entries, relocationSize) {
			address, info := binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint64(r[8:])
			switch kind := elf.R_X86_64(uint32(info)); {
			case kind == elf.R_X86_64_DTPMOD64 && info>>32 == 0 && l.bytes(address+8, 8) != nil:
				indexes = append(indexes, r)
			case kind == elf.R_X86_64_DTPMOD64, kind == elf.R_X86_64_DTPOFF64, kind == elf.R_X86_64_TLSDESC:
				return nil, 0
			case l.symbolName(info>>32) != "__tls_get_addr":
			case kind != elf.R_X86_64_JMP_SLOT || slot != 0:
				return nil, 0
			default:
				slot = address
			}
		}
	}
	return indexes, slot
}

// symbolName returns the name of a dynamic symbol, "" for none.
func (l *library) symbolName(index uint64) string {
	s := l.symbol(index)
	if s == nil || index == 0 {
		return ""
	}
	const longest = 256 // of those that matter here
	at := l.value(elf.DT_STRTAB) + uint64(binary.LittleEndian.Uint32(s))
	size := min(longest, l.value(elf.DT_STRTAB)+l.value(elf.DT_STRSZ)-at)
	name, _, _ := bytes.Cut(l.bytes(at, size), []byte{0})
	return string(name)
}

// soleReference returns the entry of the procedure linkage table, in place, that jumps to where the word at an address
// points to. It is nil if anything else in the code looks like a reference to that word.
func (l *library) soleReference(slot uint64) []byte {
	var found []byte
	for _, p := range l.loads {
		if p.Flags&elf.PF_X == 0 {
			continue
		}
		code := l.contents[p.Off : p.Off+p.Filesz]
		for i := 2; i+4 <= len(code); i++ {
			// rip-relative: the distance from the end of the instruction, of which it is the last part.
			if p.Vaddr+uint64(i)+4+uint64(int64(int32(binary.LittleEndian.Uint32(code[i:])))) != slot {
				continue
			}
			start := (i - 2) &^ 15 // entries are 16 bytes long; some start with endbr64
			jump := code[i-2] == 0xff && code[i-1] == 0x25
			if found != nil || !jump || i-2-start > 5 || start+16 > len(code) {
				return nil
			}
			found = code[start : start+16]
		}
	}
	return found
}
