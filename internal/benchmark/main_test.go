package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   []string
		chosen string // "" is an error
		rounds int
	}{
		{nil, "hello engines imports app options overhead files generate many build scale large sizes peers", 0},
		{[]string{"-only", "build,hello", "-iterations", "3"}, "hello build", 3},
		{[]string{"-only", "imports"}, "imports", 0},
		{[]string{"-only", "hello,none"}, "", 0},
		{[]string{"-iterations", "-1"}, "", 0},
		{[]string{"hello"}, "", 0},
		{[]string{"-nothing"}, "", 0},
	}
	for _, tt := range tests {
		var stderr bytes.Buffer
		o, err := parse(tt.args, &stderr)
		if tt.chosen == "" {
			if err == nil || stderr.Len() == 0 {
				t.Errorf("%q: error %v, printed %q", tt.args, err, &stderr)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		var names []string
		for _, e := range o.chosen {
			names = append(names, e.name)
		}
		if got := strings.Join(names, " "); got != tt.chosen || o.rounds != tt.rounds {
			t.Errorf("%q: %s with %d rounds, want %s with %d", tt.args, got, o.rounds, tt.chosen, tt.rounds)
		}
	}
}

func TestNoDirectoryForThePage(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	if status := run([]string{"-o", filepath.Join(t.TempDir(), "none", "page.md")}, &stderr); status != 1 {
		t.Errorf("exit status %d, want 1; printed:\n%s", status, &stderr)
	}
	if strings.Contains(stderr.String(), "building") {
		t.Error("something was built first")
	}
}

func TestInZip(t *testing.T) {
	t.Parallel()
	for cached, want := range map[string]string{
		"__pycache__/abc.cpython-314.pyc":            "abc.pyc",
		"email/__pycache__/__init__.cpython-314.pyc": "email/__init__.pyc",
		"xml/dom/__pycache__/minidom.cpython-39.pyc": "xml/dom/minidom.pyc",
	} {
		if got := inZip(cached); got != want {
			t.Errorf("inZip(%q) = %q, want %q", cached, got, want)
		}
	}
}

func TestImported(t *testing.T) {
	t.Parallel()
	tests := []struct {
		out, loader string
		ok          bool
	}{
		{"0.125 0.1 430 SourceFileLoader\n", "SourceFileLoader", true},
		{"0.125 0.1 430 Finder\n", "", true},
		{"0.125 0.1 430 SourceFileLoader\n", "zipimporter", false},
		{"0.125 0.1 430 SourceFileLoader\n", "", false},
		{"0.125 0.1 300 Finder\n", "", false},
		{"0.125 0.1\n", "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		got, err := parseImports(tt.out)
		if err == nil {
			err = got.check(tt.loader)
		}
		if (err == nil) != tt.ok {
			t.Errorf("%q from %q: error %v, want one: %t", tt.out, tt.loader, err, !tt.ok)
		}
		want := imported{wall: 0.125, cpu: 0.1, modules: 430, loader: tt.loader}
		if tt.ok && tt.loader != "" && !cmp.Equal(got, want, cmp.AllowUnexported(imported{})) {
			t.Errorf("%q: got %+v, want %+v", tt.out, got, want)
		}
	}
}

// TestRun runs the benchmarks once and reads the page. What it says of times is not looked at.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	dir, scratch := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", scratch)
	var stderr bytes.Buffer
	page := filepath.Join(dir, "page.md")
	if status := run([]string{"-o", page, "-iterations", "1", "-copies", "1", "-scale", "1"}, &stderr); status != 0 {
		t.Fatalf("exit status %d:\n%s", status, &stderr)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind in the scratch directory: %v, %v", left, err)
	}
	text := contents(t, page)
	for _, row := range []string{
		"| `python -I -S -c pass` | wall time |",
		"| `python -I -c pass` | CPU time |",
		"| oxgen | peak memory |",
		"| zipimport | wall time |",
		"| `sys.path`, warm `.pyc` | wall time |",
		"| oxgen generate, cold | peak memory |",
		"| oxgen generate, unchanged | wall time |",
		"| `python -m compileall` | wall time |",
		"| generate and build, one line changed | of it go build |",
		"| generate and build, one line changed | size of the executable |",
		"| oxgen, `fast-exit` | wall time |",
		"| with much else | size of the executable |",
		"| oxgen generate --force | peak memory |",
		"| `python -I app.py` | wall time |",
		"| `find_spec` and `get_code` | wall time |",
		"| `optimize = 2`, no columns, no sources | size of the executable |",
		"| `lazy` | wall time |",
		"| `stdlib = \"used\"`, `compact` | size of the executable |",
		"| zipapp | size of the executable |",
	} {
		if !strings.Contains(text, "\n"+row) {
			t.Errorf("no row %q in the page", row)
		}
	}
	if strings.Contains(text, "NaN") {
		t.Error("a value of the page is none")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"page": text, "data": contents(t, filepath.Join(dir, "page.json"))} {
		for _, secret := range []string{filepath.Dir(filepath.Dir(here)), scratch, host} {
			if len(secret) > 3 && strings.Contains(text, secret) {
				t.Errorf("the %s names %s, which is of this machine", name, secret)
			}
		}
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
