package pip

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// An order is what the lines of a request come to.
type order struct {
	requirements []string // lines that are requirements, as they are
	options      []string // arguments for pip's command line
	files        []string // requirements files, as they are named
	constraints  []string
	links        []string // values of --find-links
}

// values are the options of requirements files that have a value, by all of their names; flags those that have none.
var (
	values = map[string]string{
		"-r": "--requirement", "--requirement": "--requirement", "-c": "--constraint", "--constraint": "--constraint",
		"-f": "--find-links", "--find-links": "--find-links", "-i": "--index-url", "--index-url": "--index-url", "--pypi-url": "--index-url",
		"--extra-index-url": "--extra-index-url", "--trusted-host": "--trusted-host", "--use-feature": "--use-feature",
	}
	flags = []string{"--no-index", "--pre", "--prefer-binary", "--require-hashes", "--no-deps"}
)

// Check tells whether a line is one that can be given to pip: a requirement, a file whose name ends in .txt, or an option of
// requirements files. The error is a *diag.Error without a file.
func Check(line string) error {
	if err := (&order{}).add(line); err != nil {
		return err
	}
	return nil
}

func parse(r Request) (*order, error) {
	o := &order{}
	for _, line := range r.Lines {
		if err := o.add(line); err != nil {
			return nil, diag.Errorf(r.File, err.Hint, "requirements: %s", err.Problem)
		}
	}
	return o, nil
}

// add takes one line.
func (o *order) add(line string) *diag.Error {
	line = strings.TrimSpace(line)
	switch {
	case strings.ContainsAny(line, "\n\r"):
		return diag.Errorf("", "give each line as a string of its own, or name the file", "%q has several lines", line)
	case line == "", strings.HasPrefix(line, "#"):
		return nil
	case strings.HasPrefix(line, "-"):
		return o.option(line)
	case isFile(line):
		return o.option("-r " + line)
	}
	o.requirements = append(o.requirements, line)
	return nil
}

// isFile tells whether a line is the name of a requirements file. Projects whose name ends in .txt there are none.
func isFile(line string) bool {
	return strings.HasSuffix(line, ".txt") && !strings.ContainsAny(line, "@;= \t") || strings.HasPrefix(line, "file:") && strings.HasSuffix(line, ".txt")
}

// option takes a line of options: "-r FILE", "--no-index --find-links=DIR".
func (o *order) option(line string) *diag.Error {
	for rest := words(line); len(rest) > 0; {
		name, value, joined := strings.Cut(rest[0], "=")
		if len(name) > 2 && name[0] == '-' && name[1] != '-' { // -rFILE
			name, value, joined = rest[0][:2], rest[0][2:], true
		}
		rest = rest[1:]
		full, valued := values[name]
		switch {
		case name == "-e" || name == "--editable":
			return diag.Errorf("", "name the project's directory under `sources`", "%q is an editable requirement", line)
		case slices.Contains(flags, name) && !joined:
			o.options = append(o.options, name)
			continue
		case !valued:
			return diag.Errorf("", "those of requirements files can be given: -r, -c, --find-links, --no-index, --index-url, --extra-index-url, --pre …",
				"%q is no option for requirements", name)
		case !joined && len(rest) > 0:
			value, rest = rest[0], rest[1:]
		}
		if value == "" {
			return diag.Errorf("", "write it in one string: \""+name+" …\"", "%q has no value", name)
		}
		o.take(full, value)
	}
	return nil
}

// take takes an option with a value.
func (o *order) take(name, value string) {
	o.options = append(o.options, name+"="+value)
	switch name {
	case "--requirement":
		o.files = append(o.files, value)
	case "--constraint":
		o.constraints = append(o.constraints, value)
	case "--find-links":
		o.links = append(o.links, value)
	}
}

// words splits a line at white space that is not in quotes, and ends it at a comment, as pip does.
func words(line string) []string {
	var all []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if open {
				all, open = append(all, word.String()), false
				word.Reset()
			}
		case r == '#' && quote == 0 && !open:
			return all
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		all = append(all, word.String())
	}
	return all
}

// local returns the path of a value that names a file or directory of this machine, relative to dir; ok is false for a URL.
func local(dir, value string) (path string, ok bool) {
	if rest, isURL := strings.CutPrefix(value, "file:"); isURL {
		value = strings.TrimPrefix(rest, "//")
	} else if strings.Contains(value, "://") {
		return "", false
	}
	if !filepath.IsAbs(value) {
		value = filepath.Join(dir, value)
	}
	return value, true
}
