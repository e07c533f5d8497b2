package table

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// compact returns the compact form of data.
func compact(t testing.TB, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return string(Compact(b.Bytes(), len(data)))
}

func TestExpand(t *testing.T) {
	whole := strings.Repeat("a table of a program. ", 1000)
	packed := compact(t, whole)
	put := func(at int, value uint64) string {
		b := []byte(packed)
		binary.LittleEndian.PutUint64(b[at:], value)
		return string(b)
	}
	tests := []struct {
		name, data, want string
		err              error
	}{
		{"a compact table", packed, whole, nil},
		{"with something behind it", packed + "more", whole, nil},
		{"another one", Magic + "and so on", Magic + "and so on", nil},
		{"none", "", "", nil},
		{"cut off", packed[:len(packed)-1], "", ErrTruncated},
		{"a header alone", packed[:CompactHeaderSize-1], "", ErrTruncated},
		{"no stream", packed[:CompactHeaderSize] + strings.Repeat("x", len(packed)), "", ErrCorrupt},
		{"one byte is another", strings.Replace(packed, packed[60:62], "xx", 1), "", ErrCorrupt},
		{"shorter than it is", put(16, 5), "", ErrCorrupt},
		{"longer than it is", put(16, 1<<20), "", ErrCorrupt},
		{"longer than anything", put(16, 1<<40), "", ErrTruncated},
		{"packed to more than anything", put(8, 1<<63), "", ErrTruncated},
	}
	for _, test := range tests {
		got, err := Expand(test.data)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: got %.20q, %v, want %.20q, %v", test.name, got, err, test.want, test.err)
		}
	}
}

func FuzzExpand(f *testing.F) {
	f.Add(compact(f, "a table"))
	f.Add(CompactMagic)
	f.Fuzz(func(t *testing.T, data string) {
		whole, err := Expand(data)
		if err == nil && strings.HasPrefix(data, CompactMagic) {
			if _, size, ok := ReadCompactHeader(data); !ok || uint64(len(whole)) != size {
				t.Errorf("%d bytes of %d", len(whole), size)
			}
		}
	})
}
