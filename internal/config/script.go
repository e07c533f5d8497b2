package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pep723"
)

// LoadScript returns the configuration of a program that is the one script at path. The table [tool.oxgen] of its inline
// metadata (PEP 723) may have every key but those that say what to run and into which package; relative paths start at the
// script's directory. A Name that is not given is that of the file.
func LoadScript(path string) (*Config, error) {
	source, err := read(path)
	if err != nil {
		return nil, err
	}
	m, err := pep723.Parse(path, source)
	if err != nil {
		return nil, err
	}
	table := map[string]any{}
	if m != nil {
		if own, ok := m.Tool["oxgen"].(map[string]any); ok {
			table = own
		}
	}
	for _, key := range []string{"run", programTable, "package", "install-links"} {
		if _, ok := table[key]; ok {
			return nil, diag.Errorf(path, "leave it out, or make a project: `oxgen init`", "[tool.oxgen] of a script can't have %q: it is the script that runs", key)
		}
	}
	table["run"] = map[string]any{"file": filepath.Base(path)}
	text, err := toml.Marshal(table)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c, err := Parse(path, text)
	if err != nil {
		return nil, unplaced(err)
	}
	for i := range c.Rules {
		c.Rules[i].Line = 0
	}
	if c.Name == "" {
		base := filepath.Base(path)
		c.Name = fileName(strings.TrimSuffix(base, filepath.Ext(base)))
	}
	return c, nil
}

// unplaced takes the positions off errors: they are those of a text that nobody wrote.
func unplaced(err error) error {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // only the outermost layer is one of ours
		all = joined.Unwrap()
	} else {
		all = []error{err}
	}
	for i, e := range all {
		var d *diag.Error
		if errors.As(e, &d) {
			all[i] = &diag.Error{File: d.File, Problem: "[tool.oxgen]: " + d.Problem, Hint: d.Hint, Err: d.Err}
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}
