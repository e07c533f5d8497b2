package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const manyText = "The same with %d copies of the standard library as packages of the project, under different names. " +
	"`compileall`, with `%s`, compiles the same files."

// newMany compares oxgen generate with compileall for a project of many modules.
func newMany(ctx context.Context, w *workshop) (*benchmark, error) {
	sources := w.path("many-sources")
	if err := copySources(filepath.Join(sources, "stdlib"), w.lib); err != nil {
		return nil, err
	}
	packages := filepath.Join(sources, "src")
	if err := copyLibrary(packages, w.lib, w.copies); err != nil {
		return nil, err
	}
	var projects []string
	for _, name := range []string{"many-cold", "many-unchanged"} {
		dir, err := w.project(ctx, name, "--run-command", "pass")
		if err != nil {
			return nil, err
		}
		conf := fmt.Sprintf("sources = [%q]\n[run]\ncommand = \"pass\"\n", packages)
		if err := os.WriteFile(filepath.Join(dir, "oxgen.toml"), []byte(conf), 0o644); err != nil {
			return nil, err
		}
		projects = append(projects, dir)
	}
	return w.generating("many", "Generating from many modules", fmt.Sprintf(manyText, w.copies, w.jobs()), projects[0], projects[1], sources, 0.5), nil
}
