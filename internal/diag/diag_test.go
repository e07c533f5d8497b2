package diag

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrint(t *testing.T) {
	syntax := &Error{File: "app/util.py", Line: 3, Column: 7, Problem: "invalid syntax", Hint: "correct the file"}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"position", syntax, "oxgen: app/util.py:3:7: invalid syntax\n\nhint: correct the file\n"},
		{"line only", &Error{File: "a", Line: 3, Problem: "p"}, "oxgen: a:3: p\n"},
		{"column without line", &Error{File: "a", Column: 7, Problem: "p"}, "oxgen: a: p\n"},
		{"no file", &Error{Problem: "p", Line: 3}, "oxgen: p\n"},
		{"wrapped", fmt.Errorf("compiling: %w", syntax), "oxgen: compiling: app/util.py:3:7: invalid syntax\n\nhint: correct the file\n"},
		{"other errors", errors.New("plain"), "oxgen: plain\n"},
		{
			"joined, each hint once", errors.Join(syntax, errors.Join(errors.New("plain"), &Error{File: "b", Problem: "p", Hint: "correct the file"})),
			"oxgen: app/util.py:3:7: invalid syntax\noxgen: plain\noxgen: b: p\n\nhint: correct the file\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			Print(&b, test.err)
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrintWarning(t *testing.T) {
	var b strings.Builder
	PrintWarning(&b, &Error{File: "a", Problem: "p", Hint: "h"})
	if want := "oxgen: warning: a: p\n\nhint: h\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestErrorfKeepsTheCause(t *testing.T) {
	err := Errorf("a.py", "make it readable", "reading %q: %w", "a.py", fs.ErrPermission)
	if !errors.Is(err, fs.ErrPermission) {
		t.Error("the cause is lost")
	}
	if want := `a.py: reading "a.py": permission denied`; err.Error() != want {
		t.Errorf("got %q, want %q", err.Error(), want)
	}
}
