package scaffold

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// Write writes files into dir, all of them or none. A file that is there already is never replaced: the error joins a
// *diag.Error for each one.
//
// A .gitignore is the exception: one that is there is left as it is, and what would have gone into it is returned.
func Write(dir string, files []File) (ignore []byte, err error) {
	if i := slices.IndexFunc(files, func(f File) bool { return f.Name == gitignore }); i >= 0 && exists(filepath.Join(dir, gitignore)) {
		ignore = files[i].Data
		files = slices.Delete(slices.Clone(files), i, i+1)
	}
	if err := checkFree(dir, files); err != nil {
		return nil, err
	}
	var made []string
	for _, f := range files {
		if err = create(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data, &made); err != nil {
			break
		}
	}
	if err != nil {
		for _, name := range slices.Backward(made) {
			err = errors.Join(err, os.Remove(name))
		}
		return nil, err
	}
	return ignore, nil
}

// create writes a new file and adds it, after the directories that had to be made for it, to made.
func create(name string, data []byte, made *[]string) error {
	var missing []string
	for dir := filepath.Dir(name); !exists(dir); dir = filepath.Dir(dir) {
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		if err := os.Mkdir(dir, 0o777); err != nil {
			return unwritable(dir, err)
		}
		*made = append(*made, dir)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return unwritable(name, err)
	}
	*made = append(*made, name)
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return unwritable(name, err)
	}
	return nil
}

// checkFree reports the files that are in the way.
func checkFree(dir string, files []File) error {
	const hint = "move what is in the way, or name another directory: `oxgen init` never changes a file"
	if isNotDir(dir) {
		return diag.Errorf(dir, hint, "not a directory")
	}
	var problems []error
	for _, f := range files {
		if name := filepath.Join(dir, filepath.FromSlash(f.Name)); exists(name) {
			problems = append(problems, diag.Errorf(name, hint, "is in the way"))
		}
	}
	if err := checkGo(dir); err != nil && len(problems) == 0 {
		return err
	}
	return errors.Join(problems...)
}

// checkGo reports a Go package in dir that a main.go can't be added to.
func checkGo(dir string) error {
	names, err := filepath.Glob(filepath.Join(escape(dir), "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return diag.Errorf(name, "correct the file, or name another directory", "not a Go file that can be read, and main.go would stand beside it")
		}
		hint := "name a directory of its own for the program, such as `oxgen init " + filepath.ToSlash(filepath.Join(dir, "cmd", "app")) + "`"
		if file.Name.Name != "main" {
			return diag.Errorf(name, hint, "belongs to the Go package %s, and main.go would stand beside it", file.Name.Name)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
				return diag.Errorf(name, hint, "has a function main already")
			}
		}
	}
	return nil
}

// escape makes a pattern of filepath.Glob that matches path.
func escape(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

func unwritable(name string, err error) error {
	return diag.Errorf(name, "name a directory that you may write to", "%w", cause(err))
}

// cause takes the operation and the path off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// exists reports whether there is anything of that name, a dangling link included.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
