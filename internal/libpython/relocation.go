package libpython

import (
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
)

// A relocation is one Elf64_Rela.
type relocation struct {
	address uint64
	info    uint64 // symbol and type, as in the file
	addend  uint64 // for own: the value at load bias 0
	own     bool   // the value is the load bias plus addend
}

// relocationSize is the size of an Elf64_Rela in bytes.
const relocationSize = 24

// kinds are the types of relocation that are known for a machine.
type kinds struct {
	relative, absolute, globDat, jumpSlot, indirect uint32
}

var machines = map[elf.Machine]kinds{
	elf.EM_X86_64: {
		uint32(elf.R_X86_64_RELATIVE), uint32(elf.R_X86_64_64), uint32(elf.R_X86_64_GLOB_DAT),
		uint32(elf.R_X86_64_JMP_SLOT), uint32(elf.R_X86_64_IRELATIVE),
	},
	elf.EM_AARCH64: {
		uint32(elf.R_AARCH64_RELATIVE), uint32(elf.R_AARCH64_ABS64), uint32(elf.R_AARCH64_GLOB_DAT),
		uint32(elf.R_AARCH64_JUMP_SLOT), uint32(elf.R_AARCH64_IRELATIVE),
	},
}

// relocations returns all relocations, or why they can't be divided. Those that refer to a symbol which the library itself
// defines become own: the library is bound to its own symbols, as with the linker's option -Bsymbolic.
func (l *library) relocations() ([]relocation, string) {
	known, ok := machines[l.file.Machine]
	if !ok {
		return nil, fmt.Sprintf("its machine is %v", l.file.Machine)
	}
	tables, reason := l.relocationTables()
	if reason != "" {
		return nil, reason
	}
	var all []relocation
	for _, entries := range tables {
		for ; len(entries) > 0; entries = entries[relocationSize:] {
			r := relocation{
				address: binary.LittleEndian.Uint64(entries),
				info:    binary.LittleEndian.Uint64(entries[8:]),
				addend:  binary.LittleEndian.Uint64(entries[16:]),
			}
			if uint32(r.info) == known.indirect {
				return nil, "it has indirect functions (IRELATIVE relocations)"
			}
			l.resolve(&r, known)
			all = append(all, r)
		}
	}
	relr, reason := l.relr()
	return append(all, relr...), reason
}

// relocationTables returns the tables of Elf64_Rela as they are in the file, or why they can't be read.
func (l *library) relocationTables() ([][]byte, string) {
	var tables [][]byte
	for _, tags := range [][2]elf.DynTag{{elf.DT_RELA, elf.DT_RELASZ}, {elf.DT_JMPREL, elf.DT_PLTRELSZ}} {
		if !l.has(tags[0]) {
			continue
		}
		entries := l.bytes(l.value(tags[0]), l.value(tags[1]))
		if entries == nil || len(entries)%relocationSize != 0 {
			return nil, fmt.Sprintf("its table %v lies outside of its segments", tags[0])
		}
		tables = append(tables, entries)
	}
	return tables, ""
}

// resolve makes r own if it can.
func (l *library) resolve(r *relocation, known kinds) {
	switch uint32(r.info) {
	case known.relative:
		r.own = true
	case known.absolute:
		if value, ok := l.defined(r.info >> 32); ok {
			r.own, r.addend = true, r.addend+value
		}
	case known.globDat, known.jumpSlot:
		if value, ok := l.defined(r.info >> 32); ok {
			r.own, r.addend = true, value
		}
	}
	if r.own && (r.address%8 != 0 || l.bytes(r.address, 8) == nil) {
		r.own = false // the linker shall say what is wrong with it
	}
}

// symbol returns a dynamic symbol, an Elf64_Sym, nil if there is none.
func (l *library) symbol(index uint64) []byte {
	const size = 24
	if index > 1<<24 {
		return nil
	}
	return l.bytes(l.value(elf.DT_SYMTAB)+index*size, size)
}

// defined returns the value of a dynamic symbol that is a function or an object of the library itself.
func (l *library) defined(index uint64) (uint64, bool) {
	s := l.symbol(index)
	if s == nil {
		return 0, false
	}
	section := elf.SectionIndex(binary.LittleEndian.Uint16(s[6:]))
	kind := elf.ST_TYPE(s[4])
	local := section != elf.SHN_UNDEF && section < elf.SHN_LORESERVE && (kind == elf.STT_FUNC || kind == elf.STT_OBJECT || kind == elf.STT_NOTYPE)
	return binary.LittleEndian.Uint64(s[8:]), local
}

