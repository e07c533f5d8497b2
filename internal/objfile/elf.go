package objfile

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// Tags and flags that debug/elf has no names for, or has them under others.
const (
	dtGnuHash  elf.DynTag = 0x6ffffef5
	dtVerDef   elf.DynTag = 0x6ffffffc
	dtVerDefN  elf.DynTag = 0x6ffffffd
	dtVerNeed  elf.DynTag = 0x6ffffffe
	dtVerNeedN elf.DynTag = 0x6fffffff
	dtVerSym   elf.DynTag = 0x6ffffff0
	dtFlags1   elf.DynTag = 0x6ffffffb

	dfStaticTLS = 0x10
	df1PIE      = 0x08000000
)

// An elfReader reads one ELF file.
type elfReader struct {
	*elf.File
	r       io.ReaderAt
	loads   []elf.ProgHeader
	dynamic map[elf.DynTag]uint64 // the first entry of each tag but DT_NEEDED
	needed  []uint64              // DT_NEEDED
	strings string                // DT_STRTAB

	versionOf map[uint16]Version // needed versions by their index in DT_VERSYM
}

func readELF(r io.ReaderAt) (*File, error) {
	file, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	e := &elfReader{File: file, r: r}
	f := &File{Format: ELF}
	f.Machine, f.Target = elfMachine(file)
	for _, p := range file.Progs {
		switch p.Type {
		case elf.PT_LOAD:
			e.loads = append(e.loads, p.ProgHeader)
		case elf.PT_TLS:
			f.TLSSize = p.Memsz
		case elf.PT_GNU_STACK:
			f.ExecStack = p.Flags&elf.PF_X != 0
		case elf.PT_INTERP:
			text, err := readTable(r, p.Off, min(p.Filesz, 4096))
			if err != nil {
				return nil, fmt.Errorf("reading the name of the dynamic linker: %w", err)
			}
			f.Interpreter = cString(text)
		}
	}
	if err := e.readDynamic(); err != nil {
		return nil, err
	}
	f.StaticTLS = e.dynamic[elf.DT_FLAGS]&dfStaticTLS != 0
	for _, step := range []func(*File) error{e.readNames, e.readVersions, e.readSymbols} {
		if err := step(f); err != nil {
			return nil, err
		}
	}
	f.Class = e.class(f)
	return f, nil
}

// class tells executables from libraries, which both may have the type ET_DYN: an executable says so since binutils
// 2.26, before that it is one by having a dynamic linker and no SONAME (libc.so.6 has both).
func (e *elfReader) class(f *File) Class {
	switch {
	case e.debugOnly():
		return Other
	case e.Type == elf.ET_EXEC:
		return Executable
	case e.Type == elf.ET_REL:
		return Relocatable
	case e.Type != elf.ET_DYN:
		return Other
	case e.dynamic[dtFlags1]&df1PIE != 0, f.Interpreter != "" && f.SOName == "":
		return Executable
	}
	return Library
}

// debugOnly tells whether the file is what `objcopy --only-keep-debug` leaves: the headers describe what is not there.
func (e *elfReader) debugOnly() bool {
	for _, p := range e.Progs {
		for _, s := range e.Sections {
			if p.Type == elf.PT_DYNAMIC && s.Type == elf.SHT_NOBITS && s.Addr == p.Vaddr && s.Size > 0 && s.Flags&elf.SHF_TLS == 0 {
				return true
			}
		}
	}
	return false
}

// maxDynamic is the largest dynamic segment that is read, in bytes.
const maxDynamic = 1 << 20

// readDynamic reads the dynamic segment and the strings that it refers to. A file without one leaves both empty.
func (e *elfReader) readDynamic() error {
	e.dynamic = map[elf.DynTag]uint64{}
	if e.debugOnly() {
		return nil
	}
	for _, p := range e.Progs {
		if p.Type != elf.PT_DYNAMIC {
			continue
		}
		size := min(p.Filesz, maxDynamic)
		table, err := readTable(e.r, p.Off, size)
		if err == nil && uint64(len(table)) < size {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("reading the dynamic segment: %w", err)
		}
		e.readEntries(table)
		break
	}
	if at, ok := e.dynamic[elf.DT_STRTAB]; ok {
		table, err := e.bytes(at, e.dynamic[elf.DT_STRSZ])
		if err != nil {
			return fmt.Errorf("reading the dynamic strings: %w", err)
		}
		e.strings = string(table)
	}
	return nil
}

func (e *elfReader) readEntries(table []byte) {
	word := e.wordSize()
	for ; len(table) >= 2*word; table = table[2*word:] {
		tag, value := elf.DynTag(e.word(table)), e.word(table[word:])
		switch _, again := e.dynamic[tag]; {
		case tag == elf.DT_NULL:
			return
		case tag == elf.DT_NEEDED:
			e.needed = append(e.needed, value)
		case !again:
			e.dynamic[tag] = value
		}
	}
}

// wordSize returns the size of an address in the file, in bytes.
func (e *elfReader) wordSize() int {
	if e.File.Class == elf.ELFCLASS64 {
		return 8
	}
	return 4
}

