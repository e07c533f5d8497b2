package scaffold_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/scaffold"
)

// tree makes empty files in a directory.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindLayout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		files []string
		want  scaffold.Layout
	}{
		{"empty", nil, scaffold.Layout{}},
		{"no Python", []string{"README.md", "docs/x.py", ".venv/lib/a.py"}, scaffold.Layout{}},
		{
			"src",
			[]string{"src/a/__init__.py", "src/a/__main__.py", "src/b/__init__.py", "c.py"},
			scaffold.Layout{Sources: []string{"src"}, Run: "a"},
		},
		{"src without packages", []string{"src/a.c", "b.py"}, scaffold.Layout{Sources: []string{"b.py"}, Run: "b"}},
		{
			"flat",
			[]string{"a/__init__.py", "b.py", "setup.py", "test_b.py", "b_test.py", "tests/__init__.py", "conftest.py"},
			scaffold.Layout{Sources: []string{"a", "b.py"}},
		},
		{"flat with main", []string{"a/__init__.py", "main.py"}, scaffold.Layout{Sources: []string{"a", "main.py"}, Run: "main"}},
		{
			"flat with __main__",
			[]string{"a.py", "__main__.py"},
			scaffold.Layout{Sources: []string{"__main__.py", "a.py"}, Run: "__main__"},
		},
		{
			"package and main",
			[]string{"a/__init__.py", "a/__main__.py", "main.py"},
			scaffold.Layout{Sources: []string{"a", "main.py"}, Run: "a"},
		},
		{
			"two that run",
			[]string{"a/__init__.py", "a/__main__.py", "b/__init__.py", "b/__main__.py", "main.py"},
			scaffold.Layout{Sources: []string{"a", "b", "main.py"}},
		},
		{"names", []string{"my-notes.py", "a.b.py", "x y.py"}, scaffold.Layout{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := scaffold.FindLayout(tree(t, test.files...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for _, name := range []string{"missing", "file"} {
		if got, err := scaffold.FindLayout(filepath.Join(tree(t, "file"), name)); err != nil || got.Sources != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestRunIn(t *testing.T) {
	t.Parallel()
	dir := tree(t, "tool/__init__.py", "tool/__main__.py", "lib/__init__.py", "one.py", "trees/a/__init__.py", "trees/a/__main__.py")
	for name, want := range map[string]string{"tool": "tool", "lib": "", "one.py": "one", "trees": "a", "missing": ""} {
		if got := scaffold.RunIn(filepath.Join(dir, name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
