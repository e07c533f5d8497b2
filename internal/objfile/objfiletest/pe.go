package objfiletest

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
)

// A PE describes a PE file. The zero value is an executable for 64-bit Windows that needs nothing.
type PE struct {
	Machine   uint16 // 0 is IMAGE_FILE_MACHINE_AMD64
	Narrow    bool   // PE32, not PE32+
	Library   bool
	Subsystem uint16 // 0 is that of console programs
	Name      string // of a library, in its export directory
	Exports   []string
	Needed    []DLL
	Delayed   []string // DLLs that are loaded when they are first used
}

// A DLL is one that is imported from.
type DLL struct {
	Name    string
	Symbols []string // "" is an import by ordinal
}

// section is the address and the place in the file of the only section.
const section = 0x1000

// A peWriter lays the section out.
type peWriter struct{ out []byte }

func (w *peWriter) here() uint32     { return section + uint32(len(w.out)) }
func (w *peWriter) four(v ...uint32) { w.out = appendAll(w.out, v) }
func (w *peWriter) text(s string) uint32 {
	at := w.here()
	w.out = append(append(w.out, s...), 0)
	return at
}

func appendAll(b []byte, values []uint32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// Bytes returns the file.
func (x PE) Bytes() []byte {
	w := &peWriter{out: make([]byte, 16)}
	var directories [16]pe.DataDirectory
	directories[0] = w.exports(&x)
	directories[1] = w.imports(&x)
	directories[13] = w.delayed(&x)

	head := make([]byte, 0x80)
	copy(head, "MZ")
	binary.LittleEndian.PutUint32(head[0x3c:], 0x80)
	b := bytes.NewBuffer(append(head, "PE\x00\x00"...))
	file := pe.FileHeader{Machine: x.Machine, NumberOfSections: 1, SizeOfOptionalHeader: 240, Characteristics: pe.IMAGE_FILE_EXECUTABLE_IMAGE}
	if x.Machine == 0 {
		file.Machine = pe.IMAGE_FILE_MACHINE_AMD64
	}
	if x.Library {
		file.Characteristics |= pe.IMAGE_FILE_DLL
	}
	if x.Subsystem == 0 {
		x.Subsystem = pe.IMAGE_SUBSYSTEM_WINDOWS_CUI
	}
	var optional any = pe.OptionalHeader64{
		Magic: 0x20b, ImageBase: 0x140000000, MajorSubsystemVersion: 6, MinorSubsystemVersion: 1, Subsystem: x.Subsystem,
		NumberOfRvaAndSizes: 16, DataDirectory: directories,
	}
	if x.Narrow {
		file.SizeOfOptionalHeader = 224
		optional = pe.OptionalHeader32{
			Magic: 0x10b, ImageBase: 0x400000, MajorSubsystemVersion: 5, MinorSubsystemVersion: 1, Subsystem: x.Subsystem,
			NumberOfRvaAndSizes: 16, DataDirectory: directories,
		}
	}
	for _, part := range []any{
		file, optional,
		pe.SectionHeader32{
			Name: [8]byte{'.', 'r', 'd', 'a', 't', 'a'}, VirtualSize: uint32(len(w.out)), VirtualAddress: section,
			SizeOfRawData: uint32(len(w.out)), PointerToRawData: section, Characteristics: pe.IMAGE_SCN_CNT_INITIALIZED_DATA,
		},
	} {
		if err := binary.Write(b, binary.LittleEndian, part); err != nil {
			panic(err) // all parts have a fixed size
		}
	}
	return append(append(b.Bytes(), make([]byte, section-b.Len())...), w.out...)
}

func (w *peWriter) exports(x *PE) pe.DataDirectory {
	if x.Name == "" {
		return pe.DataDirectory{}
	}
	name := w.text(x.Name)
	var names []uint32
	for _, e := range x.Exports {
		names = append(names, w.text(e))
	}
	table := w.here()
	w.four(names...)
	at, n := w.here(), uint32(len(names))
	w.four(0, 0, 0, name, 1, n, n, 0, table, 0)
	return pe.DataDirectory{VirtualAddress: at, Size: 40}
}

func (w *peWriter) imports(x *PE) pe.DataDirectory {
	if len(x.Needed) == 0 {
		return pe.DataDirectory{}
	}
	var entries []uint32
	for _, dll := range x.Needed {
		name := w.text(dll.Name)
		var thunks []uint32
		for _, s := range append(dll.Symbols, "\x00") {
			thunk, ordinal := uint32(0), uint32(0)
			switch s {
			case "\x00": // the end
			case "":
				ordinal = 1 << 31
			default:
				thunk = w.text("\x00\x00" + s)
			}
			if x.Narrow {
				thunks = append(thunks, thunk|ordinal)
			} else {
				thunks = append(thunks, thunk, ordinal)
			}
		}
		entries = append(entries, w.here(), 0, 0, name, 0)
		w.four(thunks...)
	}
	at := w.here()
	w.four(append(entries, 0, 0, 0, 0, 0)...)
	return pe.DataDirectory{VirtualAddress: at, Size: uint32(len(entries)+5) * 4}
}

func (w *peWriter) delayed(x *PE) pe.DataDirectory {
	if len(x.Delayed) == 0 {
		return pe.DataDirectory{}
	}
	var entries []uint32
	for _, dll := range x.Delayed {
		entries = append(entries, 1, w.text(dll), 0, 0, 0, 0, 0, 0)
	}
	at := w.here()
	w.four(append(entries, make([]uint32, 8)...)...)
	return pe.DataDirectory{VirtualAddress: at, Size: uint32(len(entries)+8) * 4}
}
