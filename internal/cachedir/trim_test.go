package cachedir_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/exectest"
)

const day = 24 * time.Hour

// aged makes a cache of files, given by what they were last used before now.
func aged(t *testing.T, now time.Time, files map[string]time.Duration) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "cache")
	cachedir.Use(t.Context(), dir)()
	for name, age := range files {
		write(t, filepath.Join(dir, name))
		for path := name; path != "."; path = filepath.Dir(path) {
			if err := os.Chtimes(filepath.Join(dir, path), now.Add(-age), now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// left returns the files of a cache, sorted, but for the tag.
func left(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != "CACHEDIR.TAG" {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestTrim(t *testing.T) {
	t.Parallel()
	now := time.Now().Add(100 * day)
	dir := aged(t, now, map[string]time.Duration{
		"pyc/ab/old": 15 * day, "pyc/ab/used": 13 * day, "graph/old": 15 * day, "generate/old": 20 * day, "libpython/old": 20 * day,
		"native/old": 20 * day, "run/old/app": 15 * day, "run/used/app": day, "script/old/main.go": 15 * day,
		"dist/old/linux-amd64/bin/python3": 900 * day, "requirements/old/a.whl": 900 * day, "download/old/a.whl": 900 * day, "mine": 900 * day,
	})
	freed := cachedir.Trim(t.Context(), dir, now)
	want := []string{".trimmed", "dist/old/linux-amd64/bin/python3", "download/old/a.whl", "mine", "pyc/ab/used", "requirements/old/a.whl", "run/used/app"}
	if diff := cmp.Diff(want, left(t, dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if freed.Files != 7 {
		t.Errorf("%d files are freed, want 7", freed.Files)
	}
	cachedir.Trim(t.Context(), dir, now.Add(20*time.Hour))
	if !slices.Contains(left(t, dir), "pyc/ab/used") {
		t.Error("it is done twice a day")
	}
	cachedir.Touch(filepath.Join(dir, "run/used"))
	cachedir.Trim(t.Context(), dir, now.Add(2*day))
	if slices.Contains(left(t, dir), "pyc/ab/used") {
		t.Error("it is not done two days later")
	}
}

// A file that was used is as good as new, however it was used.
func TestTrimWhatWasTouched(t *testing.T) {
	t.Parallel()
	now := time.Now()
	dir := aged(t, now, map[string]time.Duration{"run/app/exe": 30 * day, "pyc/ab/old": 30 * day})
	sealed := filepath.Join(dir, "graph", "sealed")
	if err := cachedir.WriteSealed(sealed, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(sealed, now.Add(-30*day), now.Add(-30*day)); err != nil {
		t.Fatal(err)
	}
	if _, ok := cachedir.ReadSealed(sealed); !ok {
		t.Error("can't be read")
	}
	cachedir.Touch(filepath.Join(dir, "run", "app"))
	cachedir.Trim(t.Context(), dir, now)
	if diff := cmp.Diff([]string{".trimmed", "graph/sealed", "run/app/exe"}, left(t, dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestTrimWhileInUse(t *testing.T) {
	t.Parallel()
	now := time.Now()
	dir := aged(t, now, map[string]time.Duration{"pyc/ab/old": 30 * day})
	release := cachedir.Use(t.Context(), dir)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	cachedir.Trim(ctx, dir, now)
	if len(left(t, dir)) != 1 {
		t.Error("removed while it is in use")
	}
	release()
	cachedir.Trim(t.Context(), dir, now)
	if diff := cmp.Diff([]string{".trimmed"}, left(t, dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if freed, err := cachedir.Clean(t.Context(), dir, cachedir.Options{}); err != nil || len(freed.Kept) > 0 {
		t.Errorf("clean: %v, kept %v", err, freed.Kept)
	}
}

// A program that runs stays, however long ago it was started.
func TestTrimWhatRuns(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files of processes can't be removed there")
	}
	now := time.Now()
	dir := aged(t, now, map[string]time.Duration{"run/app/other": 30 * day})
	app := filepath.Join(dir, "run", "app", "exe")
	if err := exectest.Copy(app, "/bin/sleep", 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(app, "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Dir(app), now.Add(-30*day), now.Add(-30*day)); err != nil {
		t.Fatal(err)
	}
	cachedir.Trim(t.Context(), dir, now)
	if len(left(t, dir)) != 3 {
		t.Errorf("left: %v", left(t, dir))
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	cachedir.Trim(t.Context(), dir, now.Add(2*day))
	if len(left(t, dir)) != 1 {
		t.Errorf("left: %v", left(t, dir))
	}
}
