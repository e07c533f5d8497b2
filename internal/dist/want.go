package dist

import (
	"fmt"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/diag"
)

// Want says which Python somebody wants. The first of Flag, Env and Config that is not "" counts, even when it turns
// out to be wrong; when all are "" the default release is taken.
//
// Each of them is "default", a version of a pinned release ("3.14", "3.14.6", "cpython-3.11"), a path of an
// interpreter, of an unpacked tree or of an archive, or the name of an interpreter in PATH ("python3.12").
// A relative path in Config is relative to the directory of ConfigFile, the other ones to the working directory.
type Want struct {
	Flag       string // value of --python
	Env        string // value of $OXGEN_PYTHON
	Config     string // value of `python` in the configuration
	ConfigFile string // name of the configuration file as the user wrote it; "" is oxgen.toml
	Static     bool   // the shared libpython may be missing: the static one is what counts
}

// choice is the one of a Want that counts.
type choice struct {
	spec string // never "": the default is "default"
	from string // "--python", "$OXGEN_PYTHON", "python in oxgen.toml" or "the default"
	file string // the configuration file, if the choice comes from there
	dir  string // what a relative path is relative to; "" is the working directory
	want Want
}

func (w Want) choose() choice {
	config := w.configFile()
	switch {
	case w.Flag != "":
		return choice{spec: w.Flag, from: "--python", want: w}
	case w.Env != "":
		return choice{spec: w.Env, from: "$OXGEN_PYTHON", want: w}
	case w.Config != "":
		return choice{spec: w.Config, from: "python in " + config, file: config, dir: filepath.Dir(config), want: w}
	}
	return choice{spec: "default", from: "the default", want: w}
}

func (w Want) configFile() string {
	if w.ConfigFile == "" {
		return "oxgen.toml"
	}
	return w.ConfigFile
}

// path returns the path that the choice means when it is one.
func (c choice) path() string {
	if filepath.IsAbs(c.spec) || c.dir == "" {
		return c.spec
	}
	return filepath.Join(c.dir, c.spec)
}

// errorf returns the error of a choice that can't be used. The text follows what was chosen and by what; mend, if it
// is not "", comes before the general hint, which says where oxgen looks.
func (c choice) errorf(mend, format string, args ...any) error {
	e := diag.Errorf(c.file, c.hint(mend), format, args...)
	e.Problem = fmt.Sprintf("no usable Python: %q, from %s, %s", c.spec, c.from, e.Problem)
	return e
}

// hint says what was looked at, in the order of the search, and what may stand there.
func (c choice) hint(mend string) string {
	if mend != "" {
		mend += "; "
	}
	return fmt.Sprintf("%soxgen takes the first that is set of --python (%s), $OXGEN_PYTHON (%s) and python in %s (%s), else %s;"+
		" each may be a version (%s), the path of a Python 3.10 or newer, its name in PATH,"+
		" or a python-build-standalone directory or archive",
		mend, setTo(c.want.Flag), setTo(c.want.Env), c.want.configFile(), setTo(c.want.Config),
		DefaultRelease().Name(), knownVersions())
}

func setTo(value string) string {
	if value == "" {
		return "not set"
	}
	return fmt.Sprintf("%q", value)
}
