package gen

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	built "github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// Program returns the generated program for a target as if it were read from the file name.
func (o *Output) Program(name string, t target.Target) (*built.Program, error) {
	own, common, err := o.table(t)
	if err != nil {
		return nil, err
	}
	return built.Read(name, own, common)
}

// table returns the generated table for a target, and what it has in common with those for others; nil for a package that is for
// this target alone.
func (o *Output) table(t target.Target) (own, common []byte, err error) {
	for _, f := range o.Files {
		if !o.isTable(f.Name, t) {
			continue
		}
		data, err := f.Bytes()
		if err != nil {
			return nil, nil, err
		}
		if table.IsCommon(string(data[:min(len(data), table.HeaderSize)])) {
			common = data
		} else {
			own = data
		}
	}
	return own, common, nil
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

// A FileDifference says how a file of a generated package differs from what is generated now.
type FileDifference struct {
	Name       string
	Change     string // built.Added: only the package has it; built.Removed: it has not; built.Changed
	Where      string // of Changed: "line 12", "byte 4096", what differs first
	Have, Want string // of Changed in a line: the lines
}

// CompareDir returns the files of a package that differ from those of the output, by name: all files of the output, and those in the
// directory that go build would take besides.
func (o *Output) CompareDir(dir string) ([]FileDifference, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, diag.Errorf(dir, "make it readable", "can't be read: %w", cause(err))
	}
	var list []FileDifference
	for _, f := range o.Files {
		name := filepath.Join(dir, f.Name)
		have, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			list = append(list, FileDifference{Name: f.Name, Change: built.Removed})
			continue
		}
		if err != nil {
			return nil, diag.Errorf(name, "make it readable", "can't be read: %w", cause(err))
		}
		want, err := f.Bytes()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(have, want) {
			list = append(list, difference(f.Name, have, want))
		}
	}
	for _, e := range entries {
		isOurs := slices.ContainsFunc(o.Files, func(f File) bool { return f.Name == e.Name() })
		if !isOurs && !e.IsDir() && slices.Contains(buildable, path.Ext(e.Name())) && !strings.HasSuffix(e.Name(), "_test.go") {
			list = append(list, FileDifference{Name: e.Name(), Change: built.Added})
		}
	}
	slices.SortFunc(list, func(a, b FileDifference) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// buildable are the endings of files that go build makes something of, and those that generated code embeds.
var buildable = []string{".go", ".s", ".syso", ".c", ".cc", ".cpp", ".cxx", ".h", ".S", ".oxtable", ".bin"}

// difference says where two files differ first.
func difference(name string, have, want []byte) FileDifference {
	d := FileDifference{Name: name, Change: built.Changed}
	at := 0
	for at < len(have) && at < len(want) && have[at] == want[at] {
		at++
	}
	if ext := path.Ext(name); ext != ".go" && ext != ".s" {
		d.Where = fmt.Sprintf("byte %d", at)
		return d
	}
	d.Where = fmt.Sprintf("line %d", bytes.Count(want[:at], []byte("\n"))+1)
	d.Have, d.Want = lineAround(have, at), lineAround(want, at)
	return d
}

// lineAround returns the line that a place lies in, without white space around it; what is long is cut.
func lineAround(data []byte, at int) string {
	start := bytes.LastIndexByte(data[:at], '\n') + 1
	line, _, _ := bytes.Cut(data[start:], []byte("\n"))
	line = bytes.TrimSpace(line)
	if runes := []rune(string(line)); len(runes) > maxLine {
		return string(runes[:maxLine]) + "…"
	}
	return string(line)
}

// maxLine bounds what is shown of a line, in characters.
const maxLine = 60

// FingerprintMissing tells whether an executable does not hold the fingerprint of its table as generated code has it, so that it was
// not built from the Go files that belong to the table.
func FingerprintMissing(executable []byte, fingerprint string) bool {
	return !bytes.Contains(executable, []byte(fingerprint))
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
