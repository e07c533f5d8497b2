package pagewriter

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"testing"
)

type job struct{ err error }

func (j job) Write(_ context.Context, log io.Writer) error {
	_, _ = io.WriteString(log, "at work\n")
	return j.err
}

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		parsed  error
		job     job
		status  int
		printed string
	}{
		{"done", nil, job{}, 0, "at work\n"},
		{"fails", nil, job{errors.New("no room")}, 1, "at work\nwriter: no room\n"},
		{"wrong arguments", errors.New("said"), job{}, 2, ""},
		{"help", flag.ErrHelp, job{}, 0, ""},
	}
	for _, tt := range tests {
		var stderr bytes.Buffer
		status := Run("writer", nil, &stderr, func([]string, io.Writer) (job, error) { return tt.job, tt.parsed })
		if status != tt.status || stderr.String() != tt.printed {
			t.Errorf("%s: status %d, printed %q, want %d and %q", tt.name, status, &stderr, tt.status, tt.printed)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := Check(filepath.Join(t.TempDir(), "page.md")); err != nil {
		t.Error(err)
	}
	if err := Check(filepath.Join(t.TempDir(), "none", "page.md")); err == nil {
		t.Error("no error for a directory that does not exist")
	}
}
