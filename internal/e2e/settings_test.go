//go:build linux

package e2e

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSettings compares what a program sees of its [interpreter] table with the table.
func TestSettings(t *testing.T) {
	t.Parallel()
	var runs [2]map[string]any
	for i := range runs {
		r := settings(t).call("more").run(t)
		if r.status != 0 {
			t.Fatalf("status %d\n%s", r.status, r.stderr)
		}
		if err := json.Unmarshal([]byte(r.stdout), &runs[i]); err != nil {
			t.Fatal(err)
		}
	}
	got := runs[0]
	flags, ok := got["flags"].(map[string]any)
	if !ok {
		t.Fatal("no flags")
	}
	if got["hash"] != runs[1]["hash"] {
		t.Error("with a fixed seed, hashes differ from run to run")
	}
	delete(got, "hash")
	want := map[string]any{
		"argv":         []any{"--always", "more"},
		"warnoptions":  []any{"default", "default::BytesWarning", "error::UserWarning"},
		"xoptions":     map[string]any{"showrefcount": true, "own": "value"},
		"faulthandler": true,
		"tracemalloc":  3.0,
		"errors":       "backslashreplace",
		"name":         "__main__",
		"site":         false,
		"files":        false,
	}
	wantFlags := map[string]any{
		"bytes_warning": 1.0, "debug": 0.0, "dev_mode": true, "dont_write_bytecode": 1.0, "hash_randomization": 1.0,
		"ignore_environment": 1.0, "inspect": 0.0, "int_max_str_digits": 1000.0, "interactive": 0.0, "isolated": 1.0,
		"no_site": 1.0, "no_user_site": 1.0, "optimize": 1.0, "quiet": 0.0, "safe_path": true, "utf8_mode": 1.0, "verbose": 0.0,
		"warn_default_encoding": 0.0,
	}
	if used.minor < 12 {
		wantFlags["int_max_str_digits"] = -1.0 // no option yet
	}
	delete(got, "flags")
	delete(got, "write_through")
	for name := range flags {
		if _, ok := wantFlags[name]; !ok {
			delete(flags, name) // of a newer Python
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantFlags, flags); diff != "" {
		t.Errorf("sys.flags (-want +got):\n%s", diff)
	}
}
