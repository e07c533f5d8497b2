package pyexec

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

const (
	allocated = 64 << 20
	worked    = 50 * time.Millisecond
)

func init() {
	// work fills some memory, keeps a CPU busy for a while, and fails if it is told to.
	programs["work"] = func(args []string) int {
		data := make([]byte, allocated)
		for start := time.Now(); time.Since(start) < worked; {
			for i := 0; i < len(data); i += 512 {
				data[i]++
			}
		}
		fmt.Println("done")
		runtime.KeepAlive(data)
		return len(args)
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		args   []string
		status int
	}{
		{"a program that ends well", []string{"work"}, 0},
		{"one that fails", []string{"work", "fail"}, 1},
	}
	for _, tt := range tests {
		u, out, err := Measure(t.Context(), self(t, tt.args...))
		var failed *Failure
		if errors.As(err, &failed) != (tt.status != 0) || failed != nil && failed.Status != tt.status {
			t.Errorf("%s: error %v, want status %d", tt.name, err, tt.status)
		}
		if string(out) != "done\n" {
			t.Errorf("%s: output %q", tt.name, out)
		}
		if u.Wall < worked {
			t.Errorf("%s: wall time %v, but it works for %v", tt.name, u.Wall, worked)
		}
		if u.CPU() <= 0 || u.CPU() != u.User+u.System {
			t.Errorf("%s: CPU time %v, of it %v in the program and %v in the kernel", tt.name, u.CPU(), u.User, u.System)
		}
		if runtime.GOOS != "windows" && u.MaxRSS < allocated {
			t.Errorf("%s: peak of %d bytes, but it fills %d", tt.name, u.MaxRSS, allocated)
		}
	}
}

func TestMeasureMissingProgram(t *testing.T) {
	t.Parallel()
	u, _, err := Measure(t.Context(), Command{Path: filepath.Join(t.TempDir(), "none")})
	if !errors.Is(err, os.ErrNotExist) || u.CPU() != 0 || u.MaxRSS != 0 {
		t.Errorf("Measure = %+v, %v, want os.ErrNotExist", u, err)
	}
}
