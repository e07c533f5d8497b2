package wheel_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// contents returns what a wheel holds.
func contents(t *testing.T, w *wheel.Wheel) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range w.Members {
		data, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		all[m.Name] = string(data)
	}
	return all
}

// checkRefusal asserts that a wheel is refused, in one line that names the file and with a hint.
func checkRefusal(t *testing.T, h *wheeltest.Hostile) {
	t.Helper()
	_, err := wheel.Read(context.Background(), h.Filename, bytes.NewReader(h.Bytes), int64(len(h.Bytes)), wheel.Limits{})
	var d *diag.Error
	switch {
	case err == nil:
		t.Errorf("%s: accepted", h.Kind)
	case !errors.As(err, &d) || d.Hint == "":
		t.Errorf("%s: %v has no hint", h.Kind, err)
	case !strings.HasPrefix(d.File, h.Filename) || d.Problem == "":
		t.Errorf("%s: %q does not name the file", h.Kind, err)
	case strings.ContainsAny(strings.TrimPrefix(err.Error(), h.Filename), "\n\r\x00\x1b\x7f\u202e\u2028"):
		t.Errorf("%s: %q is not one line of text", h.Kind, err)
	}
}

// TestGenerated changes good wheels in every way that wheeltest knows.
func TestGenerated(t *testing.T) {
	t.Parallel()
	for name, good := range wheeltest.Good() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := good.Bytes(t)
			accept(t, good.Filename(), data)
			hostile := wheeltest.Variants(t, good)
			for i := range hostile {
				checkRefusal(t, &hostile[i])
			}
			damaged := wheeltest.Damaged(good.Filename(), data)
			for i := range damaged {
				checkRefusal(t, &damaged[i])
			}
			t.Logf("%d with something hostile in them, %d damaged", len(hostile), len(damaged))
			if len(hostile)+len(damaged) < 500 {
				t.Error("too few")
			}
		})
	}
}

// TestFlipped changes every byte. The wheel is refused, or holds what it held before.
func TestFlipped(t *testing.T) {
	t.Parallel()
	for name, good := range wheeltest.Good() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := good.Bytes(t)
			want := contents(t, accept(t, good.Filename(), data))
			taken := 0
			for i := range data {
				for _, bits := range []byte{0x21, 0xff} {
					data[i] ^= bits
					w, err := wheel.Read(context.Background(), good.Filename(), bytes.NewReader(data), int64(len(data)), wheel.Limits{})
					if err == nil {
						taken++
						if diff := cmp.Diff(want, contents(t, w)); diff != "" {
							t.Errorf("byte %d, bits %02x (-before +after):\n%s", i, bits, diff)
						}
					} else if strings.ContainsAny(err.Error(), "\n\x00\x1b") {
						t.Errorf("byte %d, bits %02x: %q is not one line", i, bits, err)
					}
					data[i] ^= bits
				}
			}
			t.Logf("%d of %d changes make no difference", taken, 2*len(data))
		})
	}
}

// TestNothingIsWritten reads hostile wheels from disk and looks what is there afterwards.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "a", "b", "c")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	good := wheeltest.Good()["pure"]
	path := filepath.Join(dir, good.Filename())
	for _, h := range wheeltest.Variants(t, good) {
		if h.Filename != good.Filename() {
			continue
		}
		if err := os.WriteFile(path, h.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := wheel.Open(context.Background(), path, good.Filename(), wheel.Limits{}); err == nil {
			t.Errorf("%s: accepted", h.Kind)
		}
	}
	var found []string
	err := filepath.WalkDir(root, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			found = append(found, p)
		}
		return err
	})
	if diff := cmp.Diff([]string{path}, found); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
