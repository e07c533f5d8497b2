package libpython

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"io"
	"slices"

	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/diag"
)

// PageSize is the alignment of all that is mapped out of an executable for a machine, in bytes: the largest size of pages that its
// kernels have.
func PageSize(machine elf.Machine) int {
	if machine == elf.EM_AARCH64 {
		return 1 << 16
	}
	return 1 << 12
}

// An Image is a shared library in the form in which an executable carries it.
//
// The library that it stands for is the original without what no PT_LOAD segment covers (section headers, symbol
// tables for debuggers, debug sections), linked at another address (rebase.go), with the words that Relocations are for set to what
// they are at that address, and with static thread-local storage where it can be (tls.go). The load bias is what is added to all
// addresses when the library is loaded elsewhere.
type Image struct {
	Name    string // DT_SONAME, "libpython3.14.so.1.0"
	Machine elf.Machine
	Size    int64    // of the library, in bytes
	Digest  [32]byte // SHA-256 of the library

	Skeleton    []Extent // what the dynamic linker sees, by ascending Offset; the bytes are in Data
	Original    []Extent // what the library has in places where Skeleton is changed or has nothing; in Data behind Skeleton, as a zlib stream
	Relocations []uint64 // words of Mapped to which the load bias is added, as in a section of type SHT_RELR; in Data at the end
	Data        []byte

	Mapped  []Extent // what is in Payload, in this order; empty when the library can't be divided
	Payload [][]byte // the bytes of each
	Page    int      // PageSize of Machine
	Protect Extent   // address and size of what becomes read-only after relocation, in whole pages (PT_GNU_RELRO)
	Memory  Extent   // the data behind Protect, which stays writable; of size 0 when there is no Protect
	Zeros   int64    // bytes of memory behind Memory that are 0 at first

	Init  uint64 // address of the DT_INIT function, 0 if there is none
	Array uint64 // address of DT_INIT_ARRAY, likewise
	Inits int    // number of functions in Array

	Merged []int64 // places in the file of 4-byte words of the skeleton that name libraries which are parts of libc.so.6 from glibc 2.34 on
	LibC   uint32  // such a word that names libc.so.6; 0 when there is none

	// Whole says why the library can't be divided: "" when it can. Then everything is in Skeleton.
	Whole string
}

// An Extent is a part of the library's file, and where it is loaded.
type Extent struct {
	Offset  int64  // in the library's file
	Size    int64  // in bytes
	Address uint64 // that it is linked at; only for Mapped, Protect and Memory
	Exec    bool   // machine code; only for Mapped
	Write   bool   // data; only for Mapped
}

// Split divides the shared library with the given contents, which it takes over: they are changed, and parts of them
// are in the image. name is what errors call it. A library that is sound but has a trait that division can't cope with
// comes back undivided, with the reason in Whole.
func Split(name string, contents []byte) (*Image, error) {
	l, err := open(name, contents)
	if err != nil {
		return nil, err
	}
	if l.rebase(l.preferredAddress()) {
		if l, err = open(name, contents); err != nil {
			return nil, err
		}
	}
	f := l.file
	img := &Image{Machine: f.Machine, Page: int(l.page)}
	if names, err := f.DynString(elf.DT_SONAME); err == nil && len(names) > 0 {
		img.Name = names[0]
	}
	l.makeTLSStatic()
	original := l.rebuild()
	plan, reason := l.plan()
	if reason != "" {
		img.Whole = reason
		img.Size, img.Digest = int64(len(original)), sha256.Sum256(original)
		img.Skeleton, img.Data = []Extent{{Size: img.Size}}, original
		return img, nil
	}
	return img, plan.divide(img, original)
}

