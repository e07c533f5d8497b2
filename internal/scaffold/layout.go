package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Layout is what of a directory's Python belongs into a program.
type Layout struct {
	Sources []string // slash paths below the directory, sorted: packages, modules, or the one directory src
	Run     string   // the module that is surely meant to run; "" when that can't be told
}

// development names what lies beside a program and does not belong to it.
var development = []string{
	"conftest", "noxfile", "setup", "tasks", "test", "tests", "testing", "docs", "doc", "example", "examples", "benchmarks", "scripts",
}

// FindLayout looks for Python in dir: in its directory src, as the src layout of the packaging guide has it, else for
// packages and modules right in it. A directory that is missing or has none gives the zero Layout.
func FindLayout(dir string) (Layout, error) {
	if isNotDir(dir) {
		return Layout{}, nil // Write says what is wrong with it
	}
	if found, err := importable(filepath.Join(dir, "src")); err != nil || len(found) > 0 {
		return Layout{Sources: []string{"src"}, Run: guess(filepath.Join(dir, "src"), found)}, err
	}
	found, err := importable(dir)
	if err != nil {
		return Layout{}, err
	}
	found = slices.DeleteFunc(found, func(name string) bool {
		stem := strings.TrimSuffix(name, ".py")
		return slices.Contains(development, stem) || strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "_test")
	})
	return Layout{Sources: found, Run: guess(dir, found)}, nil
}

// RunIn returns the module that is surely meant to run in the directory or file path, as in Layout. It returns "" where
// that can't be told.
func RunIn(path string) string {
	parent, base := filepath.Split(filepath.Clean(path))
	if isPackage(path) || strings.HasSuffix(base, ".py") {
		return guess(parent, []string{base})
	}
	found, err := importable(path)
	if err != nil {
		return ""
	}
	return guess(path, found)
}

// importable returns the names of the packages and modules in dir, sorted; nil when it does not exist.
func importable(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	var found []string
	for _, e := range list { // sorted by ReadDir
		stem, isSource := strings.CutSuffix(e.Name(), ".py")
		switch {
		case !isName(stem):
		case isSource && e.Type().IsRegular(), isPackage(filepath.Join(dir, e.Name())):
			found = append(found, e.Name())
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), isNotDir(dir):
		return nil, nil
	case err != nil:
		return nil, diag.Errorf(dir, "make it readable (chmod u+rx)", "%w", cause(err))
	}
	return found, nil
}

// isName keeps what is no name of a module, such as a directory's .venv or my-notes.py, out of a guess.
func isName(s string) bool {
	return s != "" && !strings.ContainsAny(s, ".- ")
}

func isPackage(dir string) bool { return isFile(filepath.Join(dir, "__init__.py")) }

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func isNotDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// guess returns the one module among the names in dir that is meant to run: a package with a __main__, else __main__
// itself, else main, else the only module there is.
func guess(dir string, names []string) string {
	var runnable, modules []string
	for _, name := range names {
		stem, isSource := strings.CutSuffix(name, ".py")
		switch {
		case isSource:
			modules = append(modules, stem)
		case isFile(filepath.Join(dir, name, "__main__.py")):
			runnable = append(runnable, name)
		}
	}
	switch {
	case len(runnable) == 1:
		return runnable[0]
	case len(runnable) > 1:
		return ""
	case slices.Contains(modules, "__main__"):
		return "__main__"
	case slices.Contains(modules, "main"):
		return "main"
	case len(modules) == 1 && len(names) == 1:
		return modules[0]
	}
	return ""
}
