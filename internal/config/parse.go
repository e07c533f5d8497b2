package config

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
)

// projectFile is the file name by which Parse knows that the configuration is a table of a larger document.
const projectFile = "pyproject.toml"

// maxSize is the size in bytes above which a file is surely no configuration.
const (
	maxSize  = 16 << 20
	tooLarge = "the file is larger than 16 MiB"
)

// errNoTable is the cause of the error for a pyproject.toml that is not about oxgen.
var errNoTable = errors.New("no table [tool.oxgen]")

// Parse reads a configuration from the text of the file name, whose base name decides: in a pyproject.toml it is the
// table [tool.oxgen], in any other file the whole document. A byte order mark is skipped. The Config that is returned
// has been checked; its Name is "" when the text has none.
func Parse(name string, data []byte) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &document{file: name, root: rootOf(name), data: data, lines: diag.LinesOf(data)}
	if err := d.checkText(); err != nil {
		return nil, err
	}
	if err := d.outline(); err != nil {
		return nil, err
	}
	d.checkShape()
	if !d.hasRoot() && len(d.problems) == 0 {
		return nil, &diag.Error{
			File:    name,
			Problem: errNoTable.Error(),
			Hint:    "add the table, or type `oxgen init` for a file of its own",
			Err:     errNoTable,
		}
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	c := defaults()
	if err := d.decode(c); err != nil {
		return nil, err
	}
	c.File, c.Dir = name, filepath.Dir(name)
	c.resolve(d)
	d.check(c)
	if err := d.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// rootOf returns the path of the table that holds the configuration in the file name.
func rootOf(name string) []string {
	if filepath.Base(name) == projectFile {
		return []string{"tool", "oxgen"}
	}
	return nil
}

// checkText refuses bytes that no TOML document holds, with better words than a parser has for them.
func (d *document) checkText() error {
	utf16 := bytes.HasPrefix(d.data, []byte("\xff\xfe")) || bytes.HasPrefix(d.data, []byte("\xfe\xff"))
	switch {
	case len(d.data) > maxSize:
		return &diag.Error{File: d.file, Problem: tooLarge}
	case utf16:
		return &diag.Error{File: d.file, Problem: "the file is UTF-16", Hint: "save it as UTF-8"}
	case len(d.data) == 0 && d.root == nil:
		return &diag.Error{File: d.file, Problem: "the file is empty", Hint: d.runHint("run")}
	}
	if i := bytes.IndexByte(d.data, 0); i >= 0 {
		return d.problem(i, "", "the file holds a NUL byte")
	}
	for i := 0; i < len(d.data); {
		r, size := utf8.DecodeRune(d.data[i:])
		if r == utf8.RuneError && size == 1 {
			return d.problem(i, "save the file as UTF-8", "byte 0x%02x is not UTF-8", d.data[i])
		}
		i += size
	}
	return nil
}

// decode fills c. The shape of the document is known to be good; what go-toml still finds is what only a decoder
// sees, such as a key that is given twice.
func (d *document) decode(c *Config) error {
	var target any = c
	if d.root != nil {
		var project struct {
			Tool struct {
				Oxgen *Config `toml:"oxgen"`
			} `toml:"tool"`
		}
		project.Tool.Oxgen = c
		target = &project
	}
	err := toml.NewDecoder(bytes.NewReader(d.data)).DisallowUnknownFields().EnableUnmarshalerInterface().Decode(target)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		err = d.ownMissing(strict)
	}
	if err == nil {
		return nil
	}
	p := &diag.Error{File: d.file, Problem: oneLine(strings.TrimPrefix(err.Error(), "toml: ")), Err: err}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		p.Line, p.Column = at.Position()
	}
	return p
}

// ownMissing returns the first error that is about the configuration, and not about the rest of a pyproject.toml.
// checkShape has reported unknown keys before; one that is left shows that Keys and Config disagree.
func (d *document) ownMissing(strict *toml.StrictMissingError) error {
	for i := range strict.Errors {
		e := &strict.Errors[i]
		if key := e.Key(); len(key) >= len(d.root) && slices.Equal(key[:len(d.root)], d.root) {
			return e
		}
	}
	return nil
}

// oneLine replaces what would break a message or a terminal: a reason may quote a key.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, s)
}
