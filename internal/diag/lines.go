package diag

import "slices"

// Lines tells lines and columns of a text. The zero Lines is that of the empty text.
type Lines struct {
	text   []byte
	starts []int // byte offset of each line, once a position was asked for
}

// LinesOf returns the Lines of a text, which must not change.
func LinesOf(text []byte) Lines { return Lines{text: text} }

// Position returns line and column, in bytes and from 1, of a byte offset.
func (l *Lines) Position(at int) (line, column int) {
	if l.starts == nil {
		l.starts = []int{0}
		for i, c := range l.text {
			if c == '\n' {
				l.starts = append(l.starts, i+1)
			}
		}
	}
	line, found := slices.BinarySearch(l.starts, at)
	if found {
		line++
	}
	return line, at - l.starts[line-1] + 1
}
