package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/pyexec"
)

const (
	lineStarted = `{"id": "a", "outcome": "started"}` + "\n"
	linePassed  = `{"id": "a", "outcome": "pass", "reason": ""}` + "\n"
	lineFailed  = `{"id": "b", "outcome": "fail", "reason": "AssertionError: 1 != 2", "trace": "…"}` + "\n"
	lineEnded   = `{"outcome": "ended"}` + "\n"
)

func TestParseResults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		title, text string
		want        outcomes
		running     string
		complete    bool
	}{
		{"nothing", "", outcomes{}, "", false},
		{"one", lineStarted + linePassed + lineEnded, outcomes{"a": {passed, ""}}, "", true},
		{"running", lineFailed + lineStarted, outcomes{"a": {started, ""}, "b": {failed, "AssertionError: 1 != 2"}}, "a", false},
		{"a class in between", lineStarted + lineFailed, outcomes{"a": {started, ""}, "b": {failed, "AssertionError: 1 != 2"}}, "a", false},
	}
	for _, tt := range tests {
		got, running, complete, err := parseResults(strings.NewReader(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.title, err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.title, diff)
		}
		if running != tt.running || complete != tt.complete {
			t.Errorf("%s: running %q, complete %t, want %q, %t", tt.title, running, complete, tt.running, tt.complete)
		}
	}
	if _, _, _, err := parseResults(strings.NewReader("{")); err == nil {
		t.Error("half a line: no error")
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	killed := &pyexec.Failure{Err: errors.New("signal: segmentation fault")}
	slow := &pyexec.Failure{Err: errors.New("exit status 1"), Stderr: "Timeout (0:02:00)!\nThread …"}
	tests := []struct {
		title, text string
		failure     *pyexec.Failure
		want        outcomes
		again       bool
	}{
		{
			"a good end", lineStarted + linePassed + lineEnded, nil,
			outcomes{"a": {passed, ""}, "test_x (process)": {passed, ""}},
			false,
		},
		{"a crash", lineStarted, killed, outcomes{"a": {crashed, "signal: segmentation fault"}}, true},
		{"a hanging test", lineStarted, slow, outcomes{"a": {hung, "took too long"}}, true},
		{"an exit", lineStarted, nil, outcomes{"a": {crashed, "the test ended the process"}}, true},
		{
			"a crash at the end", lineStarted + linePassed + lineEnded, killed,
			outcomes{"a": {passed, ""}, "test_x (process)": {crashed, "signal: segmentation fault"}},
			false,
		},
		{
			"a crash between tests", lineStarted + linePassed, killed,
			outcomes{"a": {passed, ""}, "test_x (process)": {crashed, "signal: segmentation fault"}},
			false,
		},
		{
			"an exit between tests", "", nil,
			outcomes{"test_x (process)": {crashed, "ended before all tests were run"}},
			false,
		},
	}
	for _, tt := range tests {
		file := filepath.Join(t.TempDir(), "results.jsonl")
		if tt.text != "" {
			if err := os.WriteFile(file, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, again, err := settle(file, "test_x", tt.failure)
		if err != nil || again != tt.again {
			t.Errorf("%s: again %t, error %v", tt.title, again, err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.title, diff)
		}
		if again { // the driver must find that the test has come to an end
			if _, _, complete, err := parseResults(open(t, file)); complete || err != nil {
				t.Errorf("%s: file of results: complete %t, %v", tt.title, complete, err)
			}
			_, running, _, _ := parseResults(open(t, file))
			if running != "" {
				t.Errorf("%s: %q still runs in the file of results", tt.title, running)
			}
		}
	}
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestGeneralize(t *testing.T) {
	t.Parallel()
	w := &workshop{dir: "/home/me/scratch", frozen: contender{path: "/home/me/scratch/frozen/bin/x"}}
	for reason, want := range map[string]string{
		"No such file: '/home/me/scratch/frozen/bin/x/json/__init__.py'": "No such file: '<exe>/json/__init__.py'",
		"/home/me/scratch/run-frozen/tmp/tmpk_q7yjsj":                    "<scratch>/run-frozen/tmp/tmp…",
		"<C object at 0x7fe95757e740>":                                   "<C object at 0x…>",
		"process 3254 exited with code 1":                                "process … exited with code 1",
		"AssertionError: 22 != 10":                                       "AssertionError: 22 != 10",
	} {
		all := outcomes{"a": {failed, reason}}
		w.generalize(all)
		if got := all["a"].reason; got != want {
			t.Errorf("%q became %q, want %q", reason, got, want)
		}
	}
}
