// Package objfiletest makes object files for tests: ELF, PE and Mach-O files that say what they need and have, and
// nothing that could run.
package objfiletest

import (
	"debug/elf"
	"encoding/binary"
	"slices"
	"strings"
)

// An ELF describes an ELF file. The zero value is an empty shared library for x86_64.
type ELF struct {
	Machine elf.Machine // 0 is EM_X86_64
	Type    elf.Type    // 0 is ET_DYN
	OSABI   elf.OSABI
	Narrow  bool // 32 bits
	Big     bool // most significant byte first

	SOName      string
	Needed      []string
	RunPath     string
	RPath       string
	Versions    []Version // needed; the library of each should be in Needed
	Defined     []string  // versions, behind the one that is named as the library
	Imports     []string  // "malloc", or with one of Versions "malloc@GLIBC_2.2.5"
	Exports     []string
	Locals      []string // symbols that nobody else sees
	Interpreter string
	PIE         bool
	StaticTLS   bool
	ExecStack   bool
	GNUHash     bool   // instead of DT_HASH
	NoHash      bool   // neither table
	Padding     uint64 // bytes of strings that nothing refers to
	Split       bool   // the strings lie in two segments
	DebugOnly   bool   // as left by objcopy --only-keep-debug: a section header says that the dynamic segment is not there
}

// A Version is a needed symbol version.
type Version struct {
	Library, Name string
	Weak          bool
}

// base is the address of the file's first byte.
const base = 0x10000

// An elfWriter lays an ELF file out.
type elfWriter struct {
	*ELF
	order   binary.AppendByteOrder
	word    int // size of an address in bytes
	out     []byte
	strings []byte
	entries [][2]uint64 // dynamic entries
}

// Bytes returns the file.
func (x ELF) Bytes() []byte {
	w := &elfWriter{ELF: &x, order: binary.LittleEndian, word: 8, strings: []byte{0}}
	if x.Machine == 0 {
		x.Machine = elf.EM_X86_64
	}
	if x.Type == 0 {
		x.Type = elf.ET_DYN
	}
	if x.Big {
		w.order = binary.BigEndian
	}
	if x.Narrow {
		w.word = 4
	}
	return w.write()
}

func (w *elfWriter) half(v uint16)     { w.out = w.order.AppendUint16(w.out, v) }
func (w *elfWriter) four(v uint64)     { w.out = w.order.AppendUint32(w.out, uint32(v)) }
func (w *elfWriter) entry(t, v uint64) { w.entries = append(w.entries, [2]uint64{t, v}) }

func (w *elfWriter) address(v uint64) {
	if w.word == 4 {
		w.four(v)
		return
	}
	w.out = w.order.AppendUint64(w.out, v)
}

// here aligns the file and returns the address of what comes next.
func (w *elfWriter) here() uint64 {
	for len(w.out)%8 != 0 {
		w.out = append(w.out, 0)
	}
	return base + uint64(len(w.out))
}

// name returns the offset of a string, which is added.
func (w *elfWriter) name(s string) uint64 {
	at := len(w.strings)
	w.strings = append(append(w.strings, s...), 0)
	return uint64(at)
}

// A segment is a program header.
type segment struct {
	kind      elf.ProgType
	flags     elf.ProgFlag
	at        uint64
	size, mem uint64
}

