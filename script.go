package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/scaffold"
)

// configOf returns the configuration of the program that the argument of build and run names, and the directory of its main
// package: a project's own, or for a script one in oxgen's cache.
func (a *app) configOf(ctx context.Context, arg string) (conf *config.Config, dir string, err error) {
	script, err := isScript(arg)
	if err != nil {
		return nil, "", err
	}
	if !script {
		conf, err = config.Load(arg)
		return conf, arg, err
	}
	if conf, err = config.LoadScript(arg); err != nil {
		return nil, "", err
	}
	conf.Root, err = a.scriptDir(ctx, arg, conf.Name)
	return conf, conf.Root, err
}

// isScript tells whether an argument is a Python script, by its name or its first line, and not a directory.
func isScript(arg string) (bool, error) {
	named := strings.HasSuffix(arg, ".py") || strings.HasSuffix(arg, ".pyw")
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && named:
		return false, diag.Errorf(arg, "correct the path", "no such file")
	case err != nil || !info.Mode().IsRegular(), named:
		return named && err == nil && info.Mode().IsRegular(), nil
	}
	head := make([]byte, 128)
	f, err := os.Open(arg)
	if err != nil {
		return false, diag.Errorf(arg, "make it readable", "%w", err)
	}
	defer f.Close()
	n, _ := f.Read(head) // what can't be read is no script
	first, _, _ := bytes.Cut(head[:n], []byte("\n"))
	if !bytes.HasPrefix(first, []byte("#!")) || !bytes.Contains(first, []byte("python")) {
		return false, diag.Errorf(arg, "name a script that ends in .py, or the directory of a project", "neither a directory nor a Python script")
	}
	return true, nil
}

// scriptDir returns the directory with the main package and the module for a script, made where it is missing or of another
// version of oxgen.
func (a *app) scriptDir(ctx context.Context, script, name string) (string, error) {
	store, err := a.store(ctx)
	if err != nil {
		return "", err
	}
	dir, err := cachePlace(filepath.Join(store.CacheDir, "script"), script)
	if err != nil {
		return "", err
	}
	p := &scaffold.Project{Dir: dir, Name: name, ModulePath: scaffold.ModulePath(name), Origin: origin()}
	files, err := p.Files()
	if err != nil {
		return "", err
	}
	var needed []atomicfile.File
	for _, f := range files {
		switch f.Name {
		case "main.go", "go.mod", "go.sum":
			needed = append(needed, atomicfile.File{Name: f.Name, Data: f.Data})
		}
	}
	if err = os.MkdirAll(dir, 0o777); err == nil {
		err = atomicfile.Recover(dir)
	}
	if err == nil {
		_, err = atomicfile.Commit(dir, needed, nil)
	}
	if err != nil {
		return "", diag.Errorf(store.CacheDir, "set OXGEN_CACHE to a directory that oxgen may write to", "the cache can't be written: %w", err)
	}
	return dir, nil
}
