package gen

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
)

func testOutput(t *testing.T, files ...File) *Output {
	t.Helper()
	return &Output{Files: files, Config: &config.Config{File: "oxgen.toml", Dir: t.TempDir(), Package: "pyapp"}}
}

func TestCommitAndCheck(t *testing.T) {
	o := testOutput(t, File{Name: "pyapp.oxtable", Data: []byte("table")}, File{Name: "pyapp.go", Data: []byte("// " + generated + "\npackage pyapp\n")})
	stale, err := o.Check()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"pyapp.go", "pyapp.oxtable"}, stale); diff != "" {
		t.Errorf("stale before the first commit (-want +got):\n%s", diff)
	}
	if _, err := o.Commit(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"libpython_linux_arm64.go":   "// " + generated + "\npackage pyapp\n",
		"libpython_linux_arm64.bin":  "skeleton",
		"libpython_linux_arm64.syso": "object",

		"extension_pkg-mod_linux_arm64.syso": "object",
		"notes.txt":                          "the user's own",
		"logo.bin":                           "the user's own",
	} {
		write(t, filepath.Join(o.Dir(), name), data)
	}
	removed := []string{"extension_pkg-mod_linux_arm64.syso", "libpython_linux_arm64.bin", "libpython_linux_arm64.go", "libpython_linux_arm64.syso"}
	if stale, err = o.Check(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(removed, stale); diff != "" {
		t.Errorf("stale beside files of another target (-want +got):\n%s", diff)
	}
	changed, err := o.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(removed, changed); diff != "" {
		t.Errorf("second commit (-want +got):\n%s", diff)
	}
	for _, name := range []string{"notes.txt", "logo.bin", "pyapp.go"} {
		if _, err := os.Stat(filepath.Join(o.Dir(), name)); err != nil {
			t.Error(err)
		}
	}
}

// TestForeignFile has a Go file that somebody wrote in the directory of the generated package.
func TestForeignFile(t *testing.T) {
	o := testOutput(t, File{Name: "pyapp.go", Data: []byte("// " + generated + "\n")})
	mine := filepath.Join(o.Dir(), "mine.go")
	if err := os.MkdirAll(o.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, mine, "package pyapp\n")
	_, err := o.Commit()
	var problem *diag.Error
	if !errors.As(err, &problem) || problem.File != mine || problem.Hint == "" {
		t.Errorf("got error %v, want one about %s with a hint", err, mine)
	}
	if _, err := os.Stat(filepath.Join(o.Dir(), "pyapp.go")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

func write(t *testing.T, name, data string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGeneratedHeader has the committed package of an example be what tools take for generated code.
func TestGeneratedHeader(t *testing.T) {
	for _, name := range []string{"pyapp.go", "libpython_linux_amd64.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "example", "hello", "pyapp", name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !ast.IsGenerated(f) {
			t.Errorf("%s: ast.IsGenerated says no", name)
		}
		if got := f.Comments[0].List[0]; got.Text != "// "+generated || got.Pos() != 1 {
			t.Errorf("%s starts with %q", name, got.Text)
		}
	}
}
