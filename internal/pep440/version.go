// Package pep440 compares the versions of Python distributions, and tells which of them a version specifier takes
// (PEP 440; packaging.python.org, "Version specifiers").
//
// It is checked against packaging, the library that pip uses, over some thousand pairs of a specifier and a version.
package pep440

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// pattern is that of PEP 440, appendix B, with %s for the sign before a local version.
const pattern = `(?i)^v?` +
	`(?:([0-9]+)!)?` + // 1 epoch
	`([0-9]+(?:\.[0-9]+)*)` + // 2 release
	`(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?` + // 3, 4 pre-release
	`(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?` + // 5; 6, 7 post release
	`(?:[-_.]?(dev)[-_.]?([0-9]+)?)?` + // 8, 9 development release
	`(?:%s([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$` // 10 local version

var (
	plain = regexp.MustCompile(fmt.Sprintf(pattern, `\+`))
	// In the names of files that older tools made, the sign before a local version is an underscore.
	escaped = regexp.MustCompile(fmt.Sprintf(pattern, `[+_]`))
)

var preNames = map[string]string{"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}

// A Version is a version that was read. Numbers are digits without leading zeros, of any length. The zero Version is none.
type Version struct {
	epoch   string   // "0" as a rule
	release []string // as many numbers as were written, at least one
	pre     string   // "a", "b" or "rc"; "" for none
	preN    string
	post    string // "" for none
	dev     string // "" for none
	local   []string
}

// Parse reads a version; ok is false for what is none. White space around it does not count.
func Parse(s string) (v Version, ok bool) { return parse(plain, s) }

// ParseEscaped is Parse for the names of files and directories, where the + of a local version may be an underscore.
func ParseEscaped(s string) (v Version, ok bool) { return parse(escaped, s) }

func parse(pattern *regexp.Regexp, s string) (Version, bool) {
	m := pattern.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return Version{}, false
	}
	v := Version{epoch: number(m[1])}
	for n := range strings.SplitSeq(m[2], ".") {
		v.release = append(v.release, number(n))
	}
	if v.pre = m[3]; v.pre != "" {
		if name, found := preNames[v.pre]; found {
			v.pre = name
		}
		v.preN = number(m[4])
	}
	if m[5] != "" || m[6] != "" {
		v.post = number(m[5] + m[7])
	}
	if m[8] != "" {
		v.dev = number(m[9])
	}
	for _, part := range strings.FieldsFunc(m[10], func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if isNumber(part) {
			part = number(part)
		}
		v.local = append(v.local, part)
	}
	return v, true
}

// IsZero tells whether v is none.
func (v Version) IsZero() bool { return v.release == nil }

// IsPrerelease tells whether v is an alpha, beta, candidate or development release.
func (v Version) IsPrerelease() bool { return v.pre != "" || v.dev != "" }

// String returns the normal form: "1.0.post1". The number of zeros at the end of the release stays.
func (v Version) String() string { return v.text(v.release) }

// Canonical returns the one spelling of all versions that PEP 440 holds equal: 1.0.0 is 1.
func (v Version) Canonical() string { return v.text(trimZeros(v.release)) }

func (v Version) text(release []string) string {
	var b strings.Builder
	if v.epoch != "" && v.epoch != "0" {
		b.WriteString(v.epoch + "!")
	}
	b.WriteString(strings.Join(release, "."))
	b.WriteString(v.pre + v.preN)
	if v.post != "" {
		b.WriteString(".post" + v.post)
	}
	if v.dev != "" {
		b.WriteString(".dev" + v.dev)
	}
	if len(v.local) > 0 {
		b.WriteString("+" + strings.Join(v.local, "."))
	}
	return b.String()
}

// Base returns epoch and release alone: "3.15.0" of 3.15.0b1.
func (v Version) Base() string { return v.base().String() }

// public returns v without its local version.
func (v Version) public() Version {
	v.local = nil
	return v
}

// base returns epoch and release alone.
func (v Version) base() Version { return Version{epoch: v.epoch, release: v.release} }

// Compare returns -1, 0 or 1 as v is older than w, the same or newer.
func (v Version) Compare(w Version) int {
	return cmp.Or(
		compareNumbers(v.epoch, w.epoch),
		compareReleases(v.release, w.release),
		cmp.Compare(v.preRank(), w.preRank()), compareNumbers(v.preN, w.preN),
		compareNumbers(v.post, w.post), // none is the oldest
		-cmp.Compare(absence(v.dev), absence(w.dev)), compareNumbers(v.dev, w.dev),
		compareLocals(v.local, w.local),
	)
}

// Compare compares two texts, each of which must be a version.
func Compare(a, b string) int {
	v, _ := ParseEscaped(a)
	w, _ := ParseEscaped(b)
	return v.Compare(w)
}

// Same tells whether two texts are versions and equal.
func Same(a, b string) bool {
	v, okV := ParseEscaped(a)
	w, okW := ParseEscaped(b)
	return okV && okW && v.Compare(w) == 0
}

// preRank orders development releases of a final version, alphas, betas, candidates and the rest.
func (v Version) preRank() int {
	switch {
	case v.pre == "a":
		return 1
	case v.pre == "b":
		return 2
	case v.pre == "rc":
		return 3
	case v.post == "" && v.dev != "":
		return 0
	}
	return 4
}

// absence is 0 for nothing. A development release comes before the release.
func absence(s string) int { return min(len(s), 1) }

func compareReleases(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if c := compareNumbers(at(a, i), at(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

// at returns an element of a release, which has as many zeros as one likes at its end.
func at(release []string, i int) string {
	if i < len(release) {
		return release[i]
	}
	return "0"
}

// compareLocals compares part by part: numbers are above words, and the longer one is above its beginning.
func compareLocals(a, b []string) int {
	for i := range min(len(a), len(b)) {
		x, y := isNumber(a[i]), isNumber(b[i])
		c := strings.Compare(a[i], b[i])
		switch {
		case x && y:
			c = compareNumbers(a[i], b[i])
		case x:
			c = 1
		case y:
			c = -1
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareNumbers compares digits without leading zeros; "" is below 0.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// number drops leading zeros; an absent number is 0.
func number(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

func trimZeros(release []string) []string {
	for len(release) > 1 && release[len(release)-1] == "0" {
		release = release[:len(release)-1]
	}
	return release
}