func (e *elfReader) word(b []byte) uint64 {
	if e.File.Class == elf.ELFCLASS64 {
		return e.ByteOrder.Uint64(b)
	}
	return uint64(e.ByteOrder.Uint32(b))
}

// place returns where in the file an address is, and how many bytes of its segment follow there.
func (e *elfReader) place(address uint64) (offset, rest uint64, ok bool) {
	for _, p := range e.loads {
		if address >= p.Vaddr && address-p.Vaddr < p.Filesz {
			return p.Off + (address - p.Vaddr), p.Filesz - (address - p.Vaddr), true
		}
	}
	return 0, 0, false
}

// bytes returns the size bytes at an address, which may go on from one segment to the next: tools that rewrite files
// leave tables so.
func (e *elfReader) bytes(address, size uint64) ([]byte, error) {
	var all []byte
	for {
		offset, rest, ok := e.place(address)
		if !ok || size > maxTable {
			return nil, fmt.Errorf("address %#x, with %d bytes, is in no segment", address, size)
		}
		rest = min(rest, size)
		b, err := readTable(e.r, offset, rest)
		if err == nil && uint64(len(b)) < rest {
			err = fmt.Errorf("byte %#x: %w", offset+uint64(len(b)), io.ErrUnexpectedEOF)
		}
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = b
		} else {
			all = append(all, b...)
		}
		if size -= rest; size == 0 {
			return all, nil
		}
		address += rest
	}
}

func (e *elfReader) name(offset uint64) (string, error) { return nameAt(e.strings, offset) }

// Limits of what one file may name. Nix's run paths have some hundred directories.
const (
	maxNeeded  = 1 << 12
	maxRunPath = 1 << 10
)

// readNames reads the library's name, and those of what it needs and where to look for it.
func (e *elfReader) readNames(f *File) error {
	if len(e.needed) > maxNeeded {
		return fmt.Errorf("it needs %d libraries", len(e.needed))
	}
	for _, at := range e.needed {
		name, err := e.name(at)
		if err != nil {
			return fmt.Errorf("needed libraries: %w", err)
		}
		f.Needed = append(f.Needed, strings.Clone(name))
	}
	if at, ok := e.dynamic[elf.DT_SONAME]; ok {
		name, err := e.name(at)
		if err != nil {
			return fmt.Errorf("name of the library: %w", err)
		}
		f.SOName = strings.Clone(name)
	}
	// An RPATH beside a RUNPATH is not used (ld.so(8)).
	at, ok := e.dynamic[elf.DT_RUNPATH]
	if !ok {
		at, ok = e.dynamic[elf.DT_RPATH]
		f.RPath = ok
	}
	if !ok {
		return nil
	}
	path, err := e.name(at)
	if err != nil {
		return fmt.Errorf("run path: %w", err)
	}
	if n := strings.Count(path, ":"); n >= maxRunPath {
		return fmt.Errorf("its run path has %d directories", n+1)
	}
	if path != "" {
		f.RunPath = strings.Split(strings.Clone(path), ":")
	}
	return nil
}

// elfMachines are the processors that oxgen's users have, by the names that uname prints for them.
var elfMachines = map[elf.Machine]struct{ name, goarch string }{
	elf.EM_X86_64:    {"x86_64", "amd64"},
	elf.EM_AARCH64:   {"aarch64", "arm64"},
	elf.EM_386:       {"i386", "386"},
	elf.EM_ARM:       {"arm", "arm"},
	elf.EM_LOONGARCH: {"loongarch64", "loong64"},
	elf.EM_PPC:       {"ppc", ""},
	elf.EM_PPC64:     {"ppc64", ""},
	elf.EM_RISCV:     {"riscv64", "riscv64"},
	elf.EM_S390:      {"s390x", "s390x"},
	elf.EM_MIPS:      {"mips", ""},
	elf.EM_SPARCV9:   {"sparc64", ""},
}

// elfMachine returns the processor, and the platform.
func elfMachine(file *elf.File) (machine string, t target.Target) {
	known, ok := elfMachines[file.Machine]
	if !ok {
		known.name = strings.ToLower(strings.TrimPrefix(file.Machine.String(), "EM_"))
	}
	name, goarch := known.name, known.goarch
	wide, big := file.Class == elf.ELFCLASS64, file.ByteOrder == binary.ByteOrder(binary.BigEndian)
	switch {
	case name == "x86_64" && !wide:
		name, goarch = "x32", ""
	case name == "aarch64" && !wide:
		name, goarch = "aarch64_ilp32", ""
	case (name == "aarch64" || name == "arm") && big:
		name, goarch = name+"_be", ""
	case name == "ppc64" && !big:
		name = "ppc64le"
	case name == "riscv64" && !wide:
		name, goarch = "riscv32", ""
	}
	switch file.OSABI {
	case elf.ELFOSABI_NONE, elf.ELFOSABI_LINUX, elf.ELFOSABI_ARM, elf.OSABI(64): // 64 is ARM's AEABI
		return name, platform("linux", goarch)
	case elf.ELFOSABI_FREEBSD:
		return name + " (FreeBSD)", target.Target{}
	case elf.ELFOSABI_SOLARIS:
		return name + " (Solaris)", target.Target{}
	}
	return fmt.Sprintf("%s (ABI %d)", name, file.OSABI), target.Target{}
}
