package program

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
)

// tableFiles returns the files to look into: path itself, or the tables of a generated package, which path or its
// configuration names.
func tableFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // executable.Open knows the words for what is wrong
	}
	if tables, err := tablesIn(path); err != nil || len(tables) > 0 {
		return tables, err
	}
	conf, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errorf(path, "name an executable, a generated package, or a directory with an oxgen.toml",
			"holds no Python program of oxgen")
	}
	if err != nil {
		return nil, err
	}
	tables, err := tablesIn(filepath.Join(conf.Dir, filepath.FromSlash(conf.Package)))
	if err == nil && len(tables) == 0 {
		err = diag.Errorf(path, fmt.Sprintf("`oxgen generate %s` makes it", path), "the package %s is not generated yet", conf.Package)
	}
	return tables, err
}

// tablesIn returns the table files in a directory, sorted; nil when it does not exist.
func tablesIn(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errorf(dir, "make it readable (chmod u+rx)", "can't be read")
	}
	var names []string
	for _, e := range list {
		if filepath.Ext(e.Name()) == ".oxtable" && e.Type().IsRegular() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}
