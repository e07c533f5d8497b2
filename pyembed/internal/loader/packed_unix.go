//go:build !windows

package loader

import (
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"unsafe"

	"github.com/oxgen/oxgen/pyembed/table"
)

// unpack writes the file that Data holds, a piece at a time.
func (l *Library) unpack(to sink) error {
	r, err := zlib.NewReader(strings.NewReader(l.Data))
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", l.Name, err)
	}
	code := table.NewCoding(runtime.GOARCH, l.Size)
	piece, rest := make([]byte, 1<<18), 0 // rest bytes of it belong before what comes next
	for at := int64(0); ; {
		n, err := io.ReadFull(r, piece[rest:])
		n += rest
		done := code.Decode(piece[:n])
		if done > 0 {
			if err := to(unsafe.String(&piece[0], done), at); err != nil {
				return err
			}
			at += int64(done)
		}
		rest = copy(piece, piece[done:n])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if at != l.Size { // the stream was cut off, or is another library's
				return fmt.Errorf("unpacking %s: %d bytes of %d", l.Name, at, l.Size)
			}
			return nil
		case err != nil:
			return fmt.Errorf("unpacking %s: %w", l.Name, err)
		}
	}
}
