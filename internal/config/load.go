package config

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// FileName is the name of a configuration file of its own.
const FileName = "oxgen.toml"

// Load reads the configuration of the directory dir: its oxgen.toml, else its pyproject.toml with a table [tool.oxgen].
// It is an error when there is neither, and when there are both. A Name that is not given is the name of the directory.
func Load(dir string) (*Config, error) {
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	c, err := loadFrom(dir)
	if err != nil {
		return nil, err
	}
	if c.Name == "" {
		c.Name, err = directoryName(c.Dir)
	}
	return c, err
}

func loadFrom(dir string) (*Config, error) {
	own, project := filepath.Join(dir, FileName), filepath.Join(dir, projectFile)
	data, err := read(own)
	switch {
	case err == nil && hasTable(project):
		return nil, &diag.Error{
			File:    own,
			Problem: project + " has a table [tool.oxgen] as well",
			Hint:    "keep one of the two: delete the file, or the table",
		}
	case err == nil:
		return Parse(own, data)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	data, err = read(project)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(dir)
	}
	if err != nil {
		return nil, err
	}
	c, err := Parse(project, data)
	if errors.Is(err, errNoTable) {
		return nil, missing(dir)
	}
	return c, err
}

// hasTable reports whether the pyproject.toml of that name has the table, as far as it can be read.
func hasTable(name string) bool {
	data, err := read(name)
	if err != nil {
		return false
	}
	d := &document{file: name, root: rootOf(name), data: data, lines: diag.LinesOf(data)}
	_ = d.outline() // a file may have the table before the place where it is broken
	return d.hasRoot()
}

// missing returns the error for a directory without a configuration.
func missing(dir string) error {
	e := &diag.Error{
		File:    dir,
		Problem: "no oxgen.toml, and no pyproject.toml with a table [tool.oxgen]",
		Hint:    "type `oxgen init " + dir + "`, or add the table to a pyproject.toml",
		Err:     fs.ErrNotExist,
	}
	if filepath.Clean(dir) == "." {
		e.File, e.Hint = "", "type `oxgen init`, or add the table to a pyproject.toml"
	}
	return e
}

func checkDir(dir string) error {
	info, err := inputs.Stat(filepath.Clean(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &diag.Error{File: dir, Problem: "no such directory", Hint: "type `oxgen init " + dir + "` to make it", Err: err}
	case err != nil:
		return &diag.Error{File: dir, Problem: cause(err), Err: err}
	case !info.IsDir():
		return &diag.Error{File: dir, Problem: "not a directory", Hint: "name the directory that holds " + FileName}
	}
	return nil
}

// read returns the content of a regular file. The error is a *diag.Error; it is fs.ErrNotExist only if there is nothing
// of that name.
func read(name string) ([]byte, error) {
	info, err := inputs.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, linkErr := inputs.Lstat(name); linkErr == nil {
			return nil, &diag.Error{File: name, Problem: "a link to a file that does not exist"}
		}
		return nil, &diag.Error{File: name, Problem: "no such file", Err: err}
	case err != nil:
		return nil, &diag.Error{File: name, Problem: cause(err), Err: err}
	case info.IsDir():
		return nil, &diag.Error{File: name, Problem: "a directory, where a file is expected"}
	case !info.Mode().IsRegular():
		return nil, &diag.Error{File: name, Problem: "not a regular file"}
	case info.Size() > maxSize:
		return nil, &diag.Error{File: name, Problem: tooLarge}
	}
	data, err := inputs.ReadFile(name)
	if err != nil {
		return nil, &diag.Error{File: name, Problem: cause(err), Err: err}
	}
	return data, nil
}

// cause returns the error of a file operation without the path that diag prints.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// directoryName returns the program name that a directory gives.
func directoryName(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", &diag.Error{File: dir, Problem: "no name: " + err.Error(), Hint: "set `name`", Err: err}
	}
	return fileName(filepath.Base(abs)), nil
}
