//go:build linux

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
)

// A program is an executable that oxgen built.
type program struct {
	exe    string // absolute path
	dir    string // directory of its oxgen.toml
	module string // directory of its go.mod
}

// The programs, each built once in a run of the tests, by the first test that asks for it.
var (
	hello    = builder("../../example/hello")
	pip      = builder("../../example/pip")
	webapp   = builder("../../example/webapp")
	probe    = builder("testdata/probe")
	abrupt   = variant("abrupt", "testdata/probe", "fast-exit = true")
	settings = builder("testdata/settings")
	modes    = builder("testdata/modes")
	soak     = builder("testdata/soak")
	trimmed  = builder("testdata/trimmed")
)

// builder returns a function that builds the program whose directory is source, and skips the test when there is none.
func builder(source string) func(t *testing.T) *program {
	return variant(filepath.Base(source), source)
}

// variant is builder for a program in a directory of another name, with lines more in its configuration.
func variant(place, source string, lines ...string) func(t *testing.T) *program {
	build := sync.OnceValues(func() (*program, error) {
		name := filepath.Base(source)
		p, err := newProgram(filepath.Join(workspace, place), source)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			if err := p.configure(line); err != nil {
				return nil, err
			}
		}
		p.exe = filepath.Join(workspace, place, "bin", name)
		out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe)
		if err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
		return p, nil
	})
	return func(t *testing.T) *program {
		t.Helper()
		if _, err := os.Stat(filepath.Join(source, "oxgen.toml")); err != nil {
			t.Skip("the program is not in this tree:", err)
		}
		p, err := build()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

// newProgram copies the program in the directory source, without what was generated, into a new Go module in the directory
// module, together with the module pyembed: as somebody else would build it, outside of this repository's workspace.
func newProgram(module, source string) (*program, error) {
	name := filepath.Base(source)
	p := &program{module: module, dir: filepath.Join(module, name)}
	if err := copyTree(p.dir, source); err != nil {
		return nil, err
	}
	if err := copyTree(filepath.Join(module, "pyembed"), "../../pyembed"); err != nil {
		return nil, err
	}
	if err := used.configure(p); err != nil {
		return nil, err
	}
	gomod, err := os.ReadFile("../../example/go.mod")
	if err != nil {
		return nil, err
	}
	gosum, err := os.ReadFile("../../example/go.sum")
	if err != nil {
		return nil, err
	}
	gomod = append(gomod, "\nreplace github.com/oxgen/oxgen/pyembed => ./pyembed\n"...)
	source = fmt.Sprintf("package main\n\nimport %q\n\nfunc main() { pyapp.Program.Main() }\n", "github.com/oxgen/oxgen/example/"+name+"/pyapp")
	for file, data := range map[string][]byte{"go.mod": gomod, "go.sum": gosum, name + "/main.go": []byte(source)} {
		if err := os.WriteFile(filepath.Join(module, file), data, 0o600); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// copyTree copies a directory but for generated packages.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && (d.Name() == "pyapp" || d.Name() == "__pycache__"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		return exectest.Copy(target, path, 0o600)
	})
}

// command returns the path of the oxgen command, built once.
var command = sync.OnceValues(func() (string, error) {
	if err := dependOnSources(); err != nil {
		return "", err
	}
	path := filepath.Join(workspace, "oxgen")
	r := (&call{path: "go", args: []string{"build", "-o", path, "github.com/oxgen/oxgen"}}).start(context.Background())
	if r.err != nil || r.status != 0 {
		return "", fmt.Errorf("building oxgen: %w, exit status %d\n%s", r.err, r.status, r.stderr)
	}
	return path, nil
})

// dependOnSources looks at every source file of the repository, so that `go test` does not take a cached result for that of
// a changed oxgen: it remembers which files a test has looked at, and can't know what the commands were built from.
func dependOnSources() error {
	return filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".s", ".h", ".py", ".toml", ".mod"}, filepath.Ext(path)) {
			return err
		}
		_, err = os.Stat(path)
		return err
	})
}

// oxgen runs the command outside of the workspace of this repository, and returns what it prints.
func oxgen(ctx context.Context, args ...string) (string, error) {
	c, err := oxgenCall(args...)
	if err != nil {
		return "", err
	}
	r := c.start(ctx)
	if r.err != nil {
		return "", r.err
	}
	if r.status != 0 {
		return r.stdout + r.stderr, fmt.Errorf("oxgen %s: exit status %d", strings.Join(args, " "), r.status)
	}
	return r.stdout + r.stderr, nil
}

func oxgenCall(args ...string) (*call, error) {
	path, err := command()
	if err != nil {
		return nil, err
	}
	return &call{path: path, args: args, env: used.environ()}, nil
}

// contents returns the files of a directory without directories, by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// wantSame compares two sets of files; it prints names only, the files being large.
func wantSame(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if data, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		} else if data != want[name] {
			t.Errorf("%s differs from byte %d on", name, difference(data, want[name]))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is new", name)
		}
	}
}

func difference(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// holds tells whether a file contains a text.
func holds(t *testing.T, file, text string) bool {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, []byte(text))
}
