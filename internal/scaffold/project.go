package scaffold

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"path/filepath"
	"text/template"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/templates"
)

// A Project is one that is to be made. Dir, Name and Origin must be set.
type Project struct {
	Dir        string // as the user wrote it; made when missing
	Name       string // of the program
	ModulePath string // of the go.mod to write; "" where Module is set
	Module     *Module
	Config     config.TemplateValues
	Hello      bool // begin with a small Python package
	Origin     Origin
}

// A File is a file of a project.
type File struct {
	Name string // slash path below the project's directory
	Data []byte
}

// PackageName is the directory and name of the generated package, which oxgen.toml has as its default.
const PackageName = "pyapp"

// Files returns the files of the project, in the order in which a person would look at them.
func (p *Project) Files() ([]File, error) {
	var files []File
	add := func(name string, data []byte, err error) error {
		if err != nil {
			return fmt.Errorf("making %s: %w", name, err)
		}
		files = append(files, File{name, data})
		return nil
	}
	if err := add(config.FileName, config.Template(p.Config), nil); err != nil {
		return nil, err
	}
	source, err := p.fill("main.go.tmpl")
	if err == nil {
		source, err = format.Source(source)
	}
	if err := add("main.go", source, err); err != nil {
		return nil, err
	}
	if p.Module == nil {
		data, err := p.Origin.goMod(p.ModulePath)
		if err := add("go.mod", data, err); err != nil {
			return nil, err
		}
		data, err = p.Origin.goSum()
		if err := add("go.sum", data, err); err != nil {
			return nil, err
		}
	}
	data, err := p.fill("gitignore.tmpl")
	if err := add(gitignore, data, err); err != nil {
		return nil, err
	}
	if !p.Hello {
		return files, nil
	}
	for _, name := range []string{"app/__init__.py", "app/__main__.py"} {
		data, err := fs.ReadFile(templates.Scaffold, "scaffold/"+name)
		if err := add("src/"+name, data, err); err != nil {
			return nil, err
		}
	}
	return files, nil
}

const gitignore = ".gitignore"

// fill returns a template filled in.
func (p *Project) fill(name string) ([]byte, error) {
	t, err := template.ParseFS(templates.Scaffold, "scaffold/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Name":       p.Name,
		"Import":     p.importPath() + "/" + PackageName,
		"Generate":   p.generate(),
		"Executable": p.executable(),
		"InBin":      p.inBin(),
	})
	return b.Bytes(), err
}

func (p *Project) importPath() string {
	if p.Module != nil {
		return p.Module.Import
	}
	return p.ModulePath
}

// generate returns the command of the go:generate line.
func (p *Project) generate() string {
	switch {
	case p.Module != nil && p.Module.Tool:
		return "go tool oxgen"
	case p.Module != nil && p.Module.IsOxgen:
		return "go run " + toolPath
	case p.Origin.known():
		return "go tool oxgen"
	}
	return "oxgen"
}

// executable returns what plain `go build` makes, by the rule of the go command: the last element of the import path
// (cmd/go/internal/load, DefaultExecName). Where that is a directory, go build is told to use bin, and the result is "bin/".
func (p *Project) executable() string {
	if p.inBin() {
		return "bin/"
	}
	return execName(p.importPath())
}

func execName(importPath string) string {
	dir, last := path.Split(importPath)
	if dir != "" && isVersionElement(last) {
		return path.Base(dir)
	}
	return last
}

// isVersionElement reports whether s is the /v2 of a module path.
func isVersionElement(s string) bool {
	if len(s) < 2 || s[0] != 'v' || s[1] == '0' || s == "v1" {
		return false
	}
	for _, r := range s[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// inBin reports whether a directory has the name that the executable would get.
func (p *Project) inBin() bool {
	name := execName(p.importPath())
	return name == PackageName || p.Hello && name == "src" || isDirectory(filepath.Join(p.Dir, name))
}
