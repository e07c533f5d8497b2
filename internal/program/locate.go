package program

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/pyembed/table"
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
		name := filepath.Join(dir, e.Name())
		if filepath.Ext(name) == tableExt && e.Type().IsRegular() && !isCommon(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// tableExt is the ending of files that hold a table alone.
const tableExt = ".oxtable"

// isCommon tells whether a file is what several tables have in common.
func isCommon(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, table.HeaderSize)
	_, err = io.ReadFull(f, head)
	if _, _, compact := table.ReadCompactHeader(string(head)); compact {
		whole, err := expanded(name)
		return err == nil && table.IsCommon(whole)
	}
	return err == nil && table.IsCommon(string(head))
}

// expanded returns the table in a file, unpacked.
func expanded(name string) (string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	return table.Expand(string(data))
}

// commonsBeside returns the common parts in the directory of a table's file; none for any other file, such as an executable.
func commonsBeside(name string) ([]string, error) {
	if filepath.Ext(name) != tableExt {
		return nil, nil
	}
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(name), "*"+tableExt))
	if err != nil { // of a directory that is named like a pattern
		return nil, nil
	}
	var commons []string
	for _, other := range beside {
		if !isCommon(other) {
			continue
		}
		data, err := expanded(other)
		if err != nil {
			return nil, err
		}
		commons = append(commons, data)
	}
	return commons, nil
}
