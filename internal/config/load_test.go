package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
)

// write makes a directory of the given name that holds files; the path of one that ends in "/" is a directory.
func write(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		path := filepath.Join(dir, file)
		var err error
		if strings.HasSuffix(file, "/") {
			err = os.Mkdir(path, 0o777)
		} else {
			err = os.WriteFile(path, []byte(text), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoad(t *testing.T) {
	t.Parallel()
	const run, project = "run.module = 'a'", "[tool.oxgen.run]\nmodule = 'a'"
	tests := []struct {
		name      string
		files     map[string]string
		dir       string
		file, app string
	}{
		{"own file", map[string]string{"oxgen.toml": run}, "tool", "oxgen.toml", "tool"},
		{"name given", map[string]string{"oxgen.toml": "name = 'x'\n" + run}, "tool", "oxgen.toml", "x"},
		{"project", map[string]string{"pyproject.toml": project}, "my tool", "pyproject.toml", "my tool"},
		{"other project", map[string]string{"oxgen.toml": run, "pyproject.toml": "[project]"}, "t", "oxgen.toml", "t"},
		{"broken project", map[string]string{"oxgen.toml": run, "pyproject.toml": "["}, "t", "oxgen.toml", "t"},
		{"odd directory", map[string]string{"oxgen.toml": run}, "-a:b", "oxgen.toml", "a_b"},
		{"device", map[string]string{"oxgen.toml": run}, "aux.d", "oxgen.toml", "app-aux.d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, tt.dir, tt.files)
			c, err := config.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{c.File, c.Dir, c.Name, c.Run.Module}
			if diff := cmp.Diff([]string{filepath.Join(dir, tt.file), dir, tt.app, "a"}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	const run, project = "run.module = 'a'", "[tool.oxgen.run]\nmodule = 'a'"
	const none = "DIR: no oxgen.toml, and no pyproject.toml with a table [tool.oxgen]\n\n" +
		"hint: type `oxgen init DIR`, or add the table to a pyproject.toml"
	tests := []struct {
		name  string
		files map[string]string
		want  string // DIR stands for the directory
	}{
		{"nothing", nil, none},
		{"project without the table", map[string]string{"pyproject.toml": "[project]"}, none},
		{"empty project", map[string]string{"pyproject.toml": ""}, none},
		{
			"both",
			map[string]string{"oxgen.toml": run, "pyproject.toml": project},
			"DIR/oxgen.toml: DIR/pyproject.toml has a table [tool.oxgen] as well\n\nhint: keep one of the two: delete the file, or the table",
		},
		{
			"both, one broken",
			map[string]string{"oxgen.toml": run, "pyproject.toml": project + "\n="},
			"DIR/oxgen.toml: DIR/pyproject.toml has a table [tool.oxgen] as well\n\nhint: keep one of the two: delete the file, or the table",
		},
		{"directory", map[string]string{"oxgen.toml/": ""}, "DIR/oxgen.toml: a directory, where a file is expected"},
		{"project is a directory", map[string]string{"pyproject.toml/": ""}, "DIR/pyproject.toml: a directory, where a file is expected"},
		{"broken project", map[string]string{"pyproject.toml": "[tool"}, "DIR/pyproject.toml:1:5: expected ']' to close table name"},
		{
			"empty",
			map[string]string{"oxgen.toml": ""},
			"DIR/oxgen.toml: the file is empty\n\nhint: give one of module, entry, console-script, command, file, repl in the table [run]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, "d", tt.files)
			_, err := config.Load(dir)
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(filepath.ToSlash(printed(err)), filepath.ToSlash(dir), "DIR")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, ok := leaves(err); !ok {
				t.Errorf("not a *diag.Error: %#v", err)
			}
		})
	}
}

func TestLoadNoDirectory(t *testing.T) {
	t.Parallel()
	dir := write(t, "d", map[string]string{"oxgen.toml": "run.module = 'a'"})
	for path, problem := range map[string]string{
		filepath.Join(dir, "none"):       "no such directory",
		filepath.Join(dir, "oxgen.toml"): "not a directory",
	} {
		_, err := config.Load(path)
		if all, ok := leaves(err); !ok || all[0].File != path || all[0].Problem != problem || all[0].Hint == "" {
			t.Errorf("Load(%q): error %#v, want the problem %q", path, err, problem)
		}
	}
}

func TestLoadCurrentDirectory(t *testing.T) {
	t.Chdir(write(t, "here", nil))
	for _, dir := range []string{"", "."} {
		_, err := config.Load(dir)
		want := "no oxgen.toml, and no pyproject.toml with a table [tool.oxgen]\n\n" +
			"hint: type `oxgen init`, or add the table to a pyproject.toml"
		if diff := cmp.Diff(want, printed(err)); diff != "" || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Load(%q): (-want +got)\n%s", dir, diff)
		}
	}
	if err := os.WriteFile("oxgen.toml", []byte("run.repl = true"), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(".")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"oxgen.toml", ".", "here"}, []string{c.File, c.Dir, c.Name}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoadUnreadable(t *testing.T) {
	t.Parallel()
	dir := write(t, "d", map[string]string{"oxgen.toml": "run.module = 'a'"})
	file := filepath.Join(dir, "oxgen.toml")
	if err := os.Chmod(file, 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(file); err == nil {
		f.Close()
		t.Skip("this user may read every file")
	}
	_, err := config.Load(dir)
	if all, ok := leaves(err); !ok || all[0].File != file || all[0].Problem != "permission denied" {
		t.Errorf("error %#v", err)
	}
}

func TestLoadDanglingLink(t *testing.T) {
	t.Parallel()
	dir := write(t, "d", map[string]string{"pyproject.toml": "[tool.oxgen.run]\nmodule = 'a'"})
	if err := os.Symlink("none", filepath.Join(dir, "oxgen.toml")); err != nil {
		t.Skip(err)
	}
	_, err := config.Load(dir)
	if all, ok := leaves(err); !ok || all[0].Problem != "a link to a file that does not exist" {
		t.Errorf("error %#v", err)
	}
}
