// Package diag holds the errors that a user of oxgen can mend.
//
// Such an error names the file, the cause and the mend. It is printed as
//
//	oxgen: app/util.py:3:7: invalid syntax
//
//	hint: correct the file, or leave it out of `sources` in oxgen.toml
//
// Errors without this shape are wrapped with %w, lower case, verb or noun first, once per layer;
// the "oxgen:" prefix is added where they are printed and nowhere else.
package diag

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// An Error is a problem with something that belongs to the user.
type Error struct {
	File    string // what it is about, as the user wrote it: a path, or archive!member; "" if nothing can be named
	Line    int    // from 1; 0 when unknown
	Column  int    // in bytes, from 1; 0 when unknown
	Problem string // what is wrong, lower case, without a final stop
	Hint    string // what to do or type; "" when there is nothing to say
	Err     error  `json:"-"` // the cause, if there is one; its text is not repeated after Problem
}

// Error returns "file:line:col: problem", leaving out the parts that are unknown.
func (e *Error) Error() string {
	return e.position() + e.Problem
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) position() string {
	if e.File == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(e.Line))
		if e.Column > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(e.Column))
		}
	}
	b.WriteString(": ")
	return b.String()
}

// Errorf returns an Error about file whose Problem is the formatted text and whose hint is hint.
// A %w verb sets the cause.
func Errorf(file, hint, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{File: file, Problem: err.Error(), Hint: hint, Err: errors.Unwrap(err)}
}

// Print writes err to w as a person reads it: prefix "oxgen: ", one line for each joined error,
// then, after a blank line, the hints, each once and in the order of the errors.
func Print(w io.Writer, err error) { printTo(w, "oxgen: ", err) }

// PrintWarning writes err to w like Print, as a warning.
func PrintWarning(w io.Writer, err error) { printTo(w, "oxgen: warning: ", err) }

func printTo(w io.Writer, prefix string, err error) {
	var hints []string
	for _, e := range flatten(err) {
		fmt.Fprintf(w, "%s%s\n", prefix, e)
		var d *Error
		if errors.As(e, &d) && d.Hint != "" && !slices.Contains(hints, d.Hint) {
			hints = append(hints, d.Hint)
		}
	}
	if len(hints) > 0 {
		fmt.Fprintln(w)
	}
	for _, h := range hints {
		fmt.Fprintf(w, "hint: %s\n", h)
	}
}

// List returns the errors that are joined in err, in the order in which Print has them. Those without the shape get it.
func List(err error) []*Error {
	var list []*Error
	for _, e := range flatten(err) {
		d := &Error{Problem: e.Error()}
		var shaped *Error
		if errors.As(e, &shaped) {
			d.Hint, d.Err = shaped.Hint, shaped.Err
			if e.Error() == shaped.Error() {
				d = shaped
			}
		}
		list = append(list, d)
	}
	return list
}

// flatten splits what errors.Join joined, depth first.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error }) // only the outermost layer is split
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}
