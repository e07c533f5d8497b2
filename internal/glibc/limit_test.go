package glibc

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/objfile/objfiletest"
)

func TestLimitOf(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]Needs{
		"2.17": {Glibc: "2.17", GLIBCXX: "3.4.19", CXXABI: "1.3.7", GCC: "4.8.0"}, // manylinux2014, though Fedora 19 has less
		"2.28": {Glibc: "2.28", GLIBCXX: "3.4.25", CXXABI: "1.3.11", GCC: "7.0.0"},
		"2.36": {Glibc: "2.36", GLIBCXX: "3.4.30", CXXABI: "1.3.13", GCC: "12.0.0"},
		"2.99": {Glibc: "2.99"},
	} {
		if diff := cmp.Diff(want, LimitOf(version).Needs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

func TestAbove(t *testing.T) {
	t.Parallel()
	x := objfiletest.ELF{Needed: []string{"libc.so.6", "libstdc++.so.6", "libown.so"}, Versions: []objfiletest.Version{
		{Library: "libc.so.6", Name: "GLIBC_2.4"},
		{Library: "libc.so.6", Name: "GLIBC_2.34"},
		{Library: "libc.so.6", Name: "GLIBC_2.9", Weak: true},
		{Library: "libc.so.6", Name: "GLIBC_ABI_DT_RELR"},
		{Library: "libstdc++.so.6", Name: "GLIBCXX_3.4.30"},
		{Library: "libown.so", Name: "OWN_99"},
	}, Imports: []string{"dlopen@GLIBC_2.34", "abs@GLIBC_2.34", "free@GLIBC_2.4", "_Znwm@GLIBCXX_3.4.30"}}
	f, err := objfile.Read("x.so", bytes.NewReader(x.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	glibc := []Excess{{Version: "GLIBC_ABI_DT_RELR"}, {Version: "GLIBC_2.34", Symbols: []string{"abs", "dlopen"}}}
	cxx := Excess{Version: "GLIBCXX_3.4.30", Symbols: []string{"_Znwm"}, Since: "12"}
	if diff := cmp.Diff(append(glibc, cxx), LimitOf("2.28").Above(f, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(glibc, LimitOf("2.28").Above(f, func(library string) bool { return library == "libstdc++.so.6" })); diff != "" {
		t.Errorf("without libstdc++ (-want +got):\n%s", diff)
	}
	if got := LimitOf("2.36").Above(f, nil); got != nil {
		t.Errorf("above 2.36: %v", got)
	}
}

func TestTagsWithin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version, machine string
		want             []string
	}{
		{"2.28", "x86_64", []string{"manylinux_2_28_x86_64"}},
		{"2.30", "aarch64", []string{"manylinux_2_28_aarch64"}},
		{"2.17", "aarch64", []string{"manylinux_2_17_aarch64", "manylinux2014_aarch64"}},
		{"2.12", "aarch64", nil},
		{"2.12", "x86_64", []string{"manylinux_2_12_x86_64", "manylinux2010_x86_64"}},
		{"2.1", "x86_64", nil},
	} {
		if diff := cmp.Diff(test.want, LimitOf(test.version).TagsWithin(test.machine)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.version, test.machine, diff)
		}
	}
}
