package objfiletest

import (
	"debug/macho"
	"encoding/binary"
)

// A MachO describes a 64-bit Mach-O file. The zero value is a bundle for arm64 that needs nothing.
type MachO struct {
	CPU      macho.Cpu  // 0 is CpuArm64
	SubCPU   uint32     // 2 with CpuArm64 is arm64e
	Type     macho.Type // 0 is TypeBundle
	ID       string     // of a dylib
	Needed   []string
	Weak     []string
	RunPath  []string
	Platform uint32 // of LC_BUILD_VERSION; 0 is 1, macOS
	MinOS    uint32 // 0x000b0000 is 11.0; 0 leaves LC_BUILD_VERSION out
	Imports  []string
	Exports  []string
	Trie     bool // Exports are in the export trie, and not in the symbol table
}

// Bytes returns the file.
func (x MachO) Bytes() []byte {
	if x.CPU == 0 {
		x.CPU = macho.CpuArm64
	}
	if x.Type == 0 {
		x.Type = macho.TypeBundle
	}
	if x.Platform == 0 {
		x.Platform = 1
	}
	var commands []byte
	count := uint32(0)
	command := func(code uint32, words []uint32, text string) {
		size := 8 + 4*len(words)
		if text != "" {
			size += (len(text) + 8) &^ 7
		}
		at := len(commands)
		commands = appendAll(commands, append([]uint32{code, uint32(size)}, words...))
		commands = append(commands, text...)
		commands = append(commands, make([]byte, at+size-len(commands))...)
		count++
	}
	dylib := []uint32{24, 2, 0x10000, 0x10000}
	if x.ID != "" {
		command(0xd, dylib, x.ID)
	}
	if x.MinOS != 0 {
		command(0x32, []uint32{x.Platform, x.MinOS, x.MinOS, 0}, "")
	}
	for _, n := range x.Needed {
		command(0xc, dylib, n)
	}
	for _, n := range x.Weak {
		command(0x80000018, dylib, n)
	}
	for _, n := range x.RunPath {
		command(0x8000001c, []uint32{12}, n)
	}
	symbols, names := x.symbols()
	const header, symtab, exports = 32, 24, 16
	at := uint32(header + len(commands) + symtab)
	var trie []byte
	if x.Trie {
		trie = x.trie()
		at += exports
		command(0x80000033, []uint32{at + uint32(len(symbols)+len(names)), uint32(len(trie))}, "")
	}
	command(0x2, []uint32{at, uint32(len(symbols) / 16), at + uint32(len(symbols)), uint32(len(names))}, "")
	out := appendAll(nil, []uint32{
		macho.Magic64, uint32(x.CPU), x.SubCPU, uint32(x.Type), count, uint32(len(commands)), 0, 0,
	})
	out = append(out, commands...)
	out = append(out, symbols...)
	out = append(out, names...)
	return append(out, trie...)
}

// trie returns an export trie: below the root the node of "_", below that one for each name.
func (x *MachO) trie() []byte {
	out := []byte{0, 1, '_', 0, 5} // no information, one child, its edge and offset
	out = append(out, 0, byte(len(x.Exports)))
	at := len(out)
	for _, n := range x.Exports {
		at += len(n) + 1 + 2
	}
	for i, n := range x.Exports {
		leaf := at + i*4
		out = append(append(out, n...), 0)
		out = append(out, byte(leaf)|0x80, byte(leaf>>7)) // ULEB128 in two bytes
	}
	for range x.Exports {
		out = append(out, 2, 0, 0x10, 0) // two bytes of information, no child
	}
	return out
}

// symbols returns the symbol table and its strings.
func (x *MachO) symbols() (symbols, names []byte) {
	names = []byte{0}
	add := func(name string, kind byte) {
		symbols = binary.LittleEndian.AppendUint32(symbols, uint32(len(names)))
		symbols = append(symbols, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		names = append(append(names, '_'), name...)
		names = append(names, 0)
	}
	for _, n := range x.Imports {
		add(n, 0x01) // undefined, external
	}
	for _, n := range x.Exports {
		if !x.Trie {
			add(n, 0x0f) // in a section, external
		}
	}
	return symbols, names
}

// Universal returns the universal file of several Mach-O files.
func Universal(files ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, 0xcafebabe)
	out = binary.BigEndian.AppendUint32(out, uint32(len(files)))
	at := 4096
	for _, f := range files {
		out = append(out, f[7], f[6], f[5], f[4], f[11], f[10], f[9], f[8]) // processor and kind of it
		for _, v := range []int{at, len(f), 0} {
			out = binary.BigEndian.AppendUint32(out, uint32(v))
		}
		at += (len(f) + 4095) &^ 4095
	}
	for _, f := range files {
		out = append(out, make([]byte, (len(out)+4095)&^4095-len(out))...)
		out = append(out, f...)
	}
	return out
}
