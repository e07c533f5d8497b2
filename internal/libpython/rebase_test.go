package libpython

import (
	"debug/elf"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tinyHash is where the hash table is in tiny's first segment, if it has one.
const tinyHash = 0x368

// hashed returns tiny with a hash table, so that its symbols can be counted.
func hashed(relocations []elf.Rela64, extra ...dyn) []byte {
	file := tiny(relocations, append(extra, dyn{elf.DT_HASH, tinyHash})...)
	_, _ = binary.Encode(file[tinyHash:], binary.LittleEndian, []uint32{1, 3, 2, 0, 0, 0})
	return file
}

// Everything that is an address is another one, by the same distance, and nothing else has changed.
func TestRebase(t *testing.T) {
	relocations := []elf.Rela64{
		rela(tinyWords, 0, elf.R_X86_64_RELATIVE, tinyText),
		rela(tinyWords+8, 2, elf.R_X86_64_64, 4), // of its own
		rela(tinyWords+0x1000, 1, elf.R_X86_64_64, 6),
		rela(tinyWords+0x1008, 1, elf.R_X86_64_JMP_SLOT, 0),
	}
	lazy := func(file []byte) []byte {
		binary.LittleEndian.PutUint64(file[tinyWords+0x1008:], tinyText+0x20) // code of the library's binds it
		return file
	}
	plain, moved := split(t, lazy(tiny(relocations))), split(t, lazy(hashed(relocations)))
	by := uint64(roomy + hugePage - 0x5000) // behind Protect
	if moved.Memory.Address != roomy+hugePage {
		t.Errorf("the data starts at %#x, want %#x", moved.Memory.Address, uint64(roomy+hugePage))
	}
	for _, e := range []*Extent{&plain.Mapped[0], &plain.Mapped[1], &plain.Protect, &plain.Memory} {
		e.Address += by
	}
	plain.Init, plain.Array, plain.Relocations[0] = plain.Init+by, plain.Array+by, plain.Relocations[0]+by
	want, got := *plain, *moved
	for _, img := range []*Image{&want, &got} {
		img.Data, img.Payload, img.Digest, img.Skeleton, img.Original = nil, nil, [32]byte{}, nil, nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("image (-want +got):\n%s", diff)
	}
	word := func(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
	for at, want := range map[int]uint64{0: tinyText + by, 8: tinyText + 0x14 + by} {
		if got := word(moved.Payload[1][at:]); got != want {
			t.Errorf("the relocated word at %d is %#x, want %#x", at, got, want)
		}
	}
	file := whole(t, moved)
	for at, want := range map[int]uint64{
		tinySymbols + 24 + 8:        0, // of another library
		tinySymbols + 48 + 8:        tinyText + 0x10 + by,
		tinyRelocations:             tinyWords + by,
		tinyRelocations + 16:        tinyText + by,
		tinyRelocations + 24 + 16:   4, // added to a symbol
		tinyRelocations + 2*24 + 16: 6,
		tinyRelocations + 3*24:      tinyWords + 0x1008 + by,
		tinyWords + 0x1008:          tinyText + 0x20 + by,
		tinyData + 16 + 8:           tinyStrings + by,
		tinyData + 2*16 + 8:         14,            // bytes
		64 + 56 + 16:                tinyText + by, // the second segment's address
		64 + 56 + 8:                 tinyText,      // its offset
	} {
		if got := word(file[at:]); got != want {
			t.Errorf("the word at %#x is %#x, want %#x", at, got, want)
		}
	}
}

func TestSymbolCount(t *testing.T) {
	const table = 0x700 // free in tiny's first segment
	tests := []struct {
		name string
		tag  elf.DynTag
		hash []uint32
		want uint64
		ok   bool
	}{
		{"two buckets", elf.DT_GNU_HASH, []uint32{2, 1, 1, 0, 0, 0 /* filter */, 1, 3, 8, 9, 10, 12, 13}, 6, true},
		{"nothing to be found", elf.DT_GNU_HASH, []uint32{1, 4, 1, 0, 0, 0, 0}, 4, true},
		{"a chain without end", elf.DT_GNU_HASH, []uint32{1, 1, 1, 0, 0, 0, 1, 2, 2, 2}, 0, false},
		{"the old table", elf.DT_HASH, []uint32{1, 7}, 7, true},
		{"none", elf.DT_DEBUG, nil, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := tiny(nil, dyn{tt.tag, table})
			_, _ = binary.Encode(file[table:], binary.LittleEndian, tt.hash)
			l, err := open("libtiny.so", file)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := l.symbolCount(); got != tt.want || ok != tt.ok {
				t.Errorf("%d symbols, %t, want %d, %t", got, ok, tt.want, tt.ok)
			}
		})
	}
}

// A library that is linked at an address already, and one without read-only data behind which its own begins, stay where they are.
func TestPreferredAddress(t *testing.T) {
	l, err := open("libtiny.so", hashed(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.preferredAddress(), uint64(roomy+hugePage-0x5000); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
	if !l.rebase(l.preferredAddress()) {
		t.Fatal("not rebased")
	}
	again, err := open("libtiny.so", l.contents)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.preferredAddress(); got != 0 {
		t.Errorf("%#x for a library that has an address, want 0", got)
	}
}
