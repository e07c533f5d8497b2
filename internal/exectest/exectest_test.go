package exectest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCopy runs copies of a program as soon as they are written, beside goroutines that start programs all the time.
func TestCopy(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i := range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for j := range 25 {
				program := filepath.Join(dir, fmt.Sprintf("%d-%d.exe", i, j))
				if err := Copy(program, self, 0o700); err != nil {
					t.Fatal(err)
				}
				if out, err := exec.Command(program, "-test.run=^$").CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if err := os.Remove(program); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
