package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
)

func TestLevels(t *testing.T) {
	t.Parallel()
	const warning = "oxgen: warning: a.py:3: odd\n\nhint: mend it\n"
	for _, test := range []struct {
		name           string
		quiet, verbose bool
		want           string
	}{
		{name: "quiet", quiet: true, want: warning},
		{name: "normal", want: "info 1\n" + warning},
		{name: "verbose", verbose: true, want: "info 1\ndetail 2\n" + warning},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			c := &Console{Err: &out, Quiet: test.quiet, Verbose: test.verbose}
			c.Infof("info %d", 1)
			c.Detailf("detail %d", 2)
			c.Warn(&diag.Error{File: "a.py", Line: 3, Problem: "odd", Hint: "mend it", Err: errors.New("odd")})
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Where there is no terminal a stage is named once, and only if it takes its time.
func TestProgressWithoutTerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		quiet, verbose bool
		want           string
	}{
		{name: "quiet", quiet: true},
		{name: "normal", want: "slow\n"},
		{name: "verbose", verbose: true, want: "quick\nslow\nquick\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			now := time.Unix(0, 0)
			c := &Console{Err: &out, Quiet: test.quiet, Verbose: test.verbose, Patience: time.Minute, now: func() time.Time { return now }}
			c.Progress("quick", 0, 2)
			c.Progress("quick", 1, 2)
			for i := range int64(5) {
				c.Progress("slow", i, 0)
				now = now.Add(time.Minute / 2)
			}
			c.Progress("quick", 0, 2)
			c.Done()
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// On a terminal a bar is drawn, and it is gone before anything else is printed.
func TestBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := &Console{Err: &out, tty: true}
	c.Progress("fetching", 0, 0)
	c.Progress("fetching", 5, 0)
	c.Progress("compiling", 0, 4)
	c.Progress("compiling", 4, 4)
	c.Progress("compiling", 9, 4) // more than the total is no harm
	c.Infof("message")
	c.Progress("linking", 1, 2)
	c.Done()
	for _, stage := range []string{"fetching", "compiling", "linking"} {
		if !strings.Contains(out.String(), stage) {
			t.Errorf("no bar for %q", stage)
		}
	}
	if diff := cmp.Diff([]string{"message", ""}, screen(out.String())); diff != "" {
		t.Errorf("left on the terminal (-want +got)\n%s", diff)
	}
}

// screen returns the lines that a terminal shows after the text was printed, without blanks at their ends.
func screen(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		var shown []rune
		for part := range strings.SplitSeq(line, "\r") {
			over := []rune(part)
			shown = append(over, shown[min(len(over), len(shown)):]...)
		}
		lines = append(lines, strings.TrimRight(string(shown), " "))
	}
	return lines
}
