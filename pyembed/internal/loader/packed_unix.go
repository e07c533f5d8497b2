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

	"golang.org/x/sys/unix"

	"github.com/oxgen/oxgen/pyembed/table"
)

// unpack makes fd the file that Data holds, a piece at a time.
func unpack(fd int, lib *Library) error {
	if err := unix.Ftruncate(fd, lib.Size); err != nil {
		return fmt.Errorf("sizing a file of %d bytes: %w", lib.Size, err)
	}
	r, err := zlib.NewReader(strings.NewReader(lib.Data))
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", lib.Name, err)
	}
	code := table.NewCoding(runtime.GOARCH, lib.Size)
	piece, rest := make([]byte, 1<<18), 0 // rest bytes of it belong before what comes next
	for at := int64(0); ; {
		n, err := io.ReadFull(r, piece[rest:])
		n += rest
		done := code.Decode(piece[:n])
		if done > 0 {
			if err := pwrite(fd, unsafe.String(&piece[0], done), at); err != nil {
				return err
			}
			at += int64(done)
		}
		rest = copy(piece, piece[done:n])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if at != lib.Size { // the stream was cut off, or is another library's
				return fmt.Errorf("unpacking %s: %d bytes of %d", lib.Name, at, lib.Size)
			}
			return nil
		case err != nil:
			return fmt.Errorf("unpacking %s: %w", lib.Name, err)
		}
	}
}
