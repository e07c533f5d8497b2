package gen

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/target"
)

// A File is one generated file; its name has no directory.
type File = atomicfile.File

// An Output is a generated package in memory.
type Output struct {
	Files  []File // the one that binds the others, by the table's fingerprint, last
	Config *config.Config

	// Of a package for several targets, these are those of this machine's, or of the first one: Target.
	Target     target.Target
	Collection *collector.Collection
	Manifest   *manifest.Manifest
	Graph      *graph.Graph // of what was compiled, before anything was left out

	Interpreter string // the one that compiled the program, absolute

	shares map[target.Target][]share // of each, what takes the most of the table first
}

// Dir returns the directory of the generated package.
func (o *Output) Dir() string {
	return filepath.Join(cmp.Or(o.Config.Root, o.Config.Dir), filepath.FromSlash(o.Config.Package))
}

// Commit writes what differs from the files on disk, all of it or nothing, removes generated files that are no longer
// part of the package, and returns the names of what it wrote and removed, sorted; nil when nothing was to do.
func (o *Output) Commit() ([]string, error) {
	if err := atomicfile.Recover(o.Dir()); err != nil {
		return nil, err
	}
	obsolete, err := o.obsolete()
	if err != nil {
		return nil, err
	}
	for i := range o.Files {
		o.Files[i].Sum = new([sha256.Size]byte) // for the receipt
	}
	return atomicfile.Commit(o.Dir(), o.Files, obsolete)
}

// Check returns the names of the files that Commit would write or remove, sorted.
func (o *Output) Check() ([]string, error) {
	stale, err := o.obsolete()
	if err != nil {
		return nil, err
	}
	for _, f := range o.Files {
		if !f.Same(filepath.Join(o.Dir(), f.Name)) {
			stale = append(stale, f.Name)
		}
	}
	slices.Sort(stale)
	return stale, nil
}

// obsolete returns the names of files that an earlier generation made and this one does not. It refuses a directory
// with Go files that somebody wrote.
func (o *Output) obsolete() ([]string, error) {
	entries, err := os.ReadDir(o.Dir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the generated package: %w", err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !e.Type().IsRegular() || slices.ContainsFunc(o.Files, func(f File) bool { return f.Name == name }) {
			continue
		}
		switch filepath.Ext(name) {
		case ".oxtable":
			names = append(names, name)
		case ".bin", ".syso":
			if strings.HasPrefix(name, "libpython_") || strings.HasPrefix(name, "extension_") || name == resourcesName {
				names = append(names, name)
			}
		case ".go", ".s":
			ours, err := isGenerated(filepath.Join(o.Dir(), name))
			if err != nil {
				return nil, err
			}
			if !ours {
				return nil, diag.Errorf(filepath.Join(o.Dir(), name),
					"move the file, or set `package` in "+o.Config.File+" to another directory",
					"oxgen generates into this directory, and the file is not generated")
			}
			names = append(names, name)
		}
	}
	return names, nil
}

func isGenerated(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, fmt.Errorf("reading the generated package: %w", err)
	}
	defer f.Close()
	first := make([]byte, len("// "+generated))
	n, _ := f.Read(first) // a file that is shorter is not ours
	return string(first[:n]) == "// "+generated, nil
}
