// Package pyname knows Python's names: identifiers, keywords, dotted module names, normalised distribution names and
// references to objects. It works on text alone.
package pyname

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keywords are the words that the grammar keeps (Lib/keyword.py, kwlist; the same from 3.7 on), sorted.
// Soft keywords such as match are ordinary names.
var keywords = []string{
	"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
	"else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
	"pass", "raise", "return", "try", "while", "with", "yield",
}

// IsKeyword says whether s is a keyword, so that no import statement can name it.
func IsKeyword(s string) bool {
	_, found := slices.BinarySearch(keywords, s)
	return found
}

// IsIdentifier says what str.isidentifier says: keywords are identifiers too. It follows PEP 3131 and the Unicode
// tables of Go; a name is not brought into normal form NFKC first, so a handful of compatibility characters differ.
func IsIdentifier(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	for i, c := range s {
		if !isStart(c) && (i == 0 || !isContinue(c)) {
			return false
		}
	}
	return true
}

// isStart is XID_Start and the underscore (UAX 31).
func isStart(c rune) bool {
	return c == '_' || unicode.IsLetter(c) || unicode.Is(unicode.Nl, c) || unicode.Is(unicode.Other_ID_Start, c)
}

// isContinue is what XID_Continue adds to isStart.
func isContinue(c rune) bool {
	return unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}

// IsModule says whether s is a dotted name whose parts are all identifiers and no keywords: what stands after import.
func IsModule(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !IsIdentifier(part) || IsKeyword(part) {
			return false
		}
	}
	return true
}
