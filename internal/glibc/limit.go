package glibc

import (
	"cmp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/versions"
)

// A Limit is what the systems to run on have: a glibc, and of GCC's libraries the oldest that any known release with this
// glibc or a newer one came with, or what the manylinux tag for this glibc allows if that is more. A family without a
// version has no limit.
type Limit struct{ Needs }

// LimitOf returns the Limit of a version of glibc, "2.28".
func LimitOf(version string) Limit {
	l := Limit{Needs{Glibc: version}}
	for _, r := range releases {
		if versions.Compare(r.Glibc, version) < 0 {
			continue
		}
		has := r.limits()
		lower(&l.GLIBCXX, has.GLIBCXX)
		lower(&l.CXXABI, has.CXXABI)
		lower(&l.GCC, has.GCC)
	}
	for _, p := range profiles {
		if versions.Compare(p.limits.Glibc, version) <= 0 && l.GLIBCXX != "" { // else no release is known, and nothing said
			l.Merge(p.limits)
		}
	}
	return l
}

func lower(lowest *string, version string) {
	if *lowest == "" || versions.Compare(version, *lowest) < 0 {
		*lowest = version
	}
}

// An Excess is a symbol version that a file needs and that is above a Limit.
type Excess struct {
	Version string   `json:"version"`           // "GLIBC_2.34"
	Symbols []string `json:"symbols,omitempty"` // that the file imports with it, sorted; none for a mere mark
	// Since is the first GCC that has the version, "" for a version of glibc or when no known GCC has it.
	Since string `json:"since_gcc,omitempty"`
}

// Above returns the versions above the limit that a file needs, by family and then ascending. Libraries that come with the
// program don't count: brings tells which; nil is none.
func (l Limit) Above(f *objfile.File, brings func(library string) bool) []Excess {
	symbols := map[string][]string{}
	for _, v := range f.Versions {
		if n := NeedsOf([]objfile.Version{v}); l.exceeded(n) && (brings == nil || !brings(v.Library)) {
			symbols[v.Name] = append(symbols[v.Name], f.SymbolsOf(v)...)
		}
	}
	var all []Excess
	for name, list := range symbols {
		slices.Sort(list)
		all = append(all, Excess{Version: name, Symbols: slices.Compact(list), Since: firstGCC(name)})
	}
	slices.SortFunc(all, func(a, b Excess) int {
		x, y := split(a.Version), split(b.Version)
		return cmp.Or(strings.Compare(x[0], y[0]), versions.Compare(x[1], y[1]), strings.Compare(a.Version, b.Version))
	})
	return all
}

// split returns the family and the digits of a version.
func split(version string) [2]string {
	family, digits, _ := strings.Cut(version, "_")
	return [2]string{family, digits}
}

func (l Limit) exceeded(n Needs) bool {
	for _, p := range [][2]string{{n.Glibc, l.Glibc}, {n.GLIBCXX, l.GLIBCXX}, {n.CXXABI, l.CXXABI}, {n.GCC, l.GCC}} {
		if p[1] != "" && versions.Compare(p[0], p[1]) > 0 {
			return true
		}
	}
	return n.Private
}

// firstGCC returns the first GCC whose libraries have a version, "" when it is none of theirs or none is known.
func firstGCC(version string) string {
	var n Needs
	n.Add(version)
	if n.Glibc != "" || n.Private {
		return ""
	}
	for _, c := range compilers {
		if n.within(&Needs{GLIBCXX: c.glibcxx, CXXABI: c.cxxabi, GCC: c.libgcc}) {
			return c.gcc
		}
	}
	return ""
}

// TagsWithin returns the manylinux tags of wheels that fit the limit, for a machine as uname names it: the newest, and its
// old name if it has one. None when there is no such tag.
func (l Limit) TagsWithin(machine string) []string {
	for _, p := range slices.Backward(profiles) {
		if p.alias != "" && p.alias != "manylinux2014" && machine != "x86_64" || l.exceeded(p.limits) {
			continue
		}
		tags := []string{p.tag + "_" + machine}
		if p.alias != "" {
			tags = append(tags, p.alias+"_"+machine)
		}
		return tags
	}
	return nil
}