// relr returns the relocations of a DT_RELR table: words that hold their value at load bias 0 already.
func (l *library) relr() ([]relocation, string) {
	if !l.has(dtRelr) {
		return nil, ""
	}
	table := l.bytes(l.value(dtRelr), l.value(dtRelrSize))
	if table == nil || len(table)%8 != 0 {
		return nil, "its table DT_RELR lies outside of its segments"
	}
	var words []uint64
	for ; len(table) > 0; table = table[8:] {
		words = append(words, binary.LittleEndian.Uint64(table))
	}
	var all []relocation
	for _, address := range decodeRelocations(words) {
		word := l.bytes(address, 8)
		if word == nil {
			return nil, "its table DT_RELR points outside of its segments"
		}
		all = append(all, relocation{address: address, addend: binary.LittleEndian.Uint64(word), own: true})
	}
	return all, ""
}

// divideRelocations gives the relocations of mapped pages to us and all others to the linker, or says why that can't be.
func (p *plan) divideRelocations(all []relocation) string {
	known := machines[p.file.Machine]
	mapped := func(address uint64) bool {
		return slices.ContainsFunc(p.mapped, func(e Extent) bool {
			return e.Write && address >= e.Address && address < e.Address+uint64(e.Size)
		})
	}
	for _, r := range all {
		switch {
		case r.own && mapped(r.address):
			p.ours = append(p.ours, r)
		case r.own:
			r.info = uint64(known.relative)
			p.linkers = append(p.linkers, r)
		default:
			p.linkers = append(p.linkers, r)
		}
	}
	slices.SortStableFunc(p.ours, func(a, b relocation) int { return cmp.Compare(a.address, b.address) })
	// DT_RELACOUNT counts the relative ones at the start of the table, which the linker handles in a loop of their own.
	slices.SortStableFunc(p.linkers, func(a, b relocation) int { return rank(a) - rank(b) })
	for i := 1; i < len(p.ours); i++ {
		if p.ours[i].address == p.ours[i-1].address {
			return fmt.Sprintf("it relocates the word at %#x twice", p.ours[i].address)
		}
	}
	room := p.bytes(p.value(elf.DT_RELA), p.value(elf.DT_RELASZ))
	end := p.offset(p.value(elf.DT_RELA)) + int64(len(p.linkers)*relocationSize)
	if !p.has(elf.DT_RELA) || len(p.linkers)*relocationSize > len(room) || slices.ContainsFunc(p.mapped, func(e Extent) bool {
		return end > e.Offset && end <= e.Offset+e.Size
	}) {
		return "its relocations leave no room to be rewritten"
	}
	return ""
}

func rank(r relocation) int {
	if r.own {
		return 0
	}
	return 1
}

// rewriteRelocations puts the linker's relocations at the start of the place where all were, and returns the rest of that
// place: nobody reads it.
func (p *plan) rewriteRelocations(skeleton []byte) Extent {
	size := len(p.linkers) * relocationSize
	at := p.offset(p.value(elf.DT_RELA))
	table := make([]byte, 0, size)
	relative := uint64(0)
	for _, r := range p.linkers {
		for _, v := range []uint64{r.address, r.info, r.addend} {
			table = binary.LittleEndian.AppendUint64(table, v)
		}
		if r.own {
			relative++
		}
	}
	copy(skeleton[at:], table)
	for _, e := range p.entries {
		switch e.tag {
		case elf.DT_RELASZ:
			binary.LittleEndian.PutUint64(skeleton[e.offset+8:], uint64(size))
		case dtRelaCount:
			binary.LittleEndian.PutUint64(skeleton[e.offset+8:], relative)
		}
	}
	room := p.bytes(p.value(elf.DT_RELA), p.value(elf.DT_RELASZ))
	hole := Extent{Offset: at + int64(size), Size: int64(len(room) - size)}
	clear(skeleton[hole.Offset : hole.Offset+hole.Size])
	return hole
}

// encodeRelocations returns the addresses, which ascend, as a section of type SHT_RELR holds them (gABI): an even word is
// an address, an odd one says by its upper 63 bits which of the 63 words that follow are meant too.
func encodeRelocations(relocations []relocation) []uint64 {
	var words []uint64
	for i := 0; i < len(relocations); {
		base := relocations[i].address
		words = append(words, base)
		base += 8
		for i++; i < len(relocations); {
			var bitmap uint64
			for i < len(relocations) && relocations[i].address >= base && relocations[i].address < base+63*8 {
				bitmap |= 1 << ((relocations[i].address - base) / 8)
				i++
			}
			if bitmap == 0 {
				break
			}
			words = append(words, bitmap<<1|1)
			base += 63 * 8
		}
	}
	return words
}

// decodeRelocations returns the addresses of such a section.
func decodeRelocations(words []uint64) []uint64 {
	var addresses []uint64
	var base uint64
	for _, w := range words {
		if w&1 == 0 {
			addresses = append(addresses, w)
			base = w + 8
			continue
		}
		for bit := range uint64(63) {
			if w>>(bit+1)&1 != 0 {
				addresses = append(addresses, base+bit*8)
			}
		}
		base += 63 * 8
	}
	return addresses
}
