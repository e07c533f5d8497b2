package wheel

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oxgen/oxgen/internal/pyname"
)

// Groups of entry points that installers make programs of.
const (
	ConsoleScripts = "console_scripts"
	GUIScripts     = "gui_scripts"
)

// An EntryPoint is one line of entry_points.txt (packaging.python.org, "Entry points specification").
type EntryPoint struct {
	Group string
	Name  string
	Value string // object reference; checked in the groups of scripts, whatever it is in others
}

// A LineError is a line that can't be read.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

// ParseEntryPoints reads entry_points.txt, in its order. Errors are *LineError.
func ParseEntryPoints(data []byte) ([]EntryPoint, error) {
	var points []EntryPoint
	group := ""
	number := 0
	for raw := range bytes.Lines(data) {
		number++
		bad := func(format string, args ...any) error { return &LineError{number, fmt.Errorf(format, args...)} }
		if !utf8.Valid(raw) {
			return nil, bad("is not UTF-8")
		}
		line := strings.TrimSpace(string(raw))
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case line[0] == '[':
			name, closed := strings.CutSuffix(line[1:], "]")
			if group = strings.TrimSpace(name); !closed || group == "" {
				return nil, bad("%q is not the head of a section", line)
			}
			continue
		case group == "":
			return nil, bad("%q stands before the first section", line)
		}
		p, err := parseEntryPoint(group, line)
		if err != nil {
			return nil, bad("%w", err)
		}
		points = append(points, p)
	}
	return points, nil
}

func parseEntryPoint(group, line string) (EntryPoint, error) {
	name, value, ok := strings.Cut(line, "=")
	p := EntryPoint{group, strings.TrimSpace(name), strings.TrimSpace(value)}
	if !ok || p.Name == "" || p.Value == "" {
		return EntryPoint{}, fmt.Errorf("%q is not of the form name = value", line)
	}
	if group != ConsoleScripts && group != GUIScripts {
		return p, nil
	}
	// The name becomes that of a program, the value is called.
	if strings.ContainsAny(p.Name, `/\`) || p.Name == ".." || p.Name == "." {
		return EntryPoint{}, fmt.Errorf("%q is not the name of a program", p.Name)
	}
	ref, err := pyname.ParseReference(p.Value)
	if err != nil {
		return EntryPoint{}, err
	}
	if ref.Object == "" {
		return EntryPoint{}, errors.New("the program " + p.Name + " names no function")
	}
	return p, nil
}
