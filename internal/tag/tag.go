// Package tag says which wheels a target takes, and which of several it takes best (PEP 425, PEP 600; packaging.python.org,
// "Platform compatibility tags").
//
// The list of a target is that of pip's library packaging, in its order, for CPython with its lock: neither for the
// free-threaded one, whose wheels have the ABI tag cp314t, nor for musl, whose wheels have the platform tag musllinux.
package tag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// A Tag is what a wheel's file name says of where it runs.
type Tag struct {
	Python   string // "cp314", "py3"
	ABI      string // "cp314", "abi3", "none"
	Platform string // "manylinux_2_17_x86_64", "any"
}

// String returns "cp314-abi3-manylinux_2_17_x86_64".
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// Parse reads the tags that a compressed set stands for, in the order of the sets: "py2.py3-none-any".
func Parse(s string) ([]Tag, error) {
	parts := strings.Split(strings.ToLower(s), "-")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is not of the form PYTHON-ABI-PLATFORM", s)
	}
	for _, set := range parts {
		for tag := range strings.SplitSeq(set, ".") {
			if !valid(tag) {
				return nil, fmt.Errorf("%q is not a tag", tag)
			}
		}
	}
	return Expand(strings.Split(parts[0], "."), strings.Split(parts[1], "."), strings.Split(parts[2], ".")), nil
}

// valid tells whether s consists of ASCII letters, digits and underscores.
func valid(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// Expand returns each combination of the tags, in small letters.
func Expand(pythons, abis, platforms []string) []Tag {
	var tags []Tag
	for _, python := range pythons {
		for _, abi := range abis {
			for _, platform := range platforms {
				tags = append(tags, Tag{strings.ToLower(python), strings.ToLower(abi), strings.ToLower(platform)})
			}
		}
	}
	return tags
}

// A List is the tags that a target takes, from the best to the last.
type List struct {
	tags []Tag
	rank map[Tag]int

	python    string // "cp314"
	on        string // "Python 3.14 on linux/amd64"
	platforms string // "manylinux_2_44_x86_64 and older, or linux_x86_64"
}

// Tags returns the tags from the best to the last.
func (l *List) Tags() []Tag { return slices.Clone(l.tags) }

// Rank returns the place in the list of the best of the tags, from 0, which is the best there is; ok is false when the
// target takes none of them.
func (l *List) Rank(tags []Tag) (rank int, ok bool) {
	rank = len(l.tags)
	for _, t := range tags {
		if r, found := l.rank[t]; found {
			rank = min(rank, r)
		}
	}
	return rank, rank < len(l.tags)
}

// Limits say what the machines of a target have. Zero fields stand for the newest that is known, as these machines are
// unknown when the program is made.
type Limits struct {
	Glibc string // "2.28": wheels for a newer glibc don't fit
	MacOS string // "14" or "10.15": wheels for a newer macOS don't fit
}

// The newest that are known, as of autumn 2026.
const (
	newestGlibc = 44 // 2.44
	newestMacOS = 27
)

// For returns the tags that CPython of a version, "3.14.6" or "3.14", takes on a target. The error says that the version is
// none, or the target unknown.
func For(python string, t target.Target, limits Limits) (*List, error) {
	minor, err := minorOf(python)
	if err != nil {
		return nil, err
	}
	platforms, err := platformsOf(t, limits)
	if err != nil {
		return nil, err
	}
	cp := "cp3" + strconv.Itoa(minor)
	l := &List{
		rank: map[Tag]int{}, python: cp, platforms: summary(t, platforms),
		on: fmt.Sprintf("Python 3.%d on %s", minor, t),
	}
	for _, abi := range []string{cp, "abi3", "none"} {
		l.add(cp, abi, platforms...)
	}
	for m := minor - 1; m >= 2; m-- { // the limited API began with 3.2
		l.add("cp3"+strconv.Itoa(m), "abi3", platforms...)
	}
	generic := []string{"py3" + strconv.Itoa(minor), "py3"}
	for m := minor - 1; m >= 0; m-- {
		generic = append(generic, "py3"+strconv.Itoa(m))
	}
	for _, py := range generic {
		l.add(py, "none", platforms...)
	}
	l.add(cp, "none", "any")
	for _, py := range generic {
		l.add(py, "none", "any")
	}
	return l, nil
}

// Python returns the tag of the interpreter: "cp314".
func (l *List) Python() string { return l.python }

// Target returns what the list is for: "Python 3.14 on linux/amd64".
func (l *List) Target() string { return l.on }

// Misfit says why none of the tags fits, and which would.
func (l *List) Misfit(tags []Tag) string {
	why := ""
	for _, t := range tags {
		switch {
		case strings.HasPrefix(t.Platform, "musllinux_"):
			why = "; musllinux is for systems with musl instead of glibc"
		case t.ABI == l.python+"t" || t.ABI == "abi3t":
			why = "; " + t.ABI + " is for the free-threaded build of Python"
		}
	}
	return fmt.Sprintf("%s does not fit %s, which takes %[3]s-%[3]s, %[3]s-abi3 or older, and py3-none for %s, and py3-none-any%s",
		shorten(tags), l.on, l.python, l.platforms, why)
}

// shorten names a few tags.
func shorten(tags []Tag) string {
	const most = 3
	var names []string
	for _, t := range tags[:min(len(tags), most)] {
		names = append(names, t.String())
	}
	text := strings.Join(names, ", ")
	if more := len(tags) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (l *List) add(python, abi string, platforms ...string) {
	for _, p := range platforms {
		t := Tag{python, abi, p}
		l.rank[t] = len(l.tags)
		l.tags = append(l.tags, t)
	}
}

func minorOf(python string) (int, error) {
	major, rest, _ := strings.Cut(python, ".")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	minor, err := strconv.ParseUint(rest[:end], 10, 8)
	if major != "3" || err != nil {
		return 0, fmt.Errorf("%q is not a version of Python 3", python)
	}
	return int(minor), nil
}
