//go:build unix

package collector

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestLinksAndSpecialFiles(t *testing.T) {
	t.Parallel()
	dir := plant(t, "-- app/a.py --\nx = 1\n-- app/pkg/__init__.py --\n-- shared/lib/m.py --\n-- shared/one.py --\n")
	app := filepath.Join(dir, "app")
	link(t, "../shared/lib", filepath.Join(app, "lib"))
	link(t, "../shared/lib", filepath.Join(app, "again")) // twice is no loop
	link(t, "../shared/one.py", filepath.Join(app, "one.py"))
	link(t, ".", filepath.Join(app, "self"))
	link(t, "..", filepath.Join(app, "pkg", "up"))
	link(t, dir, filepath.Join(app, "pkg", "above"))
	link(t, "nowhere", filepath.Join(app, "dangling.py"))
	link(t, "ring.py", filepath.Join(app, "ring.py"))
	link(t, "nobody@host:1", filepath.Join(app, ".#a.py")) // as Emacs makes them
	if err := syscall.Mkfifo(filepath.Join(app, "pipe.py"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"\xff.py", "back\\slash.py", "new\nline.py"} {
		write(t, filepath.Join(app, name), "")
	}
	write(t, filepath.Join(app, "\xfe", "inner.py"), "")
	c, err := Collect(context.Background(), inputsOf(t, dir, "app"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `excluded app/.#a.py [editor-file]
unsupported app/\xfe/inner.py: its directory's name is not UTF-8
unsupported app/\xff.py: name is not UTF-8
module app/a.py = a
module app/again/m.py = again.m
unsupported app/back\slash.py: name holds a backslash
unsupported app/dangling.py: symbolic link to nothing
module app/lib/m.py = lib.m
unsupported app/new\nline.py: name holds control characters
module app/one.py = one
unsupported app/pipe.py: not a regular file (named pipe)
module app/pkg/__init__.py = pkg (package)
excluded app/pkg/above [symlink-loop]
excluded app/pkg/up [symlink-loop]
excluded app/ring.py [symlink-loop]
excluded app/self [symlink-loop]
`
	if diff := cmp.Diff(want, lines(c)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	checkWhole(t, c)
}

// All that can't be read is named at once.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := plant(t, "-- app/a.py --\n-- app/b.py --\n-- app/sub/c.py --\n-- app/__pycache__/x.pyc --\n")
	for name, mode := range map[string]os.FileMode{"b.py": 0o200, "sub": 0, "__pycache__": 0} {
		path := filepath.Join(dir, "app", name)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(path, 0o755) })
	}
	_, err := Collect(context.Background(), inputsOf(t, dir, "app"), Options{})
	want := "app/b.py: permission denied\napp/sub: permission denied"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if strings.Contains(err.Error(), dir) {
		t.Errorf("%v names a path that the user did not write", err)
	}
}
