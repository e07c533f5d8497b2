package gen

import (
	"bytes"
	"debug/elf"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// Table returns the generated table for a target, and what it has in common with those for others; nil for a package that is for
// this target alone.
func (o *Output) Table(t target.Target) (own, common []byte) {
	for _, f := range o.Files {
		switch {
		case !o.isTable(f.Name, t):
		case table.IsCommon(string(f.Data[:min(len(f.Data), table.HeaderSize)])):
			common = f.Data
		default:
			own = f.Data
		}
	}
	return own, common
}

// Absent returns the names of the generated files that carry libpython for a target and whose bytes are not in an executable,
// in their order. What the C linker has linked (link = "static") it has changed, so that it can't be found again; the digest
// of what it was made from is in the manifest.
func (o *Output) Absent(executable []byte, t target.Target) ([]string, error) {
	if o.Config.Link != config.Mapped {
		return nil, nil
	}
	var absent []string
	found := false
	for _, f := range o.Files {
		if !isObject(f.Name, t) {
			continue
		}
		found = true
		data := f.Data
		if path.Ext(f.Name) == ".syso" {
			var err error
			if data, err = linkedBytes(f.Data); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		if !bytes.Contains(executable, data) {
			absent = append(absent, f.Name)
		}
	}
	if !found {
		return nil, diag.Errorf(o.Config.File, "the targets are those of the executable", "nothing is generated for %s", t)
	}
	return absent, nil
}

// linkedBytes returns what go build takes out of an object that internal/libpython wrote: its section of read-only data, which
// no relocation changes.
func linkedBytes(object []byte) ([]byte, error) {
	f, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	for _, s := range f.Sections {
		if s.Type == elf.SHT_PROGBITS && strings.HasPrefix(s.Name, ".rodata") {
			return s.Data()
		}
	}
	return nil, fmt.Errorf("no section .rodata")
}

// AsPython returns the generated file that holds the program's configuration, without the line that keeps the program from
// being spoken to as a python.
func (o *Output) AsPython() (name string, data []byte) {
	f := o.Files[len(o.Files)-1]
	return f.Name, noPython.ReplaceAll(f.Data, nil)
}

var noPython = regexp.MustCompile(`(?m)^\t+NoPython: +true,\n`)