func (w *elfWriter) write() []byte {
	const programs = 6
	headers := 64 + programs*56
	if w.word == 4 {
		headers = 52 + programs*32
	}
	w.out = make([]byte, headers)
	segments := []segment{{kind: elf.PT_NULL}}
	if w.Interpreter != "" {
		at := w.here()
		w.out = append(append(w.out, w.Interpreter...), 0)
		segments = []segment{{kind: elf.PT_INTERP, at: at, size: uint64(len(w.Interpreter)) + 1}}
	}
	w.names()
	w.symbols()
	w.needs()
	w.defines()
	w.strings = append(w.strings, make([]byte, w.Padding)...)
	middle := w.here() + uint64(len(w.strings))/2
	w.entry(uint64(elf.DT_STRTAB), w.here())
	w.entry(uint64(elf.DT_STRSZ), uint64(len(w.strings)))
	w.out = append(w.out, w.strings...)
	dynamic := w.here()
	for _, e := range append(w.entries, [2]uint64{}) {
		w.address(e[0])
		w.address(e[1])
	}
	size := w.here() - base
	stack := segment{kind: elf.PT_GNU_STACK, flags: elf.PF_R | elf.PF_W}
	if w.ExecStack {
		stack.flags |= elf.PF_X
	}
	tls := segment{kind: elf.PT_NULL}
	if w.StaticTLS {
		tls = segment{kind: elf.PT_TLS, at: base, mem: 24}
	}
	loads := []segment{{elf.PT_LOAD, elf.PF_R, base, size, size}}
	if w.Split {
		first := middle - base
		loads = []segment{{elf.PT_LOAD, elf.PF_R, base, first, first}, {elf.PT_LOAD, elf.PF_R, middle, size - first, size - first}}
	}
	segments = append(segments, loads...)
	segments = append(segments, segment{elf.PT_DYNAMIC, elf.PF_R, dynamic, base + size - dynamic, base + size - dynamic}, stack, tls)
	sections := uint64(0)
	if w.DebugOnly {
		sections = size
		w.sectionHeaders(dynamic, base+size-dynamic)
	}
	body := w.out
	w.header(segments, sections)
	copy(body, w.out)
	return body
}

// header writes the file and program headers to w.out.
func (w *elfWriter) header(segments []segment, sections uint64) {
	class, data := elf.ELFCLASS64, elf.ELFDATA2LSB
	ehsize, phsize := uint16(64), uint16(56)
	if w.word == 4 {
		class, ehsize, phsize = elf.ELFCLASS32, 52, 32
	}
	if w.Big {
		data = elf.ELFDATA2MSB
	}
	w.out = append([]byte("\x7fELF"), byte(class), byte(data), byte(elf.EV_CURRENT), byte(w.OSABI), 0, 0, 0, 0, 0, 0, 0, 0)
	w.half(uint16(w.Type))
	w.half(uint16(w.Machine))
	w.four(uint64(elf.EV_CURRENT))
	w.address(0) // entry
	w.address(uint64(ehsize))
	w.address(sections)
	w.four(0)
	shsize, shnum := uint16(0), uint16(0)
	if sections != 0 {
		shsize, shnum = 64, 2
	}
	for _, v := range []uint16{ehsize, phsize, uint16(len(segments)), shsize, shnum, 0} {
		w.half(v)
	}
	for _, s := range segments {
		mem, offset := max(s.mem, s.size), uint64(0)
		if s.at != 0 {
			offset = s.at - base
		}
		w.four(uint64(s.kind))
		if w.word == 8 {
			w.four(uint64(s.flags))
		}
		for _, v := range []uint64{offset, s.at, s.at, s.size, mem} {
			w.address(v)
		}
		if w.word == 4 {
			w.four(uint64(s.flags))
		}
		w.address(8)
	}
}

// sectionHeaders writes two section headers, of 64 bits: the empty one, and one for an address of which nothing is there.
func (w *elfWriter) sectionHeaders(address, size uint64) {
	w.out = append(w.out, make([]byte, 64)...)
	w.four(0)
	w.four(uint64(elf.SHT_NOBITS))
	for _, v := range []uint64{uint64(elf.SHF_ALLOC), address, 0, size, 0, 8, 0} {
		w.address(v)
	}
}

func (w *elfWriter) names() {
	for _, n := range w.Needed {
		w.entry(uint64(elf.DT_NEEDED), w.name(n))
	}
	for tag, n := range map[elf.DynTag]string{elf.DT_SONAME: w.SOName, elf.DT_RUNPATH: w.RunPath, elf.DT_RPATH: w.RPath} {
		if n != "" {
			w.entry(uint64(tag), w.name(n))
		}
	}
	if w.StaticTLS {
		w.entry(uint64(elf.DT_FLAGS), 0x10)
	}
	if w.PIE {
		w.entry(0x6ffffffb, 0x08000000)
	}
	slices.SortFunc(w.entries, func(a, b [2]uint64) int { return int(a[0]) - int(b[0]) })
}

