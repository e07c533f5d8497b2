package main

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A listing prints rows in aligned columns.
type listing struct {
	out *bufio.Writer
	tab *tabwriter.Writer
}

func newListing(w io.Writer) *listing {
	l := &listing{out: bufio.NewWriter(w)}
	l.tab = tabwriter.NewWriter(l.out, 0, 8, 2, ' ', tabwriter.StripEscape)
	return l
}

// row prints one row. A cell that would break the line or the columns is quoted as in Go; an empty one, which programs
// that split at blanks would lose, becomes "-".
func (l *listing) row(cells ...string) {
	for i, c := range cells {
		switch {
		case c == "":
			cells[i] = "-"
		case strings.ContainsFunc(c, func(r rune) bool { return !strconv.IsPrint(r) }):
			cells[i] = strconv.Quote(c)
		}
	}
	_, _ = l.tab.Write([]byte(strings.Join(cells, "\t") + "\n")) // flush returns the error
}

// section ends the columns; those of the next rows are aligned anew, below an empty line.
func (l *listing) section() {
	_ = l.tab.Flush() // flush returns the error
	_, _ = l.out.WriteString("\n")
}

// flush returns the first error of all that was printed.
func (l *listing) flush() error {
	if err := l.tab.Flush(); err != nil {
		return err
	}
	return l.out.Flush()
}

// printJSON prints v as one indented document.
func printJSON(w io.Writer, v any) error {
	out := bufio.NewWriter(w)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return out.Flush()
}
