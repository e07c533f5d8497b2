package libpython

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
	"testing"
)

// Where the parts are by which a library with thread-local storage differs from tiny.
const (
	tlsIndex = tinyWords + 0x1010 // a tls_index
	tlsSlot  = tinyWords + 0x1020 // the address of __tls_get_addr
	tlsEntry = tinyText + 0x100   // the entry of the procedure linkage table
	tlsName  = 0x700
)

// withTLS returns tiny with a thread-local variable and code that asks the linker for its address. change, if it is not
// nil, has the last word.
func withTLS(change func(file []byte)) []byte {
	file := tiny([]elf.Rela64{
		rela(tlsIndex, 0, elf.R_X86_64_DTPMOD64, 0),
		rela(tlsSlot, 1, elf.R_X86_64_JMP_SLOT, 0),
	})
	put := func(at int, v any) { _, _ = binary.Encode(file[at:], binary.LittleEndian, v) }
	copy(file[tlsName:], "__tls_get_addr\x00")
	put(tinySymbols+24, uint32(tlsName-tinyStrings))
	put(tinyData+2*16+8, uint64(tlsName-tinyStrings+15)) // DT_STRSZ
	const relro = 64 + 4*56                              // program header
	put(relro, elf.Prog64{Type: uint32(elf.PT_TLS), Flags: uint32(elf.PF_R), Off: tinyData + 0x1a0, Vaddr: tinyData + 0x1a0, Filesz: 8, Memsz: 32, Align: 8})
	put(tlsIndex+8, uint64(16))
	copy(file[tlsEntry:], []byte{0xff, 0x25})
	put(tlsEntry+2, uint32(tlsSlot-tlsEntry-6))
	if change != nil {
		change(file)
	}
	return file
}

func tlsLibrary(t *testing.T, file []byte) *library {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	l := &library{contents: slices.Clone(file), file: f}
	if err := l.read(); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStaticTLS(t *testing.T) {
	l := tlsLibrary(t, withTLS(nil))
	if !l.makeTLSStatic() {
		t.Fatal("left as it is")
	}
	all, _ := l.relocations()
	want := relocation{address: tlsIndex, info: uint64(elf.R_X86_64_TPOFF64), addend: 16}
	if !slices.Contains(all, want) {
		t.Errorf("relocations are %+v, want one to be %+v", all, want)
	}
	if got := l.contents[tlsEntry : tlsEntry+len(addThreadPointer)]; !bytes.Equal(got, addThreadPointer) {
		t.Errorf("the entry is % x", got)
	}
}

// TestStaticTLSRefused has libraries in which something else may depend on the linker's way.
func TestStaticTLSRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(file []byte)
	}{
		{"much storage", func(file []byte) { binary.LittleEndian.PutUint64(file[64+4*56+40:], maxStaticTLS+1) }},
		{"another library's variable", func(file []byte) { file[tinyRelocations+8+4] = 2 }},
		{"a variable by name", func(file []byte) { file[tinyRelocations+8] = byte(elf.R_X86_64_DTPOFF64) }},
		{"no such symbol", func(file []byte) { file[tlsName] = 'x' }},
		{"a pointer to the function", func(file []byte) { file[tinyRelocations+24+8] = byte(elf.R_X86_64_GLOB_DAT) }},
		{"a call through the word", func(file []byte) {
			copy(file[tlsEntry+0x20:], []byte{0xff, 0x15})
			binary.LittleEndian.PutUint32(file[tlsEntry+0x22:], tlsSlot-tlsEntry-0x26)
		}},
		{"no jump", func(file []byte) { file[tlsEntry+1] = 0x15 }},
		{"an index at the end of the file", func(file []byte) { binary.LittleEndian.PutUint64(file[tinyRelocations:], tinyEnd-8) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := tlsLibrary(t, withTLS(tt.change))
			before := slices.Clone(l.contents)
			if l.makeTLSStatic() || !bytes.Equal(l.contents, before) {
				t.Error("changed")
			}
		})
	}
}
