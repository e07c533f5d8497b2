package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zlib"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/pyembed/table"
)

// compactTable returns a table in its compact form.
func compactTable(data []byte) ([]byte, error) {
	stream, err := squeeze(data)
	if err != nil {
		return nil, err
	}
	return table.Compact(stream, len(data)), nil
}

// packedLibrary returns the file of a libpython as a zlib stream. To make it takes seconds, so the cache keeps it.
func (p *plan) packedLibrary(d *dividedLibrary) ([]byte, error) {
	place := filepath.Join(p.opts.Store.CacheDir, "libpython", hex.EncodeToString(d.Digest[:])+".zlib")
	if data, err := os.ReadFile(place); err == nil && digestOf(data) == d.Digest {
		return data, nil
	}
	data, err := squeeze(d.File())
	if err == nil {
		_ = cachedir.Write(place, data) // the next time it is packed again
	}
	return data, err
}

// digestOf returns the SHA-256 of what a zlib stream holds, zero when it is damaged.
func digestOf(stream []byte) (sum [sha256.Size]byte) {
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return sum
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err == nil {
		h.Sum(sum[:0])
	}
	return sum
}

// squeeze returns data as a zlib stream that is as short as can be, by the compressor that go.mod pins (see compress).
func squeeze(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
