//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkGroups are those of the probe, with the checks that a version of Python can't pass, and why.
var checkGroups = []struct {
	name  string
	later map[string]int // check → the first minor version that does what it checks
}{
	{name: "attributes"},
	{name: "imports"},
	{name: "resources", later: map[string]int{
		"resources.functions":          13, // path names of several parts
		"resources.as_file":            12, // directories
		"resources.namespace_portions": 14, // archives without entries for directories
		"resources.metadata":           11, // packages_distributions without top_level.txt
	}},
	{name: "sources"},
	{name: "library"},
	{name: "files", later: map[string]int{
		"files.streams":              11, // by assembly, which has no way to call Python functions in 3.10
		"files.streams_outside":      11,
		"files.streams_are_closed":   11,
		"files.streams_leak_nothing": 11,
		"files.errors":               11, // guards in Python have frames
	}},
	{name: "children"},
	{name: "garbage"}, // last, as it imports modules of C again where all checks run in one process
}

// TestOtherVersions runs the probe on the other versions that oxgen brings.
func TestOtherVersions(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	for _, version := range []struct {
		minor int
		long  bool // left out by -short
	}{{minor: 11}, {minor: 10, long: true}} {
		t.Run(fmt.Sprintf("3.%d", version.minor), func(t *testing.T) {
			t.Parallel()
			if version.long && testing.Short() {
				t.Skip("left out by -short")
			}
			spec := fmt.Sprintf("3.%d", version.minor)
			p := probeOn(t, spec, "")
			runChecks(t, p, version.minor, nil)
			t.Run("as python", func(t *testing.T) { testActsAsPython(t, p, plainPython(t, spec), pythonsOf(version.minor)) })
		})
	}
}

// TestInstalledVersions runs the probe on the Pythons of this machine whose libpython is shared, for the versions that
// oxgen does not bring.
func TestInstalledVersions(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	if testing.Short() {
		t.Skip("left out by -short")
	}
	for _, minor := range []int{12, 13} {
		t.Run(fmt.Sprintf("3.%d", minor), func(t *testing.T) {
			t.Parallel()
			python, dynload := installedPython(t, minor)
			p := probeOn(t, python, dynload)
			runChecks(t, p, minor, []string{"attributes.paths", "attributes.no_path_elsewhere"}) // of their extension modules
		})
	}
}

// installedPython finds an interpreter with a shared libpython, and the directory of its extension modules.
func installedPython(t *testing.T, minor int) (python, dynload string) {
	t.Helper()
	name := fmt.Sprintf("python3.%d", minor)
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", name))
	for _, python := range append(found, "/usr/bin/"+name, "/usr/local/bin/"+name) {
		var info struct {
			Dynload   string `json:"lib_dynload"`
			Libpython string `json:"libpython"`
		}
		out, err := oxgen(t.Context(), "python", "info", "--json", python)
		if err == nil && json.Unmarshal([]byte(out), &info) == nil && info.Libpython != "" {
			return python, info.Dynload
		}
	}
	t.Skipf("no %s with a shared libpython on this machine", name)
	return "", ""
}

// probeOn builds the probe for a Python. Extension modules that are not in libpython are found in dynload; "" is none.
func probeOn(t *testing.T, spec, dynload string) *program {
	t.Helper()
	module := filepath.Join(workspace, "probe-"+filepath.Base(spec))
	p, err := newProgram(module, "testdata/probe")
	if err != nil {
		t.Fatal(err)
	}
	if dynload != "" {
		file := filepath.Join(p.dir, "oxgen.toml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), `["$ORIGIN/plugins"`, fmt.Sprintf(`["$ORIGIN/plugins", %q`, dynload), 1)
		if changed == string(text) {
			t.Fatal("the probe's search paths have changed")
		}
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.exe = filepath.Join(module, "bin", "probe")
	if out, err := oxgen(context.Background(), "--quiet", "build", "--python", spec, p.dir, "-o", p.exe); err != nil {
		t.Fatal(err, out)
	}
	if err := plug(filepath.Dir(p.exe)); err != nil {
		t.Fatal(err)
	}
	return p
}

// plug puts a module beside the probe, whose executable is in the directory dir.
func plug(dir string) error {
	plugins := filepath.Join(dir, "plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(plugins, "beside.py"), []byte("HERE = 'plugins'\n"), 0o600)
}

// runChecks runs the checks of a probe for Python 3.minor, but for some.
func runChecks(t *testing.T, p *program, minor int, but []string) {
	t.Helper()
	for _, group := range checkGroups {
		list := p.call(group.name).run(t)
		list.wantOutput(t, group.name+".")
		for name := range strings.FieldsSeq(list.stdout) {
			if minor < group.later[name] || slices.Contains(but, name) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p.call(name).run(t).wantOutput(t, "")
			})
		}
	}
}
