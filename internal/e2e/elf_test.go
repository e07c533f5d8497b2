//go:build linux

package e2e

import (
	"debug/elf"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/target"
)

// The newest versions of glibc whose symbols are used, as GLIBC_2.x: x. With cgo it is the linker that picks them, from the
// glibc of the machine that builds: where libpthread is merged into libc that is 34. Without cgo there are no versions.
// The default libpython is built for much older systems.
const (
	executableGlibc = 34
	libpythonGlibc  = 17
)

// TestExecutableNeeds holds the executable to glibc and to the version of it that the documentation names.
func TestExecutableNeeds(t *testing.T) {
	t.Parallel()
	f, err := elf.Open(hello(t).exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if name := filepath.Base(interpreter(t, f)); !strings.HasPrefix(name, "ld-linux") {
		t.Errorf("dynamic linker is %s, want glibc's", name)
	}
	newest := executableGlibc
	if used.link == "static" {
		newest = 36 // libpython too is of the machine that builds
	}
	wantNeeds(t, f, newest)
}

// TestLibpython holds the libpython that programs carry to glibc.
func TestLibpython(t *testing.T) {
	t.Parallel()
	only(t, "mapped")
	dir, err := dist.DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python, err := (&dist.Store{CacheDir: dir}).Resolve(t.Context(), dist.Want{})
	if err != nil {
		t.Fatal(err)
	}
	platform, err := python.Target(t.Context(), target.Host())
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(platform.Libpython)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	wantNeeds(t, f, libpythonGlibc)
}

// wantNeeds checks that a file needs nothing but parts of glibc, and of those no symbol newer than GLIBC_2.newest.
func wantNeeds(t *testing.T, f *elf.File, newest int) {
	t.Helper()
	libraries, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range libraries {
		if !slices.Contains(libpythonNeeds, name) && !strings.HasPrefix(name, "ld-linux") {
			t.Errorf("needs %s, which is no part of glibc", name)
		}
	}
	if f.SectionByType(elf.SHT_GNU_VERNEED) == nil {
		return // as purego links without cgo: any glibc will do
	}
	needs, err := f.DynamicVersionNeeds()
	if err != nil {
		t.Fatal(err)
	}
	highest := 0
	for _, need := range needs {
		for _, dep := range need.Needs {
			text, ok := strings.CutPrefix(dep.Dep, "GLIBC_2.")
			if !ok {
				t.Errorf("needs the version %s of %s", dep.Dep, need.Name)
				continue
			}
			text, _, _ = strings.Cut(text, ".")
			minor, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			highest = max(highest, minor)
			if minor > newest {
				t.Errorf("needs %s of %s, want at most GLIBC_2.%d", dep.Dep, need.Name, newest)
			}
		}
	}
	t.Logf("highest version: GLIBC_2.%d", highest)
}
