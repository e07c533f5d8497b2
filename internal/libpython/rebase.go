package libpython

import (
	"debug/elf"
	"encoding/binary"
	"slices"
)

// A shared library is linked at address 0, and wherever it is loaded, every word that holds one of its addresses must be changed: of
// libpython 54,000, on most pages of its data. One that is linked at an address of its own is loaded there if nobody else is (the
// dynamic linkers of glibc and musl ask the kernel for that address), and then its words are right as they are. python's own
// executable has a fixed address for that reason.

// hugePage is the size of huge pages where pages have 4 KiB, in bytes.
const hugePage = 2 << 20

// roomy is an address from which on there is room: above what an executable and its heap reach, below what kernels give out, and within
// the 39 bits of an address that the smallest arm64 kernels have.
const roomy = 1 << 37

// preferredAddress returns the address that the library shall be linked at, 0 for where it is. The data that stays writable starts with
// a huge page.
func (l *library) preferredAddress() uint64 {
	data := l.relroEnd()
	if l.loads[0].Vaddr != 0 || data == 0 {
		return 0
	}
	return roomy + hugePage - data%hugePage
}

// rebase links the library at another address, in place, and tells whether it could: all that holds an address of the library's is known.
func (l *library) rebase(by uint64) bool {
	places, ok := l.addresses()
	if !ok || by == 0 {
		return false
	}
	for _, at := range places {
		word := l.contents[at:][:8]
		binary.LittleEndian.PutUint64(word, binary.LittleEndian.Uint64(word)+by)
	}
	return true
}

// addresses returns the offsets of all words of the file that hold addresses of the library's own, or false when they can't be told.
func (l *library) addresses() ([]int64, bool) {
	symbols, ok := l.symbolAddresses()
	if !ok {
		return nil, false
	}
	relocations, ok := l.relocationAddresses()
	if !ok {
		return nil, false
	}
	return slices.Concat(l.headerAddresses(), symbols, relocations), true
}

// headerAddresses returns those in the headers and the dynamic segment.
func (l *library) headerAddresses() []int64 {
	const (
		entry, phoff, shoff = 24, 32, 40 // Elf64_Ehdr
		vaddr, paddr        = 16, 24     // Elf64_Phdr
		addr, sectionSize   = 16, 64     // Elf64_Shdr
	)
	var places []int64
	if l.file.Entry != 0 {
		places = append(places, entry)
	}
	table := int64(binary.LittleEndian.Uint64(l.contents[phoff:]))
	for i, p := range l.file.Progs {
		if p.Type != elf.PT_NULL && p.Type != elf.PT_GNU_STACK {
			places = append(places, table+int64(i)*programHeaderSize+vaddr, table+int64(i)*programHeaderSize+paddr)
		}
	}
	table = int64(binary.LittleEndian.Uint64(l.contents[shoff:]))
	for i, s := range l.file.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 {
			places = append(places, table+int64(i)*sectionSize+addr)
		}
	}
	for _, e := range l.entries {
		if slices.Contains(pointers, e.tag) {
			places = append(places, e.offset+8)
		}
	}
	got := l.value(elf.DT_PLTGOT) // its first word is the address of the dynamic segment
	if word := l.bytes(got, 8); word != nil && binary.LittleEndian.Uint64(word) == l.dynamic.Vaddr {
		places = append(places, l.offset(got))
	}
	return places
}

// pointers are the tags of dynamic entries that hold addresses.
var pointers = append([]elf.DynTag{
	elf.DT_PLTGOT, elf.DT_INIT, elf.DT_FINI, elf.DT_INIT_ARRAY, elf.DT_FINI_ARRAY, elf.DT_PREINIT_ARRAY, elf.DT_TLSDESC_PLT, elf.DT_TLSDESC_GOT,
}, tables...)