// symbols writes DT_SYMTAB, imports first, DT_VERSYM and a hash table.
func (w *elfWriter) symbols() {
	all := append(slices.Clone(w.Imports), w.Exports...)
	w.entry(uint64(elf.DT_SYMTAB), w.here())
	w.symbol("", 0, 0)
	var versions []uint16
	for _, s := range w.Locals {
		w.symbol(s, elf.ST_INFO(elf.STB_LOCAL, elf.STT_FUNC), uint16(elf.SHN_UNDEF))
		versions = append(versions, 0)
	}
	for i, s := range all {
		name, version, _ := strings.Cut(s, "@")
		section := uint16(elf.SHN_UNDEF)
		if i >= len(w.Imports) {
			section = 1
		}
		w.symbol(name, elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC), section)
		at := slices.IndexFunc(w.Versions, func(v Version) bool { return v.Name == version })
		versions = append(versions, uint16(at+1)<<1)
	}
	count := 1 + len(w.Locals) + len(all)
	if len(w.Versions) > 0 {
		w.entry(0x6ffffff0, w.here()) // DT_VERSYM
		w.half(0)
		for _, v := range versions {
			w.half(v)
		}
	}
	switch {
	case w.NoHash:
	case w.GNUHash:
		w.entry(0x6ffffef5, w.here()) // DT_GNU_HASH: one bucket, one word of the Bloom filter
		first := uint64(count - len(w.Exports))
		w.four(1)
		w.four(first)
		w.four(1)
		w.four(0)
		w.address(0)
		if len(w.Exports) == 0 {
			w.four(0)
			return
		}
		w.four(first)
		for i := range w.Exports {
			end := uint64(0)
			if i == len(w.Exports)-1 {
				end = 1
			}
			w.four(uint64(i)<<1 | end)
		}
	default:
		w.entry(uint64(elf.DT_HASH), w.here())
		w.four(1)
		w.four(uint64(count))
		w.four(0)
		for range count {
			w.four(0)
		}
	}
}

func (w *elfWriter) symbol(name string, info byte, section uint16) {
	at := uint64(0)
	if name != "" {
		at = w.name(name)
	}
	w.four(at)
	if w.word == 4 {
		w.four(0)
		w.four(0)
	}
	w.out = append(w.out, info, 0)
	w.half(section)
	if w.word == 8 {
		w.address(0)
		w.address(0)
	}
}

// needs writes DT_VERNEED.
func (w *elfWriter) needs() {
	if len(w.Versions) == 0 {
		return
	}
	var libraries []string
	for _, v := range w.Versions {
		if !slices.Contains(libraries, v.Library) {
			libraries = append(libraries, v.Library)
		}
	}
	w.entry(0x6ffffffe, w.here())
	w.entry(0x6fffffff, uint64(len(libraries)))
	for i, library := range libraries {
		var list []int
		for j, v := range w.Versions {
			if v.Library == library {
				list = append(list, j)
			}
		}
		next := uint64(16 + 16*len(list))
		if i == len(libraries)-1 {
			next = 0
		}
		w.half(1)
		w.half(uint16(len(list)))
		w.four(w.name(library))
		w.four(16)
		w.four(next)
		for k, j := range list {
			v, step, flags := w.Versions[j], uint64(16), uint16(0)
			if k == len(list)-1 {
				step = 0
			}
			if v.Weak {
				flags = 2
			}
			w.four(0)
			w.half(flags)
			w.half(uint16(j+1) << 1)
			w.four(w.name(v.Name))
			w.four(step)
		}
	}
}

// defines writes DT_VERDEF.
func (w *elfWriter) defines() {
	if len(w.Defined) == 0 {
		return
	}
	list := append([]string{w.SOName}, w.Defined...)
	w.entry(0x6ffffffc, w.here())
	w.entry(0x6ffffffd, uint64(len(list)))
	for i, name := range list {
		flags, next := uint16(0), uint64(28)
		if i == 0 {
			flags = 1
		}
		if i == len(list)-1 {
			next = 0
		}
		w.half(1)
		w.half(flags)
		w.half(uint16(i + 1))
		w.half(1)
		w.four(0)
		w.four(20)
		w.four(next)
		w.four(w.name(name))
		w.four(0)
	}
}
