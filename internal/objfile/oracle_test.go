package objfile_test

import (
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oxgen/oxgen/internal/objfile"
)

// TestAgainstDebugELF reads libraries of this machine, and compares with what debug/elf finds by their sections.
func TestAgainstDebugELF(t *testing.T) {
	t.Parallel()
	var names []string
	for _, pattern := range []string{"/lib/*-linux-gnu/*.so*", "/lib64/*.so*", "/usr/lib/*.so*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	compared := 0
	for _, name := range names {
		oracle, err := elf.Open(name)
		if err != nil || compared == 60 {
			continue // a linker script
		}
		defer oracle.Close()
		compareWith(t, name, oracle)
		compared++
	}
	if compared == 0 {
		t.Skip("no ELF libraries here")
	}
}

func compareWith(t *testing.T, name string, oracle *elf.File) {
	t.Helper()
	r, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := objfile.Read(name, r)
	if err != nil {
		t.Error(err)
		return
	}
	needed, err := oracle.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	soname := ""
	if list, err := oracle.DynString(elf.DT_SONAME); err == nil && len(list) > 0 {
		soname = list[0]
	}
	versions, _ := oracle.DynamicVersionNeeds() // an error where there are none
	var wantVersions, gotVersions []string
	for _, library := range versions {
		for _, v := range library.Needs {
			wantVersions = append(wantVersions, library.Name+" "+v.Dep)
		}
	}
	slices.Sort(wantVersions)
	for _, v := range f.Versions {
		gotVersions = append(gotVersions, v.Library+" "+v.Name)
	}
	slices.Sort(gotVersions)
	symbols, _ := oracle.ImportedSymbols() // as above
	var missing []string
	for _, s := range symbols {
		if !f.Imports(s.Name) {
			missing = append(missing, s.Name)
		}
	}
	for _, part := range []struct {
		what      string
		want, got []string
	}{
		{"needed", needed, f.Needed},
		{"SONAME", []string{soname}, []string{f.SOName}},
		{"versions", wantVersions, gotVersions},
		{"symbols that were not found", nil, missing},
	} {
		if diff := cmp.Diff(part.want, part.got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s (-want +got)\n%s", name, part.what, diff)
		}
	}
}
