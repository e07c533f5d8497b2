package libpython

import (
	"debug/elf"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asking returns tiny with strings, and needs of the libraries at these offsets in them: each is a DT_NEEDED and an Elf64_Verneed.
func asking(strings string, offsets ...uint64) []byte {
	const table, needs = 0x600, 0x700
	extra := []dyn{{elf.DT_VERNEED, needs}, {elf.DT_VERNEEDNUM, uint64(len(offsets))}}
	for _, offset := range offsets {
		extra = append(extra, dyn{elf.DT_NEEDED, offset})
	}
	file := tiny(nil, extra...)
	put := func(at int, v any) { _, _ = binary.Encode(file[at:], binary.LittleEndian, v) }
	copy(file[table:], strings)
	put(tinyData+16+8, uint64(table))
	put(tinyData+32+8, uint64(len(strings)))
	for i, offset := range offsets {
		need := []uint32{1, uint32(offset), 0, 16}
		if i == len(offsets)-1 {
			need[3] = 0
		}
		put(needs+16*i, need)
	}
	return file
}

func TestMerged(t *testing.T) {
	const firstNeeded, firstVersion = tinyData + 16*12 + 8, 0x700 + 4
	tests := []struct {
		name    string
		strings string
		offsets []uint64
		words   []int64
		libc    uint32
	}{
		{"librt", "\x00libc.so.6\x00librt.so.1\x00", []uint64{11, 1}, []int64{firstNeeded, firstVersion}, 1},
		{"behind libc", "\x00libc.so.6\x00librt.so.1\x00", []uint64{1, 11}, []int64{firstNeeded + 16, firstVersion + 16}, 1},
		{"another library", "\x00libc.so.6\x00libm.so.6\x00", []uint64{11, 1}, nil, 1},
		{"without libc", "\x00libc.so\x00librt.so.1\x00", []uint64{9, 1}, nil, 0},
		{"no string", "\x00libc.so.6\x00librt.so.1\x00", []uint64{1, 1 << 20, 23}, nil, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := split(t, asking(test.strings, test.offsets...))
			if img.Whole != "" {
				t.Fatal(img.Whole)
			}
			if diff := cmp.Diff(test.words, img.Merged); diff != "" || img.LibC != test.libc {
				t.Errorf("words (-want +got), libc %d:\n%s", img.LibC, diff)
			}
		})
	}
}

// The versions of a damaged library may have no end, or none that lies in it.
func TestMergedDamaged(t *testing.T) {
	file := asking("\x00libc.so.6\x00librt.so.1\x00", 11, 1)
	for _, next := range []uint32{1, 1 << 31} {
		binary.LittleEndian.PutUint32(file[0x700+16+12:], next)
		if img, err := Split("libtiny.so", append([]byte(nil), file...)); err != nil || len(img.Merged) < 2 {
			t.Errorf("step %d: %v, %v", next, img, err)
		}
	}
}
