package glibc

// A Release is one of a distribution.
type Release struct {
	Family  string // "Debian"
	Version string // "12"
	Glibc   string // "2.36"
	GCC     string // of the libstdc++ and libgcc that it came with first: "12"; updates have raised some
}

// String returns "Debian 12".
func (r Release) String() string { return r.Family + " " + r.Version }

// releases are those of each family from old to new, as of autumn 2026. Sources: the distributions' package lists and
// release notes. Ubuntu's libstdc++ is that of the newest GCC in the release and not that of its default compiler.
var releases = []Release{
	{"Debian", "8", "2.19", "4.9"},
	{"Debian", "9", "2.24", "6"},
	{"Debian", "10", "2.28", "8"},
	{"Debian", "11", "2.31", "10"},
	{"Debian", "12", "2.36", "12"},
	{"Debian", "13", "2.41", "14"},

	{"Ubuntu", "14.04", "2.19", "4.8.3"},
	{"Ubuntu", "16.04", "2.23", "5"},
	{"Ubuntu", "18.04", "2.27", "8"},
	{"Ubuntu", "20.04", "2.31", "10"},
	{"Ubuntu", "22.04", "2.35", "12"},
	{"Ubuntu", "24.04", "2.39", "14"},
	{"Ubuntu", "24.10", "2.40", "14"},
	{"Ubuntu", "25.04", "2.41", "15"},
	{"Ubuntu", "25.10", "2.42", "15"},
	{"Ubuntu", "26.04", "2.43", "16"},

	{"RHEL", "6", "2.12", "4.4.2"},
	{"RHEL", "7", "2.17", "4.8.3"},
	{"RHEL", "8", "2.28", "8"},
	{"RHEL", "9", "2.34", "11"},
	{"RHEL", "10", "2.39", "14"},

	{"Fedora", "19", "2.17", "4.8"},
	{"Fedora", "20", "2.18", "4.8"},
	{"Fedora", "21", "2.20", "4.9"},
	{"Fedora", "22", "2.21", "5"},
	{"Fedora", "23", "2.22", "5"},
	{"Fedora", "24", "2.23", "6"},
	{"Fedora", "25", "2.24", "6"},
	{"Fedora", "26", "2.25", "7"},
	{"Fedora", "27", "2.26", "7"},
	{"Fedora", "28", "2.27", "8"},
	{"Fedora", "29", "2.28", "8"},
	{"Fedora", "30", "2.29", "9"},
	{"Fedora", "31", "2.30", "9.2"},
	{"Fedora", "32", "2.31", "10"},
	{"Fedora", "33", "2.32", "10"},
	{"Fedora", "34", "2.33", "11"},
	{"Fedora", "35", "2.34", "11"},
	{"Fedora", "36", "2.35", "12"},
	{"Fedora", "37", "2.36", "12"},
	{"Fedora", "38", "2.37", "13"},
	{"Fedora", "39", "2.38", "13.2"},
	{"Fedora", "40", "2.39", "14"},
	{"Fedora", "41", "2.40", "14"},
	{"Fedora", "42", "2.41", "15"},
	{"Fedora", "43", "2.42", "15"},
	{"Fedora", "44", "2.43", "16"},

	{"openSUSE Leap", "42.3", "2.22", "6"},
	{"openSUSE Leap", "15.0", "2.26", "7"},
	{"openSUSE Leap", "15.3", "2.31", "10"},
	{"openSUSE Leap", "15.5", "2.31", "12"},
	{"openSUSE Leap", "15.6", "2.38", "13"},
	{"openSUSE Leap", "16.0", "2.40", "14"},

	{"Amazon Linux", "1", "2.17", "4.8.3"},
	{"Amazon Linux", "2", "2.26", "7"},
	{"Amazon Linux", "2023", "2.34", "11"},
}

// compilers are the versions of GCC's libraries (libstdc++ manual, "ABI Policy and Guidelines"; libgcc-std.ver),
// from old to new. GCC_ versions are those of x86_64.
var compilers = []struct{ gcc, glibcxx, cxxabi, libgcc string }{
	{"4.4.2", "3.4.13", "1.3.3", "4.3.0"},
	{"4.8", "3.4.18", "1.3.7", "4.8.0"},
	{"4.8.3", "3.4.19", "1.3.7", "4.8.0"},
	{"4.9", "3.4.20", "1.3.8", "4.8.0"},
	{"5", "3.4.21", "1.3.9", "4.8.0"},
	{"6", "3.4.22", "1.3.10", "4.8.0"},
	{"7", "3.4.23", "1.3.11", "7.0.0"},
	{"8", "3.4.25", "1.3.11", "7.0.0"},
	{"9", "3.4.26", "1.3.12", "7.0.0"},
	{"9.2", "3.4.27", "1.3.12", "7.0.0"},
	{"10", "3.4.28", "1.3.12", "7.0.0"},
	{"11", "3.4.29", "1.3.13", "7.0.0"},
	{"12", "3.4.30", "1.3.13", "12.0.0"},
	{"13", "3.4.31", "1.3.14", "13.0.0"},
	{"13.2", "3.4.32", "1.3.14", "13.0.0"},
	{"14", "3.4.33", "1.3.15", "14.0.0"},
	{"15", "3.4.34", "1.3.16", "14.0.0"},
	{"16", "3.4.35", "1.3.17", "14.0.0"},
}

