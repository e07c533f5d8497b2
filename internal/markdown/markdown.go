// Package markdown lays out the pages that programs of this repository write.
package markdown

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks a paragraph into lines of at most 120 columns, as far as there are spaces, and ends the last one.
func Wrap(text string) string {
	const width = 120
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch n := utf8.RuneCountInString(word); {
		case column == 0:
			column = n
		case column+1+n > width:
			b.WriteByte('\n')
			column = n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String() + "\n"
}
