package pip

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/tag"
)

// keyVersion changes when pip is run in another way.
const keyVersion = "1"

// A digest sums up what the outcome depends on.
type digest struct {
	hash.Hash
	file string            // for messages
	vars map[string]string // pip's environment
	seen map[string]bool
}

// key returns the name of the directory for the wheels of a request.
func (p *Pip) key(r Request, o *order) (string, error) {
	d := &digest{Hash: sha256.New(), file: r.File, vars: map[string]string{}, seen: map[string]bool{}}
	for _, kv := range p.environ() {
		name, value, _ := strings.Cut(kv, "=")
		d.vars[name] = value
	}
	d.add("oxgen requirements", keyVersion, p.Interpreter, p.Version, r.Target.String())
	if r.Limits != (tag.Limits{}) {
		d.add("limits", r.Limits.Glibc, r.Limits.MacOS)
	}
	d.add(o.requirements...)
	d.add(o.options...)
	for _, line := range o.requirements {
		d.mentioned(r.Dir, d.expand(line))
	}
	for _, name := range slices.Concat(o.files, o.constraints) {
		if err := d.requirementsFile(r.Dir, name); err != nil {
			return "", err
		}
	}
	for _, dir := range o.links {
		if err := d.links(r.Dir, dir); err != nil {
			return "", err
		}
	}
	d.configuration()
	return hex.EncodeToString(d.Sum(nil)[:16]), nil
}

func (d *digest) add(texts ...string) {
	for _, text := range texts {
		fmt.Fprintf(d, "%q,", text) // a hash takes everything
	}
	fmt.Fprintln(d)
}

// requirementsFile adds a file of requirements or constraints, and those that it names.
func (d *digest) requirementsFile(dir, name string) error {
	path, ok := local(dir, name)
	if !ok || d.seen[path] {
		return nil
	}
	d.seen[path] = true
	data, err := inputs.ReadFile(path)
	if err != nil {
		return diag.Errorf(d.file, "correct `requirements`, or the file that names it", "requirements: can't read %q: %w", name, cause(err))
	}
	d.add(name, string(data))
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\\\n", " ")) {
		o := &order{}
		if o.add(d.expand(line)) != nil {
			continue // pip knows better what is wrong
		}
		below := filepath.Dir(path)
		for _, more := range slices.Concat(o.files, o.constraints) {
			if err := d.requirementsFile(below, more); err != nil {
				return err
			}
		}
		for _, more := range o.links {
			if err := d.links(below, more); err != nil { // relative to the file, else to where pip is run
				return err
			}
		}
		for _, requirement := range o.requirements {
			d.mentioned(below, requirement)
		}
	}
	return nil
}

// variable matches what pip replaces in a line of a requirements file (pip/_internal/req/req_file.py, ENV_VAR_RE).
var variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}`)

// expand replaces the variables of a line as pip does, which leaves those alone that are unset or empty, and adds their values.
func (d *digest) expand(line string) string {
	return variable.ReplaceAllStringFunc(line, func(text string) string {
		name := variable.FindStringSubmatch(text)[1]
		inputs.Getenv(name)
		d.add("variable", name, d.vars[name])
		return cmp.Or(d.vars[name], text)
	})
}

// links adds what a directory of distributions holds.
func (d *digest) links(dir, name string) error {
	path, ok := local(dir, name)
	if !ok {
		return nil
	}
	entries, err := inputs.ReadDir(path)
	if err != nil { // a page of links, or nothing: pip says so
		d.stamp(path)
		return nil
	}
	for _, e := range entries {
		d.stamp(filepath.Join(path, e.Name()))
	}
	return nil
}

// mentioned adds the archive that a requirement names by its path.
func (d *digest) mentioned(dir, line string) {
	word, _, _ := strings.Cut(line, " ")
	if _, url, ok := strings.Cut(line, "@"); ok {
		word, _, _ = strings.Cut(strings.TrimSpace(url), " ")
	}
	if path, ok := local(dir, word); ok && strings.ContainsAny(word, `/\`) {
		d.stamp(path)
	}
}

// stamp adds name, size and time of change of a file.
func (d *digest) stamp(path string) {
	info, err := inputs.Stat(path)
	if err != nil {
		d.add(path, "missing")
		return
	}
	d.add(path, fmt.Sprint(info.Size(), info.ModTime().UnixNano()))
}

// configuration adds pip's configuration (pip's documentation, "Configuration").
func (d *digest) configuration() {
	inputs.Environ("PIP_")
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "APPDATA"} {
		inputs.Getenv(name)
	}
	var own []string
	for name, value := range d.vars {
		if strings.HasPrefix(name, "PIP_") && value != "" { // to pip empty ones are unset
			own = append(own, name+"="+value)
		}
	}
	slices.Sort(own)
	d.add(own...)
	home := d.vars["HOME"]
	config := d.vars["XDG_CONFIG_HOME"]
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	for _, name := range []string{
		d.vars["PIP_CONFIG_FILE"], "/etc/pip.conf", "/etc/xdg/pip/pip.conf", filepath.Join(config, "pip", "pip.conf"), filepath.Join(home, ".pip", "pip.conf"),
		filepath.Join(home, "Library", "Application Support", "pip", "pip.conf"), filepath.Join(d.vars["APPDATA"], "pip", "pip.ini"),
	} {
		if data, err := inputs.ReadFile(name); err == nil {
			d.add(name, string(data))
		}
	}
}

// cause takes the operation and the path of this machine off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