// limits returns the versions that the release has.
func (r Release) limits() *Needs {
	n := &Needs{Glibc: r.Glibc}
	for _, c := range compilers {
		if c.gcc == r.GCC {
			n.GLIBCXX, n.CXXABI, n.GCC = c.glibcxx, c.cxxabi, c.libgcc
		}
	}
	return n
}

// Oldest returns for each family the oldest known release that has what n needs, in the order Debian, Ubuntu, RHEL,
// Fedora, openSUSE Leap, Amazon Linux. A family of which no known release is new enough is left out.
func Oldest(n Needs) []Release {
	var oldest []Release
	for _, r := range releases {
		if (len(oldest) == 0 || oldest[len(oldest)-1].Family != r.Family) && n.within(r.limits()) {
			oldest = append(oldest, r)
		}
	}
	return oldest
}

// A profile is the highest versions that a manylinux tag allows on x86_64. Source: auditwheel's manylinux-policy.json of
// August 2026; PEP 600 defines a tag by its glibc alone, and leaves the rest to auditwheel.
type profile struct {
	tag, alias string
	limits     Needs
}

var profiles = []profile{
	{"manylinux_2_5", "manylinux1", Needs{Glibc: "2.5", GLIBCXX: "3.4.8", CXXABI: "1.3.1", GCC: "4.2.0"}},
	{"manylinux_2_12", "manylinux2010", Needs{Glibc: "2.12", GLIBCXX: "3.4.13", CXXABI: "1.3.3", GCC: "4.3.0"}},
	{"manylinux_2_17", "manylinux2014", Needs{Glibc: "2.17", GLIBCXX: "3.4.19", CXXABI: "1.3.7", GCC: "4.8.0"}},
	{"manylinux_2_24", "", Needs{Glibc: "2.24", GLIBCXX: "3.4.22", CXXABI: "1.3.10", GCC: "4.8.0"}},
	{"manylinux_2_26", "", Needs{Glibc: "2.26", GLIBCXX: "3.4.22", CXXABI: "1.3.10", GCC: "4.8.0"}},
	{"manylinux_2_27", "", Needs{Glibc: "2.27", GLIBCXX: "3.4.24", CXXABI: "1.3.11", GCC: "7.0.0"}},
	{"manylinux_2_28", "", Needs{Glibc: "2.28", GLIBCXX: "3.4.24", CXXABI: "1.3.11", GCC: "7.0.0"}},
	{"manylinux_2_31", "", Needs{Glibc: "2.31", GLIBCXX: "3.4.28", CXXABI: "1.3.12", GCC: "7.0.0"}},
	{"manylinux_2_34", "", Needs{Glibc: "2.34", GLIBCXX: "3.4.29", CXXABI: "1.3.13", GCC: "7.0.0"}},
	{"manylinux_2_35", "", Needs{Glibc: "2.35", GLIBCXX: "3.4.30", CXXABI: "1.3.13", GCC: "12.0.0"}},
	{"manylinux_2_36", "", Needs{Glibc: "2.36", GLIBCXX: "3.4.30", CXXABI: "1.3.13", GCC: "12.0.0"}},
	{"manylinux_2_38", "", Needs{Glibc: "2.38", GLIBCXX: "3.4.30", CXXABI: "1.3.13", GCC: "12.0.0"}},
	{"manylinux_2_39", "", Needs{Glibc: "2.39", GLIBCXX: "3.4.33", CXXABI: "1.3.15", GCC: "14.0.0"}},
	{"manylinux_2_40", "", Needs{Glibc: "2.40", GLIBCXX: "3.4.33", CXXABI: "1.3.15", GCC: "14.0.0"}},
	{"manylinux_2_41", "", Needs{Glibc: "2.41", GLIBCXX: "3.4.33", CXXABI: "1.3.15", GCC: "14.0.0"}},
}

// Manylinux returns the tag of the oldest systems that a wheel which needs n installs on, for a machine as uname names it,
// and its old name: "manylinux_2_17_x86_64", "manylinux2014_x86_64"; "" for none. Only symbol versions are looked at: what
// else a wheel links with has to be in it.
func Manylinux(n Needs, machine string) (tag, alias string) {
	if n.Private {
		return "", ""
	}
	for _, p := range profiles {
		if p.alias != "" && p.alias != "manylinux2014" && machine != "x86_64" {
			continue // PEP 513 and PEP 571 are for x86
		}
		if n.within(&p.limits) {
			if p.alias != "" {
				alias = p.alias + "_" + machine
			}
			return p.tag + "_" + machine, alias
		}
	}
	return "", ""
}

// allowed are the libraries outside of glibc that a manylinux wheel may take from the system (auditwheel, as above; those
// that all its tags have in common).
var allowed = map[string]bool{
	"libGL.so.1":          true,
	"libICE.so.6":         true,
	"libSM.so.6":          true,
	"libX11.so.6":         true,
	"libXext.so.6":        true,
	"libXrender.so.1":     true,
	"libatomic.so.1":      true,
	"libgcc_s.so.1":       true,
	"libglib-2.0.so.0":    true,
	"libgobject-2.0.so.0": true,
	"libgthread-2.0.so.0": true,
	"libnsl.so.1":         true,
	"libstdc++.so.6":      true,
	"libz.so.1":           true,
}

// ManylinuxHas tells whether a wheel with a manylinux tag may need a library without holding it.
func ManylinuxHas(soname string) bool { return Provides(soname) || allowed[soname] }
