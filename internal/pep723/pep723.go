// Package pep723 reads the metadata that a Python script carries in its comments (PEP 723; packaging.python.org, "Inline
// script metadata"):
//
//	# /// script
//	# requires-python = ">=3.11"
//	# dependencies = ["rich"]
//	# ///
package pep723

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pep440"
)

// Metadata is what a script says that it needs.
type Metadata struct {
	RequiresPython pep440.Specifier // empty takes every Python
	Dependencies   []string         // as in a requirements file (PEP 508)
	Tool           map[string]any   // the tables below [tool], nil without any
}

// block matches a block as the PEP gives the expression, with its type and its lines; a carriage return may end a line.
var block = regexp.MustCompile(`(?m)^# /// ([a-zA-Z0-9-]+)[ \t]*\r?$((?:\n^#(?:| .*)$)+)`)

// Parse reads the metadata of the source of a script called file. A script without any gives nil. The error is a
// *diag.Error with the line.
func Parse(file string, source []byte) (*Metadata, error) {
	text, line, err := find(file, source)
	if text == nil || err != nil {
		return nil, err
	}
	var read struct {
		RequiresPython string         `toml:"requires-python"`
		Dependencies   []string       `toml:"dependencies"`
		Tool           map[string]any `toml:"tool"`
	}
	wrong := func(at int, format string, args ...any) error {
		e := diag.Errorf(file, "the block holds TOML with the keys requires-python and dependencies (PEP 723)", format, args...)
		e.Line = line + at
		return e
	}
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&read); err != nil {
		var at *toml.DecodeError
		var strict *toml.StrictMissingError
		switch {
		case errors.As(err, &strict) && len(strict.Errors) > 0:
			row, _ := strict.Errors[0].Position()
			return nil, wrong(row, "metadata of the script: unknown key %q", strings.Join(strict.Errors[0].Key(), "."))
		case errors.As(err, &at):
			row, _ := at.Position()
			if want := wantedType(at.Key()); want != "" && mistyped.MatchString(at.Error()) {
				return nil, wrong(row, "metadata of the script: %s must be %s", strings.Join(at.Key(), "."), want)
			}
			return nil, wrong(row, "metadata of the script: %s", strings.TrimPrefix(at.Error(), "toml: "))
		}
		return nil, wrong(0, "metadata of the script: %w", err)
	}
	m := &Metadata{Dependencies: read.Dependencies, Tool: read.Tool}
	if m.RequiresPython, err = pep440.ParseSpecifier(read.RequiresPython); err != nil {
		return nil, wrong(0, "requires-python %q: %w", read.RequiresPython, err)
	}
	return m, nil
}

// mistyped matches what package toml says of a value of a type that does not fit, with Go's types.
var mistyped = regexp.MustCompile(`^toml: cannot (decode|store) `)

// wantedType returns what the value of a key is to be, "" for keys that the PEP knows nothing of.
func wantedType(key toml.Key) string {
	if len(key) == 0 {
		return ""
	}
	return map[string]string{"requires-python": "a string", "dependencies": "an array of strings", "tool": "a table"}[key[0]]
}

// find returns the text of the block, without comment signs, and the line of its start; nil if there is none.
func find(file string, source []byte) (text []byte, line int, err error) {
	for _, at := range block.FindAllSubmatchIndex(source, -1) {
		if string(source[at[2]:at[3]]) != "script" {
			continue
		}
		lines := strings.Split(strings.TrimPrefix(strings.ReplaceAll(string(source[at[4]:at[5]]), "\r", ""), "\n"), "\n")
		end := lastIndex(lines, "# ///")
		if end < 0 {
			continue
		}
		start := bytes.Count(source[:at[0]], []byte("\n")) + 1
		if text != nil {
			return nil, 0, &diag.Error{File: file, Line: start, Problem: "a second block `# /// script`", Hint: "a script has one at most (PEP 723)"}
		}
		line, text = start, []byte{}
		for _, l := range lines[:end] {
			text = append(text, strings.TrimPrefix(strings.TrimPrefix(l, "#"), " ")+"\n"...)
		}
	}
	return text, line, nil
}

func lastIndex(lines []string, s string) int {
	for i, l := range slices.Backward(lines) {
		if strings.TrimRight(l, " \t") == s {
			return i
		}
	}
	return -1
}

// Check returns an error if the script is not for a version of Python.
func (m *Metadata) Check(file, python string) error {
	v, ok := pep440.Parse(python)
	if !ok || m.RequiresPython.Has(v) {
		return nil
	}
	return diag.Errorf(file, "`python` in oxgen.toml, or --python, chooses another one; `oxgen python list` shows those that oxgen brings",
		"the script requires Python %s, and the program's is %s", m.RequiresPython, python)
}
