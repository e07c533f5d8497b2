package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A verdict is how a test came out, as the driver writes it.
type verdict string

const (
	started    verdict = "started" // and not ended: the process has
	passed     verdict = "pass"
	failed     verdict = "fail"
	broken     verdict = "error"
	skipped    verdict = "skip"
	expected   verdict = "expected failure"
	unexpected verdict = "unexpected success"
	ended      verdict = "ended" // of the driver, not of a test
	crashed    verdict = "crash"
	hung       verdict = "timeout"
	notRun     verdict = "not run" // the other contender has run it
)

// An outcome is a verdict and the first line of what the test has to say.
type outcome struct {
	verdict verdict
	reason  string
}

// outcomes are those of the tests of a module by the name of the test. Classes and modules whose set-up failed or that
// are skipped as a whole have one too: "setUpClass (test.test_x.Y)", "test.test_x".
type outcomes map[string]outcome

// A record is a line of the file of results.
type record struct {
	ID      string  `json:"id"`
	Outcome verdict `json:"outcome"`
	Reason  string  `json:"reason"`
}

// parseResults reads a file of results. running is the name of the test that was started and did not end, and complete
// tells whether the driver came to its end.
func parseResults(r io.Reader) (all outcomes, running string, complete bool, err error) {
	all = outcomes{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one record
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, "", false, fmt.Errorf("a line of the driver's: %w", err)
		}
		switch {
		case one.Outcome == ended:
			complete = true
			continue
		case one.Outcome == started:
			running = one.ID
		case one.ID == running:
			running = ""
		}
		all[one.ID] = outcome{one.Outcome, strings.TrimSpace(one.Reason)}
	}
	return all, running, complete, lines.Err()
}

// changing is what differs from run to run in what tests say, and nothing depends on.
var changing = regexp.MustCompile(`(\btmp)[a-z0-9_]{8}|(\b0x)[0-9a-f]{6,}|(\bprocess )\d+|(@test_)\d+`)

// generalize takes out of reasons what is of this machine or of this run only.
func (w *workshop) generalize(all outcomes) {
	places := strings.NewReplacer(w.frozen.path, "<exe>", w.dir, "<scratch>")
	for name, one := range all {
		one.reason = changing.ReplaceAllString(places.Replace(one.reason), "$1$2$3$4…")
		all[name] = one
	}
}

// processSuffix makes the name of a module that of the outcome of its process.
const processSuffix = " (process)"

// mostCrashes is how often a module may end the process that runs it before what is left of it is given up.
const mostCrashes = 12

// tests runs the tests of a module by one contender, in a process of their own: in several, when a test crashes or hangs.
func (w *workshop) tests(ctx context.Context, c contender, name string, parts []string, round int) (outcomes, error) {
	dir := w.path(fmt.Sprintf("run-%s-%s-%d", c.name, name, round))
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	for _, sub := range []string{"cwd", "tmp", "home"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if !w.keep {
		defer os.RemoveAll(dir)
	}
	results := filepath.Join(dir, "results.jsonl")
	for crashes := 0; ; crashes++ {
		failure, err := w.driver(ctx, c, dir, results, parts)
		if err != nil {
			return nil, err
		}
		all, again, err := settle(results, name, failure)
		if again && crashes == mostCrashes {
			all[name+processSuffix], again = outcome{crashed, "given up after too many crashes"}, false
		}
		if err != nil || !again {
			w.generalize(all)
			return all, err
		}
	}
}

// driver runs the driver once. The error that it ends with is in failure, err is another.
func (w *workshop) driver(ctx context.Context, c contender, dir, results string, parts []string) (failure *pyexec.Failure, err error) {
	args := append([]string{}, c.args...)
	args = append(args, results, fmt.Sprint(w.limit.Seconds()))
	tmp := filepath.Join(dir, "tmp")
	env := append(pyexec.Environ("PYTHON*", "OXGEN_*", "LC_*", "LANG", "LANGUAGE", "HOME", "TMPDIR", "DISPLAY"),
		"LANG=C.UTF-8", "HOME="+filepath.Join(dir, "home"), "TMPDIR="+tmp)
	_, err = pyexec.Run(ctx, pyexec.Command{
		Path: c.path, Args: append(args, parts...), Dir: filepath.Join(dir, "cwd"), Env: env, Timeout: 40 * time.Minute,
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.As(err, &failure) {
		_ = os.WriteFile(filepath.Join(dir, "stderr"), []byte(failure.Stderr), 0o644) // to be looked at with -work
		return failure, nil
	}
	return nil, err
}

// settle reads the file of results after the process that has written it ended with a failure, nil if it ended well. It
// adds what became of the test that the process ended in; then the tests behind it have to be run in another process.
func settle(results, module string, failure *pyexec.Failure) (all outcomes, again bool, err error) {
	data, err := os.ReadFile(results)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, false, err
	}
	all, running, complete, err := parseResults(bytes.NewReader(data))
	if err != nil {
		return nil, false, err
	}
	end := ending(failure)
	if running == "" {
		if !complete && end.verdict == passed {
			end = outcome{crashed, "ended before all tests were run"}
		}
		all[module+processSuffix] = end
		return all, false, nil
	}
	if end.verdict == passed {
		end = outcome{crashed, "the test ended the process"}
	}
	all[running] = end
	line, err := json.Marshal(record{running, end.verdict, end.reason})
	if err != nil {
		return nil, false, err
	}
	return all, true, os.WriteFile(results, append(append(data, line...), '\n'), 0o644)
}

// ending returns what the end of a process means.
func ending(failure *pyexec.Failure) outcome {
	switch {
	case failure == nil:
		return outcome{passed, ""}
	case strings.Contains(failure.Stderr, "Timeout ("): // by faulthandler.dump_traceback_later
		return outcome{hung, "took too long"}
	}
	return outcome{crashed, failure.Err.Error()}
}
