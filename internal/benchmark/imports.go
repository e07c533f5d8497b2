package main

import (
	"archive/zip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/pyexec"
)

//go:embed imports.py
var importsScript []byte

// fewestModules is how many modules the script must import at least for the measurement to say something.
const fewestModules = 300

const importsText = "More than 300 modules of the standard library imported in one go. The times are those of the loop " +
	"alone, taken by the program itself (`internal/benchmark/imports.py`); the peak is that of the whole process. " +
	"The interpreter runs the same script with `-I -S`, once with the standard library on `sys.path` as a directory " +
	"with `.pyc` files for all of it, all in the system's page cache, and once with a zip file of these `.pyc` files, " +
	"deflated as usual, as the first entry of `sys.path`."

// newImports compares imports from the executable with those from a directory and from a zip file.
func newImports(ctx context.Context, w *workshop) (*benchmark, error) {
	script, exe, err := w.scripted(ctx, "imports", importsScript, "")
	if err != nil {
		return nil, err
	}
	archive := w.path("stdlib.zip")
	if err := zipBytecode(archive, w.warm); err != nil {
		return nil, err
	}
	const program, directory, zipped = "oxgen", "`sys.path`, warm `.pyc`", "zipimport"
	b := &benchmark{
		name:  "imports",
		title: "Imports",
		text:  importsText,
		contenders: []contender{
			{name: program, turn: w.importTurn("", exe)},
			{name: directory, turn: w.importTurn("SourceFileLoader", w.python, "-I", "-S", script)},
			{name: zipped, turn: w.importTurn("zipimporter", w.python, "-I", "-S", script, archive)},
		},
	}
	goals := map[measure]float64{wall: 0.72}
	zipGoals := map[measure]float64{wall: 0.5}
	for _, m := range []measure{wall, cpu, peak} {
		b.rows = append(b.rows,
			row{contender: directory, measure: m},
			row{contender: zipped, measure: m, against: directory},
			row{contender: program, measure: m, against: directory, goal: goals[m]},
			row{contender: program, measure: m, against: zipped, goal: zipGoals[m]},
		)
	}
	return b, nil
}

// importTurn returns a turn that runs the script and takes the times that it prints. Loader is the kind of loader that
// the modules must come from, "" for any but those of Python itself.
func (w *workshop) importTurn(loader, path string, args ...string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, out, err := w.measure(ctx, pyexec.Command{Path: path, Args: args})
		if err != nil {
			return nil, err
		}
		took, err := parseImports(out)
		if err != nil {
			return nil, err
		}
		if err := took.check(loader); err != nil {
			return nil, err
		}
		s[wall], s[cpu] = took.wall, took.cpu
		return s, nil
	}
}

// imported is what the script prints.
type imported struct {
	wall, cpu float64 // seconds
	modules   int     // gained by sys.modules
	loader    string  // type of the loader that they came from
}

func parseImports(out string) (imported, error) {
	var i imported
	if _, err := fmt.Sscan(out, &i.wall, &i.cpu, &i.modules, &i.loader); err != nil {
		return i, fmt.Errorf("imports.py printed %q: %w", out, err)
	}
	return i, nil
}

// check refuses a run that did not measure what it should.
func (i imported) check(loader string) error {
	ofPython := i.loader == "SourceFileLoader" || i.loader == "zipimporter"
	switch {
	case i.modules <= fewestModules:
		return fmt.Errorf("%d modules were imported, more than %d are needed", i.modules, fewestModules)
	case loader != "" && i.loader != loader, loader == "" && ofPython:
		return errors.New("the modules came from a " + i.loader)
	}
	return nil
}

// zipBytecode writes a zip file of the .pyc files of the standard library in the directory lib, each at the place where
// zipimport looks for it: beside where its source would be.
func zipBytecode(name, lib string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := zip.NewWriter(f)
	err = walkStdlib(lib, ".pyc", func(file, rel string) error {
		return addFile(z, inZip(filepath.ToSlash(rel)), file)
	})
	return errors.Join(err, z.Close())
}

// walkStdlib calls do for every file of the standard library in lib that has the extension, with its path and its path
// below lib, in lexical order. What is installed in site-packages is none.
func walkStdlib(lib, extension string, do func(file, rel string) error) error {
	return filepath.WalkDir(lib, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "site-packages":
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(file) != extension:
			return nil
		}
		rel, err := filepath.Rel(lib, file)
		if err != nil {
			return err
		}
		return do(file, rel)
	})
}

// inZip returns the place in a zip file of a cached .pyc file: "email/__pycache__/utils.cpython-314.pyc" goes to
// "email/utils.pyc" (PEP 3147).
func inZip(cached string) string {
	dirs := strings.Split(path.Dir(cached), "/")
	dirs = slices.DeleteFunc(dirs, func(s string) bool { return s == "__pycache__" })
	module, _, _ := strings.Cut(path.Base(cached), ".")
	return path.Join(append(dirs, module+".pyc")...)
}

// addFile adds a file to a zip file, deflated.
func addFile(z *zip.Writer, name, file string) error {
	to, err := z.Create(name)
	if err != nil {
		return err
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(to, from)
	return err
}
