package pyname

import (
	"strings"
)

// Normalize returns the name of a distribution as PEP 503 compares it: lower case, and one dash for each run of dashes,
// dots and underscores.
func Normalize(name string) string {
	var b strings.Builder
	run := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '-' || c == '_' || c == '.':
			if !run {
				b.WriteByte('-')
			}
			run = true
			continue
		case 'A' <= c && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		default:
			b.WriteByte(c)
		}
		run = false
	}
	return b.String()
}

// IsDistribution says whether name is a valid distribution name (packaging.python.org, "Names and normalization"):
// ASCII letters, digits, dots, dashes and underscores, with a letter or digit at both ends.
func IsDistribution(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-' || c == '_' || c == '.':
			if i == 0 || i == len(name)-1 {
				return false
			}
		default:
			return false
		}
	}
	return name != ""
}
