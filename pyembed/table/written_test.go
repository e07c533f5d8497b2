package table

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
)

// largeFile is a file whose contents are read when the table is written; opened counts how often.
func largeFile(path, text string, opened *int) File {
	return File{Path: path, Stored: Stored{Length: len(text), Large: &Large{
		Sum: sha256.Sum256([]byte(text)),
		Open: func() (io.ReadCloser, error) {
			*opened++
			return io.NopCloser(strings.NewReader(text)), nil
		},
	}}}
}

// TestLarge makes tables of contents that are in memory and of the same ones that are not: they are equal.
func TestLarge(t *testing.T) {
	t.Parallel()
	plain, large := twoContents(), twoContents()
	opened := 0
	for i := range large {
		f := &large[i].Files[2]
		large[i].Files[2] = largeFile(f.Path, string(f.Bytes), &opened)
	}
	if a, b := encode(t, plain[0]), encode(t, large[0]); a != b {
		t.Error("the table with large contents is another one")
	}
	if opened != 2 {
		t.Errorf("they were read %d times, want once for the fingerprint and once for the table", opened)
	}
	opened = 0
	wantTables, wantCommon := encodeAll(t, plain)
	tables, common := encodeAll(t, large)
	if !bytes.Equal(common, wantCommon) || !bytes.Equal(tables[0], wantTables[0]) || !bytes.Equal(tables[1], wantTables[1]) {
		t.Error("the tables with large contents in common are others")
	}
	if opened != 2 {
		t.Errorf("what is in common was read %d times, want 2", opened)
	}
}

// TestLargeChanges has large contents that are no longer what they were.
func TestLargeChanges(t *testing.T) {
	t.Parallel()
	opened := 0
	c := sample()
	c.Files = append(c.Files, largeFile("pkg/large.bin", "four", &opened))
	table, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	large := c.Files[len(c.Files)-1].Large
	large.Open = func() (io.ReadCloser, error) { return nil, gone }
	if _, err := table.Bytes(); !errors.Is(err, gone) {
		t.Errorf("got error %v, want %v", err, gone)
	}
	large.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("longer")), nil }
	if _, err := table.Bytes(); !errors.Is(err, errLarge) {
		t.Errorf("got error %v, want %v", err, errLarge)
	}
	if _, err := New(c); !errors.Is(err, errLarge) {
		t.Errorf("got error %v, want %v", err, errLarge)
	}
}
