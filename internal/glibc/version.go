package glibc

import (
	"fmt"
	"strings"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/versions"
)

// Needs are the highest symbol versions that something asks for, as numbers: "2.17" for GLIBC_2.17. "" is none.
type Needs struct {
	Glibc   string `json:"glibc,omitempty"`   // GLIBC_…, libc.so.6 and its kin
	GLIBCXX string `json:"glibcxx,omitempty"` // GLIBCXX_…, libstdc++.so.6
	CXXABI  string `json:"cxxabi,omitempty"`  // CXXABI_…, libstdc++.so.6
	GCC     string `json:"gcc,omitempty"`     // GCC_…, libgcc_s.so.1
	Private bool   `json:"private,omitempty"` // GLIBC_PRIVATE: it fits the glibc that it was built with and no other
}

// markers are versions without a number, which say that a glibc has an ability, and the first release that says so
// (glibc, elf/Versions and sysdeps/x86_64/Versions).
var markers = map[string]string{
	"GLIBC_ABI_DT_RELR":       "2.36",
	"GLIBC_ABI_GNU2_TLS":      "2.42",
	"GLIBC_ABI_GNU_TLS":       "2.42",
	"GLIBC_ABI_DT_X86_64_PLT": "2.42",
}

// Add takes a version into account, and ignores those of other libraries.
func (n *Needs) Add(version string) {
	if first, ok := markers[version]; ok {
		raise(&n.Glibc, first)
		return
	}
	family, digits, _ := strings.Cut(version, "_")
	switch {
	case version == "GLIBC_PRIVATE":
		n.Private = true
	case !versions.Valid(digits):
	case family == "GLIBC":
		raise(&n.Glibc, digits)
	case family == "GLIBCXX":
		raise(&n.GLIBCXX, digits)
	case family == "CXXABI":
		raise(&n.CXXABI, digits)
	case family == "GCC":
		raise(&n.GCC, digits)
	}
}

// NeedsOf returns what an object file needs by its symbol versions. Weak ones don't count: the dynamic linker goes on
// without them.
func NeedsOf(list []objfile.Version) Needs {
	var n Needs
	for _, v := range list {
		if !v.Weak {
			n.Add(v.Name)
		}
	}
	return n
}

// Merge takes into account what other needs.
func (n *Needs) Merge(other Needs) {
	raise(&n.Glibc, other.Glibc)
	raise(&n.GLIBCXX, other.GLIBCXX)
	raise(&n.CXXABI, other.CXXABI)
	raise(&n.GCC, other.GCC)
	n.Private = n.Private || other.Private
}

func raise(highest *string, version string) {
	if versions.Compare(version, *highest) > 0 {
		*highest = version
	}
}

// within tells whether limits has all that n needs.
func (n *Needs) within(limits *Needs) bool {
	return versions.Compare(n.Glibc, limits.Glibc) <= 0 && versions.Compare(n.GLIBCXX, limits.GLIBCXX) <= 0 &&
		versions.Compare(n.CXXABI, limits.CXXABI) <= 0 && versions.Compare(n.GCC, limits.GCC) <= 0
}

// String returns the needs as their versions: "GLIBC_2.17 GLIBCXX_3.4.19"; "" for none.
func (n *Needs) String() string {
	var parts []string
	for _, p := range []struct{ family, version string }{{"GLIBC", n.Glibc}, {"GLIBCXX", n.GLIBCXX}, {"CXXABI", n.CXXABI}, {"GCC", n.GCC}} {
		if p.version != "" {
			parts = append(parts, fmt.Sprintf("%s_%s", p.family, p.version))
		}
	}
	if n.Private {
		parts = append(parts, "GLIBC_PRIVATE")
	}
	return strings.Join(parts, " ")
}