// symbolAddresses returns those in the dynamic symbols.
func (l *library) symbolAddresses() ([]int64, bool) {
	const size, value = 24, 8 // Elf64_Sym
	count, ok := l.symbolCount()
	if !ok {
		return nil, false
	}
	table := l.value(elf.DT_SYMTAB)
	symbols := l.bytes(table, count*size)
	if symbols == nil {
		return nil, false
	}
	at := l.offset(table)
	var places []int64
	for i := range int64(count) {
		s := symbols[i*size:]
		section := elf.SectionIndex(binary.LittleEndian.Uint16(s[6:]))
		if section != elf.SHN_UNDEF && section < elf.SHN_LORESERVE && elf.ST_TYPE(s[4]) != elf.STT_TLS {
			places = append(places, at+i*size+value)
		}
	}
	return places, true
}

// symbolCount returns the number of dynamic symbols. Only tables by which they are found tell it (gABI, DT_HASH; for DT_GNU_HASH glibc's
// elf/dl-lookup.c).
func (l *library) symbolCount() (uint64, bool) {
	if head := l.bytes(l.value(elf.DT_HASH), 8); l.has(elf.DT_HASH) && head != nil {
		return uint64(binary.LittleEndian.Uint32(head[4:])), true
	}
	table := l.value(elf.DT_GNU_HASH)
	head := l.bytes(table, 16)
	if !l.has(elf.DT_GNU_HASH) || head == nil {
		return 0, false
	}
	word := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(head[4*i:])) }
	buckets, first := word(0), word(1)
	table += 16 + 8*word(2)
	list := l.bytes(table, 4*buckets)
	last := uint64(0)
	for ; len(list) > 0; list = list[4:] {
		last = max(last, uint64(binary.LittleEndian.Uint32(list)))
	}
	if last < first {
		return first, true // there is none to be found
	}
	chains := table + 4*buckets
	for ; ; last++ { // the last symbol of the last chain has an odd hash
		hash := l.bytes(chains+4*(last-first), 4)
		if hash == nil {
			return 0, false
		}
		if hash[0]&1 != 0 {
			return last + 1, true
		}
	}
}

// relocationAddresses returns those in the relocations, and those that the relocations say words hold.
func (l *library) relocationAddresses() ([]int64, bool) {
	known, ok := machines[l.file.Machine]
	if !ok {
		return nil, false
	}
	var places []int64
	for _, tag := range [][2]elf.DynTag{{elf.DT_RELA, elf.DT_RELASZ}, {elf.DT_JMPREL, elf.DT_PLTRELSZ}} {
		if !l.has(tag[0]) {
			continue
		}
		entries := l.bytes(l.value(tag[0]), l.value(tag[1]))
		if entries == nil || len(entries)%relocationSize != 0 {
			return nil, false
		}
		at := l.offset(l.value(tag[0]))
		for ; len(entries) > 0; entries, at = entries[relocationSize:], at+relocationSize {
			const address, addend = 0, 16 // Elf64_Rela
			places = append(places, at+address)
			switch uint32(binary.LittleEndian.Uint64(entries[8:])) {
			case known.relative, known.indirect:
				places = append(places, at+addend)
			case known.jumpSlot: // holds the address of code that binds it when it is first called
				slot := binary.LittleEndian.Uint64(entries)
				if word := l.bytes(slot, 8); word != nil && binary.LittleEndian.Uint64(word) != 0 {
					places = append(places, l.offset(slot))
				}
			}
		}
	}
	packed, ok := l.packedAddresses()
	return append(places, packed...), ok
}

// packedAddresses returns those in a DT_RELR table, and those of the words that it is for.
func (l *library) packedAddresses() ([]int64, bool) {
	if !l.has(dtRelr) {
		return nil, true
	}
	start, size := l.value(dtRelr), l.value(dtRelrSize)
	table := l.bytes(start, size)
	if table == nil || size%8 != 0 {
		return nil, false
	}
	var places []int64
	var words []uint64
	for at := l.offset(start); len(table) > 0; table, at = table[8:], at+8 {
		word := binary.LittleEndian.Uint64(table)
		if word&1 == 0 {
			places = append(places, at)
		}
		words = append(words, word)
	}
	for _, address := range decodeRelocations(words) {
		if l.bytes(address, 8) == nil {
			return nil, false
		}
		places = append(places, l.offset(address))
	}
	return places, true
}
