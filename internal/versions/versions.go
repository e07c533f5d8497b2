// Package versions compares version numbers that are numbers and dots.
package versions

import (
	"cmp"
	"strconv"
	"strings"
)

// Compare compares two version numbers, "2.17" and "2.2.5", number by number. "" is below all, and so is what has no
// number where the other has one.
func Compare(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := cmp.Compare(number(x), number(y)); c != 0 {
			return c
		}
	}
	return 0
}

// number returns the value of digits, -1 for what has none: "GLIBC_PRIVATE" and "" are below every version.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Valid tells whether s is a version number, "2.17".
func Valid(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if number(part) < 0 {
			return false
		}
	}
	return true
}
