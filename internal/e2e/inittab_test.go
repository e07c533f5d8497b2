//go:build linux

package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/objfile"
)

// TestBuiltinModules compares what is read off a libpython with what its interpreter says, for every Python that there is.
func TestBuiltinModules(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"3.14", "3.11", "3.10"} {
		out, err := oxgen(t.Context(), "--quiet", "python", "info", "--json", spec)
		if err != nil {
			t.Fatal(err, out)
		}
		var info struct {
			Libpython      string   `json:"libpython"`
			BuiltinModules []string `json:"builtin_modules"`
		}
		if err := json.Unmarshal([]byte(out), &info); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(info.Libpython)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got, err := objfile.BuiltinModules(f)
		slices.Sort(info.BuiltinModules) // which may have one twice
		info.BuiltinModules = slices.Compact(info.BuiltinModules)
		if diff := cmp.Diff(info.BuiltinModules, got); diff != "" || err != nil {
			t.Errorf("%s: error %v, (-interpreter +libpython)\n%s", spec, err, diff)
		}
	}
}
