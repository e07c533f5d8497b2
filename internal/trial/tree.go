package trial

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/pyembed/table"
)

// Modules returns the modules of a program that an import statement reaches, sorted: not the importer's own, nor __main__
// modules, which run a program. Only names modules that are meant with all that is below them, none for all; skip leaves out
// such.
func Modules(p *program.Program, only, skip []string) []string {
	var names []string
	for i := range p.Files {
		f := &p.Files[i]
		name := f.Module
		switch {
		case name == "", f.Kind == "script", f.Kind == "namespace", strings.HasPrefix(name, "_oxgen_"):
		case name == "__main__", strings.HasSuffix(name, ".__main__"):
		case len(only) > 0 && !within(name, only), within(name, skip):
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stdlib is the Distribution of files that the interpreter has as well.
const stdlib = "python"

// Unpack writes the files of a program but those of the standard library below a directory, as they would be installed.
func Unpack(p *program.Program, dir string) error {
	standard := map[string]bool{}
	for _, f := range p.Manifest.Files {
		if f.Distribution == stdlib {
			standard[f.Path] = true
		}
	}
	for e, err := range p.Table.Files() {
		switch {
		case err != nil:
			return err
		case e.Dir || standard[e.Path]:
			continue
		}
		if err := unpack(p.Table, &e, filepath.Join(dir, filepath.FromSlash(e.Path))); err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
	}
	return nil
}

func unpack(t *table.Reader, e *table.Entry, to string) error {
	if !filepath.IsLocal(filepath.FromSlash(e.Path)) {
		return errors.New("lies outside of the program")
	}
	data, err := contents(t, e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o777)
}

// contents returns a file of a table as the program reads it.
func contents(t *table.Reader, e *table.Entry) ([]byte, error) {
	if e.Pyc {
		magic := t.Header().PythonMagic
		return slices.Concat(magic[:], make([]byte, table.PycHeader-len(magic)), e.Bytes), nil
	}
	data, err := compression.Contents(e.Stored)
	if err != nil {
		return nil, diag.Errorf("", "", "is damaged: %w", err)
	}
	return data, nil
}

// within tells whether a module is one of those named, or below one.
func within(name string, tops []string) bool {
	return slices.ContainsFunc(tops, func(top string) bool { return name == top || strings.HasPrefix(name, top+".") })
}
