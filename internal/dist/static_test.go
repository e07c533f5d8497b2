package dist

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/target"
)

// TestStatic takes an interpreter that has a static library only, which is enough for who wants no other.
func TestStatic(t *testing.T) {
	t.Parallel()
	interpreter, a := fakePython(t, "3.12.1", 0x030c01f0)
	remove(t, a.Prefix, layoutOf(target.Host().GOOS, a.Version).libpython[0])
	a.Library, a.Libpl = "libpython3.12.a", filepath.Join(a.Stdlib, "config")
	a.Link = "-L/opt/lib -Wl,-rpath,/opt/lib -lz -lexpat  -lz -pthread -ldl -framework CoreFoundation -lm"
	a.Include, a.PlatInclude = "/opt/include", "/opt/include"
	put(t, a.Stdlib, "config/libpython3.12.a", "")
	store := newStage(t, asRole(t, a))
	if _, err := store.Resolve(t.Context(), Want{Flag: interpreter}); err == nil {
		t.Error("an interpreter without a shared library is taken by who does not ask for a static one")
	}
	d, err := store.Resolve(t.Context(), Want{Flag: interpreter, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	want := &Static{
		Archive:   filepath.Join(a.Libpl, "libpython3.12.a"),
		Name:      "libpython3.12.a",
		Minor:     "3.12",
		Libraries: []string{"z", "expat", "pthread", "dl", "m"},
		Dirs:      []string{"/opt/lib"},
		Include:   []string{"/opt/include"},
	}
	if diff := cmp.Diff(want, d.Static()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	remove(t, a.Libpl, "libpython3.12.a")
	if got := d.Static().Archive; got != "" {
		t.Errorf("there is no archive, and %s is it", got)
	}
}
