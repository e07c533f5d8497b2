package collector

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/diag"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- tree/a.py --\n-- pkg/__init__.py --\n-- lib/site-packages/x.py --\n-- one.py --\n-- a.b.py --\n-- x.txt --\n-- x-1-py3-none-any.whl --\n"+
		"-- env/pyvenv.cfg --\n-- bad.name/__init__.py --\n")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"tree": "source tree", "tree/": "source tree", "pkg": "package", "lib/site-packages": "site-packages", "one.py": "file",
		"x-1-py3-none-any.whl": "wheel",
		"none":                 "none: no such file or directory",
		"empty":                "empty: holds nothing to embed",
		"a.b.py":               "a.b.py: a module whose name has a dot can't be imported",
		"x.txt":                "x.txt: not a Python source file",
		"env":                  "env: a virtual environment, not a source tree",
		"bad.name":             `bad.name: holds an __init__.py, but no package can have the name "bad.name"`,
	} {
		in, err := Classify(filepath.Join(dir, name), name)
		got := in.Kind.String()
		if err != nil {
			got = err.Error()
			var d *diag.Error
			if !errors.As(err, &d) || d.Hint == "" {
				t.Errorf("%s: %v has no hint", name, err)
			}
		} else if in.Label != strings.TrimSuffix(name, "/") {
			t.Errorf("%s: label %q", name, in.Label)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
