package pyembed

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestIsBelowFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Mkdir(filepath.Join(dir, "directory"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"file/x": true, "file/x/y": true, "directory/x": false, "nowhere/x": false} {
		if got := isBelowFile(filepath.Join(dir, path)); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
	for path, want := range map[string]bool{file: false, file + "x": false, filepath.Join(file, "x"): true} {
		if got := isBelow(path, file); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}