// open reads what divides a library.
func open(name string, contents []byte) (*library, error) {
	f, err := elf.NewFile(bytes.NewReader(contents))
	if err != nil {
		return nil, diag.Errorf(name, "", "not an ELF shared library: %w", err)
	}
	if f.Type != elf.ET_DYN || f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB {
		return nil, diag.Errorf(name, "", "not a 64-bit little-endian ELF shared library")
	}
	l := &library{contents: contents, file: f, page: uint64(PageSize(f.Machine))}
	if err := l.read(); err != nil {
		return nil, diag.Errorf(name, "the file is damaged: bring the distribution anew with `oxgen python fetch`", "%w", err)
	}
	return l, nil
}

// File returns the whole library. The error is that of an image which Split did not make.
func (img *Image) File() ([]byte, error) {
	file := make([]byte, img.Size)
	data := img.Data
	for _, e := range img.Skeleton {
		data = data[copy(file[e.Offset:e.Offset+e.Size], data):]
	}
	for i, e := range img.Mapped {
		copy(file[e.Offset:], img.Payload[i])
	}
	if len(img.Original) == 0 {
		return file, nil
	}
	stream, err := zlib.NewReader(bytes.NewReader(data))
	for _, e := range img.Original {
		if err == nil {
			_, err = io.ReadFull(stream, file[e.Offset:e.Offset+e.Size])
		}
	}
	if err == nil {
		_, err = io.Copy(io.Discard, stream) // the end has the sum of all
	}
	return file, err
}

// rebuild returns the file, in place, without what lies outside the PT_LOAD segments and without section headers.
func (l *library) rebuild() []byte {
	end := uint64(0)
	for _, p := range l.loads { // by ascending offset
		clear(l.contents[end:p.Off])
		end = p.Off + p.Filesz
	}
	rebuilt := l.contents[:end:end]
	const shoff, shentsize, shnum, shstrndx = 40, 58, 60, 62 // Elf64_Ehdr
	clear(rebuilt[shoff : shoff+8])
	clear(rebuilt[shentsize : shentsize+2])
	clear(rebuilt[shnum : shnum+2])
	clear(rebuilt[shstrndx : shstrndx+2])
	return rebuilt
}

// A plan says how a library is divided.
type plan struct {
	*library
	mapped  []Extent     // by ascending Offset
	ours    []relocation // by ascending address; all of them in mapped
	linkers []relocation // those without a symbol first
}

// divide fills img's parts. original is what rebuild returned; its relocated words are set.
func (p *plan) divide(img *Image, original []byte) error {
	for _, r := range p.ours {
		binary.LittleEndian.PutUint64(original[p.offset(r.address):], r.addend)
	}
	img.Size, img.Digest = int64(len(original)), sha256.Sum256(original)
	for _, e := range p.mapped {
		img.Payload = append(img.Payload, original[e.Offset:e.Offset+e.Size])
	}
	img.Mapped = p.mapped

	skeleton := make([]byte, len(original)) // the mapped parts are nobody's: most of its pages are never touched
	unmapped := p.gaps(img.Size, Extent{})
	for _, e := range unmapped {
		copy(skeleton[e.Offset:e.Offset+e.Size], original[e.Offset:])
	}
	p.hide(img, skeleton)
	p.merge(img)
	changed := p.rewriteRelocations(skeleton)
	for _, e := range p.gaps(img.Size, changed) {
		if len(bytes.Trim(skeleton[e.Offset:e.Offset+e.Size], "\x00")) > 0 {
			img.Skeleton = append(img.Skeleton, e)
			img.Data = append(img.Data, skeleton[e.Offset:e.Offset+e.Size]...)
		}
	}
	for _, e := range unmapped {
		img.Original = append(img.Original, differences(original, skeleton, e)...)
	}
	stream, err := packed(original, img.Original)
	img.Data = append(img.Data, stream...)
	img.Relocations = encodeRelocations(p.ours)
	for _, word := range img.Relocations {
		img.Data = binary.LittleEndian.AppendUint64(img.Data, word)
	}
	return err
}

