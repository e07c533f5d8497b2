// Package compression stores bytes in the forms of the module table (table.Compression), and reads them back. The compressors are
// modules that go.mod pins, and not the standard library's, so that the same oxgen gives the same bytes whichever Go built it.
package compression

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/oxgen/oxgen/pyembed/table"
)

// Version names what Store makes: it changes with the compressor in go.mod, if that changes its output.
const Version = "level 6, klauspost/compress v1.20.3"

// Store stores data in a form, where that is shorter than the data, and else as it is. The bytes that are stored may be data itself.
func Store(data []byte, how table.Compression) (table.Stored, error) {
	stored := table.Stored{Compression: how, Length: len(data)}
	var err error
	switch how {
	case table.Uncompressed:
	case table.Zlib:
		stored.Bytes, err = Deflate(data)
	case table.Zstd:
		stored.Bytes, err = zstandard(data)
	default:
		err = fmt.Errorf("there is no compression %d", how)
	}
	if err != nil || how == table.Uncompressed || len(stored.Bytes) >= len(data) {
		return table.Stored{Bytes: data, Length: len(data)}, err
	}
	return stored, nil
}

// deflateLevel takes half as long again as the fastest level, some 8 ms for 1 MB of sources, and leaves a seventh less.
const deflateLevel = 6

// Deflate returns data as a zlib stream (RFC 1950), however long that is.
func Deflate(data []byte) ([]byte, error) {
	d, _ := deflaters.Get().(*deflater)
	if d == nil {
		w, err := zlib.NewWriterLevel(nil, deflateLevel)
		if err != nil {
			return nil, err
		}
		d = &deflater{writer: w}
	}
	defer func() {
		if d.stream.Cap() <= maxKept {
			deflaters.Put(d)
		}
	}()
	d.stream.Reset()
	d.writer.Reset(&d.stream)
	if _, err := d.writer.Write(data); err != nil {
		return nil, err
	}
	if err := d.writer.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(d.stream.Bytes()), nil
}

// A deflater makes one zlib stream after another.
type deflater struct {
	writer *zlib.Writer
	stream bytes.Buffer
}

// maxKept is how long, in bytes, a stream may have been that its memory is kept for the next ones.
const maxKept = 1 << 20

// deflaters holds *deflater: making one costs more than most sources take to compress.
var deflaters sync.Pool

// zstandard returns data as one frame, which tells its size (RFC 8878). What is worth a rule of its own is worth the second-best level.
func zstandard(data []byte) ([]byte, error) {
	w, err := zstdWriter()
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(data, nil), nil
}

// zstdWriter returns the encoder of all frames; with EncodeAll it may be used at once from several sides.
var zstdWriter = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderCRC(false))
})

// errLength is that of a table whose lengths are not those of its contents.
var errLength = errors.New("is not of the size that the table says")

// Contents returns the bytes that are stored. No more memory is taken than their length in the table asks for.
func Contents(s table.Stored) ([]byte, error) {
	if s.Compression == table.Uncompressed {
		return s.Bytes, nil
	}
	r, err := Open(s)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(s.Length)+1))
	if err == nil && len(data) != s.Length {
		err = errLength
	}
	return data, err
}

// Open returns a reader of the bytes that are stored.
func Open(s table.Stored) (io.ReadCloser, error) {
	data := bytes.NewReader(s.Bytes)
	switch s.Compression {
	case table.Uncompressed:
		return io.NopCloser(data), nil
	case table.Zlib:
		return zlib.NewReader(data)
	case table.Zstd:
		r, err := zstd.NewReader(data, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return r.IOReadCloser(), nil
	default:
		return nil, fmt.Errorf("there is no compression %d", s.Compression)
	}
}

// maxWindow is how far back a zstd stream may reach, in bytes: Python's own limit (ZSTD_WINDOWLOG_LIMIT_DEFAULT).
const maxWindow = 1 << 27
