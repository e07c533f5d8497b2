package pyembed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
	"github.com/oxgen/oxgen/pyembed/table"
)

// regenerate is the mend of everything that does not fit together in an executable.
const regenerate = "run `go generate` and `go build` again"

// expand unpacks compact tables. The memory is Go's, which does not move it, and p keeps it.
func (p *Program) expand() error {
	for _, t := range []*string{&p.Table, &p.Common} {
		whole, err := table.Expand(*t)
		if err != nil {
			return fmt.Errorf("the program's table is damaged: %w: %s", err, regenerate)
		}
		*t = whole
	}
	return nil
}

// check compares the table with the generated Go source, before anything is loaded.
func (p *Program) check() (table.Header, error) {
	h, err := table.ReadHeader(p.Table)
	switch {
	case errors.Is(err, table.ErrVersion):
		return h, fmt.Errorf("the program's table has format %d, this executable reads %d: use the same version of oxgen and of its module pyembed, and %s",
			h.Version, table.FormatVersion, regenerate)
	case err != nil:
		return h, fmt.Errorf("the program's table is damaged: %w: %s", err, regenerate)
	case h.Size != uint64(len(p.Table)):
		return h, fmt.Errorf("the program's table is truncated: %d bytes of %d: %s", len(p.Table), h.Size, regenerate)
	case h.Fingerprint != p.Fingerprint:
		return h, fmt.Errorf("the program's table is not the one that its Go source was generated with: %s", regenerate)
	case p.Library == nil:
		return h, errors.New("the program has no libpython: " + regenerate)
	}
	return h, nil
}

// matches compares the bytecode with the libpython that was loaded. CPython would not: it would crash in marshal.
func matches(api *cpython.API, h table.Header) error {
	if err := api.Refused(); err != nil {
		return err
	}
	v := h.PythonVersion
	want := fmt.Sprintf("%d.%d.", v>>24, v>>16&0xff)
	if got := api.RuntimeVersion(); !strings.HasPrefix(got, want) {
		return fmt.Errorf("the program's bytecode is for Python %sx, its libpython is %q: %s", want, got, regenerate)
	}
	magic := api.Magic()
	if want := int(h.PythonMagic[0]) | int(h.PythonMagic[1])<<8; magic != want {
		return fmt.Errorf("the program's bytecode has the magic number %d, its libpython wants %d: %s", want, magic, regenerate)
	}
	return nil
}

// executableFallback finds the executable where /proc is missing: by the name that it was called by.
func executableFallback(args []string) (string, error) {
	if len(args) == 0 || !strings.Contains(args[0], "/") {
		return "", errNoExecutable
	}
	path, err := filepath.Abs(args[0])
	if err != nil {
		return "", errNoExecutable
	}
	if _, err := os.Stat(path); err != nil {
		return "", errNoExecutable
	}
	return path, nil
}
