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

// option takes a line that starts with a dash: "-r FILE", "--find-links=DIR", "--no-index".
func (o *order) option(line string) *diag.Error {
	name, value := line, ""
	if i := strings.IndexAny(line, " \t="); i >= 0 {
		name, value = line[:i], strings.TrimSpace(strings.TrimLeft(line[i:], " \t="))
	} else if len(line) > 2 && line[1] != '-' { // -rFILE
		name, value = line[:2], line[2:]
	}
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		value = value[1 : len(value)-1]
	}
	full, valued := values[name]
	switch {
	case name == "-e" || name == "--editable":
		return diag.Errorf("", "name the project's directory under `sources`", "%q is an editable requirement", line)
	case slices.Contains(flags, name) && value == "":
		o.options = append(o.options, name)
		return nil
	case !valued:
		return diag.Errorf("", "those of requirements files can be given: -r, -c, --find-links, --no-index, --index-url, --extra-index-url, --pre …",
			"%q is no option for requirements", name)
	case value == "":
		return diag.Errorf("", "write it in one string: \""+name+" …\"", "%q has no value", name)
	}
	o.options = append(o.options, full+"="+value)
	switch full {
	case "--requirement":
		o.files = append(o.files, value)
	case "--constraint":
		o.constraints = append(o.constraints, value)
	case "--find-links":
		o.links = append(o.links, value)
	}
	return nil
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
