package compression

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/pyembed/table"
)

func TestStore(t *testing.T) {
	t.Parallel()
	long := []byte(strings.Repeat("a long text ", 1000))
	for _, test := range []struct {
		name      string
		data      []byte
		how, want table.Compression
	}{
		{"empty", nil, table.Zlib, table.Uncompressed},
		{"short", []byte("x = 1\n"), table.Zlib, table.Uncompressed},
		{"short, zstd", []byte("x = 1\n"), table.Zstd, table.Uncompressed},
		{"not asked for", long, table.Uncompressed, table.Uncompressed},
		{"zlib", long, table.Zlib, table.Zlib},
		{"zstd", long, table.Zstd, table.Zstd},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := Store(test.data, test.how)
			if err != nil {
				t.Fatal(err)
			}
			if s.Compression != test.want || s.Length != len(test.data) || s.Compression != table.Uncompressed && len(s.Bytes) >= s.Length {
				t.Errorf("compression %d, want %d; length %d of %d bytes stored", s.Compression, test.want, s.Length, len(s.Bytes))
			}
			data, err := Contents(s)
			if err != nil || !bytes.Equal(data, test.data) {
				t.Errorf("got %d bytes and error %v, want the %d that were stored", len(data), err, len(test.data))
			}
			r, err := Open(s)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if data, err = io.ReadAll(r); err != nil || !bytes.Equal(data, test.data) {
				t.Errorf("read %d bytes and error %v, want the %d that were stored", len(data), err, len(test.data))
			}
		})
	}
}

// TestContentsLies has lengths that are not those of what is stored, and bytes that are nothing stored.
func TestContentsLies(t *testing.T) {
	t.Parallel()
	for _, how := range []table.Compression{table.Zlib, table.Zstd} {
		good, err := Store(make([]byte, 1<<20), how)
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*table.Stored){
			"shorter":   func(s *table.Stored) { s.Length-- },
			"longer":    func(s *table.Stored) { s.Length++ },
			"truncated": func(s *table.Stored) { s.Bytes = s.Bytes[:len(s.Bytes)/2] },
			"empty":     func(s *table.Stored) { s.Bytes = nil },
			"other":     func(s *table.Stored) { s.Bytes = []byte("no stream at all") },
			"unknown":   func(s *table.Stored) { s.Compression = 77 },
		} {
			bad := good
			change(&bad)
			if _, err := Contents(bad); err == nil {
				t.Errorf("compression %d, %s: no error", how, name)
			}
		}
	}
}
