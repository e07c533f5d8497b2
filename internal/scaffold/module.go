package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/diag"
)

// Paths of oxgen's own modules.
const (
	toolPath    = "github.com/oxgen/oxgen"
	pyembedPath = toolPath + "/pyembed"
)

// A Module is the Go module that a directory lies in.
type Module struct {
	Path     string // module path
	Import   string // import path of the directory
	Requires bool   // it requires pyembed, so that generated code builds
	Tool     bool   // `go tool oxgen` works in it
	IsOxgen  bool   // it is oxgen itself, or `go run` of oxgen works in it by a workspace
}

// FindModule returns the Go module that dir lies in; nil when there is none. The directory need not exist.
func FindModule(dir string) (*Module, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		name := filepath.Join(at, "go.mod")
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || isNotDir(at) {
			if at == filepath.Dir(at) {
				return nil, nil // no module is no error
			}
			continue
		}
		if err != nil {
			return nil, diag.Errorf(name, "", "%w", cause(err))
		}
		return parseModule(name, data, dir)
	}
}

func parseModule(name string, data []byte, dir string) (*Module, error) {
	file, err := modfile.ParseLax(name, data, nil)
	if err != nil || file.Module == nil {
		return nil, diag.Errorf(name, "`go mod verify` there says more", "not a go.mod that can be read")
	}
	root := filepath.Dir(name)
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	m := &Module{
		Path:     file.Module.Mod.Path,
		Import:   path.Join(file.Module.Mod.Path, filepath.ToSlash(rel)),
		Requires: file.Module.Mod.Path == toolPath,
		IsOxgen:  file.Module.Mod.Path == toolPath || workspaceHasOxgen(root),
	}
	for _, r := range file.Require {
		m.Requires = m.Requires || r.Mod.Path == pyembedPath
	}
	if strict, err := modfile.Parse(name, data, nil); err == nil { // ParseLax skips tool lines
		for _, t := range strict.Tool {
			m.Tool = m.Tool || t.Path == toolPath
		}
	}
	return m, nil
}

// workspaceHasOxgen reports whether the module at root shares a workspace with oxgen itself.
func workspaceHasOxgen(root string) bool {
	name := findWorkspace(root)
	if name == "" {
		return false
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return false
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return false
	}
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(name), dir)
		}
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && modfile.ModulePath(mod) == toolPath {
			return true
		}
	}
	return false
}

// findWorkspace returns the go.work that counts for dir, "" if none does, as `go env GOWORK` finds it.
func findWorkspace(dir string) string {
	switch env := os.Getenv("GOWORK"); env {
	case "":
	case "off":
		return ""
	default:
		return env
	}
	for {
		if name := filepath.Join(dir, "go.work"); isFile(name) {
			return name
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// ModulePath returns a module path for a directory of the given name. It begins with example.com, which belongs to
// nobody (RFC 2606), so that it can't be the path of a package of the standard library.
func ModulePath(name string) string {
	last := strings.Map(func(r rune) rune {
		if r < 0x80 && module.CheckImportPath("x"+string(r)+"x") == nil && r != '/' {
			return r
		}
		return '-'
	}, name)
	last = strings.Trim(last, ".-")
	if p := "example.com/" + last; module.CheckPath(p) == nil {
		return p
	}
	return "example.com/app"
}
