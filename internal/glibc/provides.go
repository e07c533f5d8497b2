// Package glibc knows what a GNU/Linux system brings: the libraries of the C library, and which releases of which
// distributions have which versions of it and of GCC's libraries.
package glibc

import (
	"maps"
	"slices"
	"strings"
)

// provided are the sonames of glibc's shlib-versions, for the architectures that oxgen builds for. Those of plug-ins
// (libnss_*) and of dynamic linkers are recognised by their form.
var provided = map[string]bool{
	"libBrokenLocale.so.1":   true,
	"libSegFault.so":         true, // until 2.34
	"libanl.so.1":            true,
	"libc.so.6":              true,
	"libc_malloc_debug.so.0": true, // since 2.34
	"libdl.so.2":             true,
	"libm.so.6":              true,
	"libmemusage.so":         true,
	"libmvec.so.1":           true,
	"libpcprofile.so":        true,
	"libpthread.so.0":        true,
	"libresolv.so.2":         true,
	"librt.so.1":             true,
	"libthread_db.so.1":      true,
	"libutil.so.1":           true,
}

// Provides tells whether every system with glibc has the library of this SONAME, because glibc's package holds it. Not
// among them are libgcc_s and libstdc++, which are GCC's, libcrypt, which glibc has given up, and libnsl.so.1, which Fedora
// and RHEL have in a package that is not installed by default.
func Provides(soname string) bool {
	return provided[soname] || strings.HasPrefix(soname, "libnss_") && strings.HasSuffix(soname, ".so.2") && bareNSS(soname) ||
		IsLinker(soname)
}

// bareNSS tells glibc's own name services from those of others, such as libnss_systemd.so.2.
func bareNSS(soname string) bool {
	switch strings.TrimSuffix(strings.TrimPrefix(soname, "libnss_"), ".so.2") {
	case "compat", "db", "dns", "files", "hesiod":
		return true
	}
	return false
}

// IsLinker tells whether a name, without directory, is that of glibc's dynamic linker for some architecture:
// ld-linux-x86-64.so.2, ld-linux-aarch64.so.1, ld64.so.2, ld.so.1 …; musl's is libc.musl-*.so.1 or ld-musl-*.so.1.
func IsLinker(name string) bool {
	rest, ok := strings.CutPrefix(name, "ld")
	if !ok || strings.HasPrefix(rest, "-musl") {
		return false
	}
	rest, version, ok := strings.Cut(rest, ".so.")
	return ok && (rest == "" || rest == "64" || strings.HasPrefix(rest, "-linux")) && version != "" && strings.Trim(version, "0123456789") == ""
}

// Libraries returns the names of the libraries that Provides knows by name, sorted. A system need not have all of them.
func Libraries() []string { return slices.Sorted(maps.Keys(provided)) }
