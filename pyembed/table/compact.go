package table

import (
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A compact table is one, or a common part, as a whole in a zlib stream:
//
//	compact = magic "\x8AOXTABLE" packed uint64 size uint64 stream .
//
// The integers are little-endian: the lengths of the stream and of what it unpacks to, in bytes.

// CompactMagic opens every compact table.
const CompactMagic = "\x8aOXTABLE"

// CompactHeaderSize is the length of what stands before the stream, in bytes.
const CompactHeaderSize = len(CompactMagic) + 2*8

// Compact returns the compact form of a table of size bytes, of which stream is the zlib stream.
func Compact(stream []byte, size int) []byte {
	data := make([]byte, 0, CompactHeaderSize+len(stream))
	data = append(data, CompactMagic...)
	data = binary.LittleEndian.AppendUint64(data, uint64(len(stream)))
	data = binary.LittleEndian.AppendUint64(data, uint64(size)) // a length
	return append(data, stream...)
}

// ReadCompactHeader returns the lengths of the compact table that data starts with and of what it unpacks to. ok is false when it
// starts with none.
func ReadCompactHeader(data string) (packed, size uint64, ok bool) {
	if !strings.HasPrefix(data, CompactMagic) || len(data) < CompactHeaderSize {
		return 0, 0, false
	}
	numbers := []byte(data[len(CompactMagic):CompactHeaderSize])
	packed, size = binary.LittleEndian.Uint64(numbers), binary.LittleEndian.Uint64(numbers[8:])
	return packed + uint64(CompactHeaderSize), size, size <= MaxSize && packed <= MaxSize
}

// Expand returns the table that a compact one holds; data that is none it returns as it is.
func Expand(data string) (string, error) {
	packed, size, ok := ReadCompactHeader(data)
	switch {
	case !strings.HasPrefix(data, CompactMagic):
		return data, nil
	case !ok || packed > uint64(len(data)):
		return "", ErrTruncated
	}
	r, err := zlib.NewReader(strings.NewReader(data[CompactHeaderSize:packed]))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	var b strings.Builder
	b.Grow(int(min(size, 1<<28))) // a hostile one shall earn the rest
	n, err := io.Copy(&b, io.LimitReader(r, int64(size)+1))
	if err == nil && uint64(n) != size {
		err = errors.New("it is not of the size that it says")
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return b.String(), nil
}
