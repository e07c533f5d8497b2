package table

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestCoding asserts that calls of one function look the same once they are coded, and what they were before when they are decoded.
func TestCoding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arch string
		call func(at, to int) []byte
		same bool
	}{
		"call":   {"amd64", func(at, to int) []byte { return append([]byte{0xE8}, le(to-at-5)...) }, true},
		"jump":   {"amd64", func(at, to int) []byte { return append([]byte{0xE9}, le(to-at-5)...) }, true},
		"branch": {"amd64", func(at, to int) []byte { return append([]byte{0x0F, 0x85}, le(to-at-6)...) }, true},
		"BL":     {"arm64", func(at, to int) []byte { return le(0x94000000 | (to-at)/4&(1<<26-1)) }, true},
		"B":      {"arm64", func(at, to int) []byte { return le(0x14000000 | (to-at)/4&(1<<26-1)) }, false},
		"others": {"riscv64", func(at, to int) []byte { return append([]byte{0xE8}, le(to-at-5)...) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			file := make([]byte, 1000)
			for _, at := range []int{16, 480, 800} {
				copy(file[at:], test.call(at, 400))
			}
			coded := bytes.Clone(file)
			NewCoding(test.arch, int64(len(file))).Encode(coded)
			one, other := coded[16:22], coded[800:806]
			if bytes.Equal(one, other) != test.same {
				t.Errorf("calls of one function are coded as % x and % x", one, other)
			}
			if got := decoded(t, test.arch, coded, 64); !bytes.Equal(got, file) {
				t.Error("decoded to something else")
			}
		})
	}
}

func le(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

// decoded decodes a file in pieces of a size.
func decoded(t *testing.T, arch string, file []byte, size int) []byte {
	t.Helper()
	c := NewCoding(arch, int64(len(file)))
	var out, piece []byte
	for len(file) > 0 || len(piece) > 0 {
		n := min(size, len(file))
		piece, file = append(piece, file[:n]...), file[n:]
		done := c.Decode(piece)
		if done == 0 && n == 0 {
			t.Fatalf("%d bytes are never done", len(piece))
		}
		out, piece = append(out, piece[:done]...), bytes.Clone(piece[done:])
	}
	return out
}

func FuzzCoding(f *testing.F) {
	f.Add([]byte{0xE8, 0xE8, 0xE8, 0x0F, 0x0F, 0x85, 0x80, 0xE9, 0xFF, 0xFF, 0xFF, 0xFF, 0x94, 0, 0, 0}, 7)
	f.Add(bytes.Repeat([]byte{0x94, 1, 0xE9, 0x0F, 0x8F}, 100), 64)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		data := make([]byte, 300)
		for i := range data {
			data[i] = []byte{0xE8, 0xE9, 0x0F, 0x80, 0, 1, 0xFF, 0x94, byte(r.Uint32())}[r.IntN(9)]
		}
		f.Add(data, 8+r.IntN(90))
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		for _, arch := range []string{"amd64", "arm64"} {
			coded := bytes.Clone(data)
			NewCoding(arch, int64(len(data))).Encode(coded)
			if got := decoded(t, arch, coded, max(size, 8)); !bytes.Equal(got, data) {
				t.Errorf("%s: % x is coded as % x and decoded to % x", arch, data, coded, got)
			}
		}
	})
}
