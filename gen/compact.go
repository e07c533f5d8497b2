package gen

import (
	"bytes"
	"encoding/hex"
	"io"
	"path/filepath"

	"github.com/klauspost/compress/zlib"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/pyembed/table"
)

// compactTable returns a table in its compact form.
func compactTable(t *table.Table) ([]byte, error) {
	stream, err := squeeze(t)
	if err != nil {
		return nil, err
	}
	return table.Compact(stream, t.Size()), nil
}

// packedLibrary returns the file of a libpython as a zlib stream, its code coded. To make it takes seconds, so the cache keeps it.
func (p *plan) packedLibrary(d *dividedLibrary) ([]byte, error) {
	place := filepath.Join(p.opts.Store.CacheDir, "libpython", hex.EncodeToString(d.Digest[:])+"."+packing)
	return cachedir.Keep(place, func() ([]byte, error) {
		file, err := d.File()
		if err != nil {
			return nil, diag.Errorf(p.platform.Libpython, "`oxgen cache clean` has it divided again", "putting libpython together again: %w", err)
		}
		table.NewCoding(p.platform.Target.GOARCH, int64(len(file))).Encode(file)
		return squeeze(bytes.NewReader(file))
	})
}

// packing is part of the names of kept files: it changes with the compressor in go.mod, if that changes its output, and with table.Coding.
const packing = "zlib1"

// squeeze returns data as a zlib stream that is as short as can be, by the compressor that go.mod pins (see package compression).
func squeeze(data io.WriterTo) ([]byte, error) {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := data.WriteTo(w); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
