package bill

import (
	"strings"

	"github.com/oxgen/oxgen/internal/pyname"
)

// requirement returns the normalised name of the distribution that a dependency specifier (PEP 508) asks for, "" when it is
// asked for by an extra only. Other markers are taken to hold: what is not needed here is not embedded either.
func requirement(specifier string) string {
	text, marker, _ := strings.Cut(specifier, ";")
	if hasWord(marker, "extra") {
		return ""
	}
	end := strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r))
	})
	if end < 0 {
		end = len(text)
	}
	return normalized(text[:end])
}

// hasWord tells whether a word stands in a marker outside of quotes.
func hasWord(marker, word string) bool {
	quote := rune(0)
	bare := strings.Map(func(r rune) rune {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
			return ' '
		case r == '\'' || r == '"':
			quote = r
			return ' '
		case r == '(' || r == ')' || r == '=' || r == '!' || r == '<' || r == '>' || r == '~':
			return ' '
		}
		return r
	}, marker)
	for _, w := range strings.Fields(bare) {
		if w == word {
			return true
		}
	}
	return false
}

func normalized(name string) string { return pyname.Normalize(strings.TrimSpace(name)) }
