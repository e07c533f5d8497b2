package pyc

import (
	"unicode"
	"unicode/utf8"
)

// validText reports whether b is UTF-8 in which lone surrogates may stand in their three-byte form, as Python's
// "surrogatepass" writes them.
func validText(b []byte) bool {
	if utf8.Valid(b) {
		return true
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			if !surrogate(b) {
				return false
			}
			n = 3
		}
		b = b[n:]
	}
	return true
}

// surrogate reports whether b starts with a surrogate: ED A0..BF 80..BF.
func surrogate(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xED && b[1]&0xE0 == 0xA0 && b[2]&0xC0 == 0x80
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isName reports whether b consists of ASCII letters, digits and underscores: what CPython interns among constants
// (all_name_chars in Objects/codeobject.c).
func isName(b []byte) bool {
	for _, c := range b {
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// isCharacter reports whether b is one character below U+0100, of which CPython has a single immortal str each.
func isCharacter(b []byte) bool {
	r, n := utf8.DecodeRune(b)
	return n == len(b) && n > 0 && r <= unicode.MaxLatin1
}
