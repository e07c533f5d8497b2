package libpython

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
)

// merged are the libraries that are parts of libc.so.6 from glibc 2.34 on. It still has files of these names, with nothing in them, for
// those that ask for them.
var merged = []string{"libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"}

// merge notes in img where the library asks for merged libraries: by values of DT_NEEDED, and by vn_file of the versions that it needs of
// their symbols (gABI; LSB Core, Symbol Versioning). There are none when it does not ask for libc.so.6.
func (l *library) merge(img *Image) {
	var words []int64
	note := func(at int64, offset uint64) {
		switch name := l.name(offset); {
		case name == "libc.so.6":
			img.LibC = uint32(offset) // within a table that is smaller
		case slices.Contains(merged, name):
			words = append(words, at)
		}
	}
	for _, e := range l.entries {
		if e.tag == elf.DT_NEEDED {
			note(e.offset+8, e.value) // of d_val, whose upper half is 0
		}
	}
	const size, file, next = 16, 4, 12 // Elf64_Verneed
	at := l.value(elf.DT_VERNEED)
	for need := l.bytes(at, size); need != nil; need = l.bytes(at, size) {
		note(l.offset(at)+file, uint64(binary.LittleEndian.Uint32(need[file:])))
		step := binary.LittleEndian.Uint32(need[next:])
		if step == 0 {
			break
		}
		at += uint64(step)
	}
	if img.LibC != 0 {
		img.Merged = words
	}
}

// name returns a string of the dynamic string table, "" for one outside of it.
func (l *library) name(offset uint64) string {
	table := l.bytes(l.value(elf.DT_STRTAB), min(l.value(elf.DT_STRSZ), 1<<32-1))
	if offset >= uint64(len(table)) {
		return ""
	}
	name, _, _ := bytes.Cut(table[offset:], []byte{0})
	return string(name)
}