// packed returns the extents of a file as a zlib stream: a sixth of what they are, which are mostly relocations, and only a whole copy of
// the library asks for them.
func packed(file []byte, extents []Extent) ([]byte, error) {
	var all []byte
	for _, e := range extents {
		all = append(all, file[e.Offset:e.Offset+e.Size]...)
	}
	return compression.Deflate(all)
}

// gaps returns what lies between the mapped extents, without the hole that rewriting the relocations left.
func (p *plan) gaps(size int64, hole Extent) []Extent {
	taken := append(slices.Clone(p.mapped), hole)
	slices.SortFunc(taken, func(a, b Extent) int { return int(a.Offset - b.Offset) })
	var gaps []Extent
	at := int64(0)
	for _, e := range append(taken, Extent{Offset: size}) {
		if at < e.Offset {
			gaps = append(gaps, Extent{Offset: at, Size: e.Offset - at})
		}
		at = max(at, e.Offset+e.Size)
	}
	return gaps
}

// differences returns the runs of bytes within an extent in which two files of the same size differ. Runs that are close are one.
func differences(a, b []byte, within Extent) []Extent {
	const near, chunk = 64, 4096
	var runs []Extent
	for page := within.Offset; page < within.Offset+within.Size; page += chunk {
		end := min(page+chunk, within.Offset+within.Size)
		if bytes.Equal(a[page:end], b[page:end]) {
			continue
		}
		for at := page; at < end; at++ {
			n := len(runs) - 1
			switch {
			case a[at] == b[at]:
			case n >= 0 && at-runs[n].Offset-runs[n].Size < near:
				runs[n].Size = at + 1 - runs[n].Offset
			default:
				runs = append(runs, Extent{Offset: at, Size: 1})
			}
		}
	}
	return runs
}

// hide changes the skeleton's headers, and notes in img what was hidden: the initialisers, the relocations that go with
// the procedure linkage table (they are among the others now), where it looks for libraries, the region that becomes read-only, and the execute
// permission of segments that are holes for the linker.
func (p *plan) hide(img *Image, skeleton []byte) {
	const phoff = 32 // Elf64_Ehdr
	table := binary.LittleEndian.Uint64(skeleton[phoff:])
	for i, h := range p.file.Progs {
		at := table + uint64(i)*programHeaderSize
		switch {
		case h.Type == elf.PT_LOAD && h.Flags&elf.PF_X != 0:
			binary.LittleEndian.PutUint32(skeleton[at+4:], uint32(elf.PF_R))
		case h.Type == elf.PT_GNU_RELRO:
			start, end := h.Vaddr&^(p.page-1), p.relroEnd()
			img.Protect = Extent{Address: start, Size: int64(end - start)}
			binary.LittleEndian.PutUint32(skeleton[at:], uint32(elf.PT_NULL))
			if data := p.loads[len(p.loads)-1]; end > data.Vaddr && end < data.Vaddr+data.Filesz {
				behind := data.Vaddr + data.Filesz - end
				img.Memory = Extent{Offset: p.offset(end), Size: int64(behind), Address: end}
				img.Zeros = int64(data.Memsz - data.Filesz)
			}
		}
	}
	for _, e := range p.entries {
		switch e.tag {
		case elf.DT_INIT:
			img.Init = e.value
		case elf.DT_INIT_ARRAY:
			img.Array = e.value
		case elf.DT_INIT_ARRAYSZ:
			img.Inits = int(e.value / 8)
		case elf.DT_JMPREL, elf.DT_PLTREL, elf.DT_PLTRELSZ, dtRelr, dtRelrSize, dtRelrEntry:
		case elf.DT_RPATH, elf.DT_RUNPATH: // directories of the machine that it was built on
		default:
			continue
		}
		// DT_DEBUG means something in an executable only: in a library it is passed over.
		binary.LittleEndian.PutUint64(skeleton[e.offset:], uint64(elf.DT_DEBUG))
	}
}
