package glibc

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/versions"
)

func TestProvides(t *testing.T) {
	t.Parallel()
	for soname, want := range map[string]bool{
		"libc.so.6": true, "libm.so.6": true, "libpthread.so.0": true, "ld-linux-x86-64.so.2": true, "ld-linux-aarch64.so.1": true,
		"ld.so.1": true, "ld64.so.2": true, "libnss_files.so.2": true, "libmvec.so.1": true, "libc_malloc_debug.so.0": true,
		"libnss_systemd.so.2": false, "libnss_files.so.3": false, "libgcc_s.so.1": false, "libstdc++.so.6": false, "libcrypt.so.1": false,
		"libnsl.so.1": false, "libm.so": false, "libm-2.31.so": false, "ld-musl-x86_64.so.1": false, "libc.musl-x86_64.so.1": false,
		"libldap.so.2": false, "ldap.so.2": false, "ld-linux.so.x": false, "": false,
	} {
		if got := Provides(soname); got != want {
			t.Errorf("Provides(%q) = %v", soname, got)
		}
	}
}

func needs(versions ...string) Needs {
	var n Needs
	for _, v := range versions {
		n.Add(v)
	}
	return n
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ versions, want string }{
		{"", ""},
		{"GLIBC_2.2.5 GLIBC_2.17 GLIBC_2.9", "GLIBC_2.17"},
		{"GLIBCXX_3.4.9 GLIBCXX_3.4.21 CXXABI_1.3 GCC_3.0 GLIBC_2.4", "GLIBC_2.4 GLIBCXX_3.4.21 CXXABI_1.3 GCC_3.0"},
		{"GLIBC_PRIVATE GLIBC_2.4", "GLIBC_2.4 GLIBC_PRIVATE"},
		{"GLIBC_ABI_DT_RELR GLIBC_2.4", "GLIBC_2.36"},
		{"GLIBC_ABI_SOMETHING CXXABI_FLOAT128 CXXABI_TM_1 ZLIB_1.2 OPENSSL_3.0.0 GLIBC_-1 _ GLIBC_", ""},
	} {
		n := needs(strings.Fields(test.versions)...)
		if got := n.String(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.versions, got, test.want)
		}
	}
	n := needs("GLIBC_2.4", "GCC_3.0")
	n.Merge(needs("GLIBC_2.17", "GLIBCXX_3.4", "GLIBC_PRIVATE"))
	if got, want := n.String(), "GLIBC_2.17 GLIBCXX_3.4 GCC_3.0 GLIBC_PRIVATE"; got != want {
		t.Errorf("merged: got %q, want %q", got, want)
	}
}

func TestNeedsOf(t *testing.T) {
	t.Parallel()
	n := NeedsOf([]objfile.Version{
		{Library: "libc.so.6", Name: "GLIBC_2.4"}, {Library: "libc.so.6", Name: "GLIBC_2.36", Weak: true}, {Library: "libm.so.6", Name: "GLIBC_2.29"},
	})
	if got, want := n.String(), "GLIBC_2.29"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOldest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ versions, want string }{
		{"GLIBC_2.2.5", "Debian 8, Ubuntu 14.04, RHEL 6, Fedora 19, openSUSE Leap 42.3, Amazon Linux 1"},
		{"GLIBC_2.17", "Debian 8, Ubuntu 14.04, RHEL 7, Fedora 19, openSUSE Leap 42.3, Amazon Linux 1"},
		{"GLIBC_2.28", "Debian 10, Ubuntu 20.04, RHEL 8, Fedora 29, openSUSE Leap 15.3, Amazon Linux 2023"},
		{"GLIBC_2.34", "Debian 12, Ubuntu 22.04, RHEL 9, Fedora 35, openSUSE Leap 15.6, Amazon Linux 2023"},
		{"GLIBC_2.17 GLIBCXX_3.4.26", "Debian 11, Ubuntu 20.04, RHEL 9, Fedora 30, openSUSE Leap 15.3, Amazon Linux 2023"},
		{"GLIBC_2.17 CXXABI_1.3.15", "Debian 13, Ubuntu 24.04, RHEL 10, Fedora 40, openSUSE Leap 16.0"},
		{"GLIBC_2.99", ""},
	} {
		var names []string
		for _, r := range Oldest(needs(strings.Fields(test.versions)...)) {
			names = append(names, r.String())
		}
		if diff := cmp.Diff(test.want, strings.Join(names, ", ")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.versions, diff)
		}
	}
}

func TestManylinux(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ versions, machine, tag, alias string }{
		{"GLIBC_2.2.5", "x86_64", "manylinux_2_5_x86_64", "manylinux1_x86_64"},
		{"GLIBC_2.12", "x86_64", "manylinux_2_12_x86_64", "manylinux2010_x86_64"},
		{"GLIBC_2.5", "aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"},
		{"GLIBC_2.17 GLIBCXX_3.4.19", "x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"},
		{"GLIBC_2.17 GLIBCXX_3.4.20", "x86_64", "manylinux_2_24_x86_64", ""},
		{"GLIBC_2.25", "x86_64", "manylinux_2_26_x86_64", ""},
		{"GLIBC_2.99", "x86_64", "", ""},
		{"GLIBC_2.4 GLIBC_PRIVATE", "x86_64", "", ""},
	} {
		tag, alias := Manylinux(needs(strings.Fields(test.versions)...), test.machine)
		if tag != test.tag || alias != test.alias {
			t.Errorf("%s on %s: got %q, %q", test.versions, test.machine, tag, alias)
		}
	}
}

func TestManylinuxHas(t *testing.T) {
	t.Parallel()
	for soname, want := range map[string]bool{"libc.so.6": true, "libstdc++.so.6": true, "libz.so.1": true, "libssl.so.3": false, "libexpat.so.1": false} {
		if got := ManylinuxHas(soname); got != want {
			t.Errorf("ManylinuxHas(%q) = %v", soname, got)
		}
	}
}

// TestTables has families in one piece and from old to new, and every GCC known.
func TestTables(t *testing.T) {
	t.Parallel()
	var families []string
	for i, r := range releases {
		if i == 0 || releases[i-1].Family != r.Family {
			families = append(families, r.Family)
		} else if p := releases[i-1]; versions.Compare(p.Glibc, r.Glibc) > 0 || versions.Compare(p.GCC, r.GCC) > 0 {
			t.Errorf("%v does not come after %v", r, p)
		}
		if r.limits().GLIBCXX == "" {
			t.Errorf("%v: GCC %s is not in the table", r, r.GCC)
		}
	}
	if all := slices.Clone(families); len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(families) {
		t.Errorf("a family is in two pieces: %q", families)
	}
	for i := 1; i < len(compilers); i++ {
		a, b := compilers[i-1], compilers[i]
		if versions.Compare(a.gcc, b.gcc) >= 0 || versions.Compare(a.glibcxx, b.glibcxx) >= 0 || versions.Compare(a.cxxabi, b.cxxabi) > 0 || versions.Compare(a.libgcc, b.libgcc) > 0 {
			t.Errorf("GCC %s after %s", b.gcc, a.gcc)
		}
	}
	for i := 1; i < len(profiles); i++ {
		if p := profiles[i-1]; !p.limits.within(&profiles[i].limits) {
			t.Errorf("%s does not allow what %s does", profiles[i].tag, p.tag)
		}
	}
}
