package pyexec

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The programs that the tests run are this test binary with one of these words as its first argument.
var programs = map[string]func(args []string) int{
	"env": func([]string) int {
		for _, kv := range os.Environ() {
			fmt.Println(kv)
		}
		return 0
	},
	"cat": func([]string) int {
		_, _ = io.Copy(os.Stdout, os.Stdin)
		return 0
	},
	"fail": func([]string) int {
		fmt.Println("printed before")
		fmt.Fprintln(os.Stderr, "first line\nthe reason")
		return 3
	},
	"pwd": func([]string) int {
		dir, _ := os.Getwd()
		fmt.Println(dir)
		return 0
	},
	"flood": func([]string) int {
		_, _ = os.Stderr.Write(bytes.Repeat([]byte("x"), 3*tailSize))
		fmt.Fprint(os.Stderr, "\nthe end\n")
		return 1
	},
	"sleep": func([]string) int {
		time.Sleep(time.Hour)
		return 0
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if program, ok := programs[os.Args[1]]; ok {
			os.Exit(program(os.Args[2:]))
		}
	}
	os.Exit(m.Run())
}

func self(t *testing.T, args ...string) Command {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Command{Path: exe, Args: args}
}

func TestRunGivesExactlyTheEnvironment(t *testing.T) {
	t.Setenv("OXGEN_TEST_SECRET", "leaked")
	tests := []struct {
		name string
		env  []string
		want string
	}{
		{"nil is empty", nil, ""},
		{"as given", []string{"A=1", "B=x y"}, "A=1\nB=x y\n"},
	}
	for _, tt := range tests {
		c := self(t, "env")
		c.Env = tt.env
		out, err := Run(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, string(out)); diff != "" {
			t.Errorf("%s: environment (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestRunPassesInputAndDirectory(t *testing.T) {
	t.Parallel()
	c := self(t, "cat")
	c.Stdin = strings.NewReader("in and out")
	out, err := Run(t.Context(), c)
	if err != nil || string(out) != "in and out" {
		t.Errorf("Run(cat) = %q, %v", out, err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c = self(t, "pwd")
	c.Dir = dir
	out, err = Run(t.Context(), c)
	if err != nil || strings.TrimSpace(string(out)) != dir {
		t.Errorf("Run(pwd) in %s = %q, %v", dir, out, err)
	}
}

func TestRunFailure(t *testing.T) {
	t.Parallel()
	out, err := Run(t.Context(), self(t, "fail"))
	var failed *Failure
	if !errors.As(err, &failed) {
		t.Fatalf("error %v (%T), want a *Failure", err, err)
	}
	if failed.Status != 3 || failed.Stderr != "first line\nthe reason" {
		t.Errorf("status %d, stderr %q", failed.Status, failed.Stderr)
	}
	if want := failed.Program + ": exit status 3: the reason"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if string(out) != "printed before\n" {
		t.Errorf("output %q", out)
	}
}

func TestRunKeepsTheEndOfLongStderr(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), self(t, "flood"))
	var failed *Failure
	if !errors.As(err, &failed) {
		t.Fatalf("error %v, want a *Failure", err)
	}
	if len(failed.Stderr) > tailSize || !strings.HasSuffix(failed.Stderr, "x\nthe end") {
		t.Errorf("kept %d bytes, ending in %q", len(failed.Stderr), failed.Stderr[max(0, len(failed.Stderr)-20):])
	}
}

func TestRunTimeout(t *testing.T) {
	t.Parallel()
	c := self(t, "sleep")
	c.Timeout = 50 * time.Millisecond
	_, err := Run(t.Context(), c)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want context.DeadlineExceeded", err)
	}
}

func TestRunCause(t *testing.T) {
	t.Parallel()
	reason := errors.New("the user is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(reason) })
	if _, err := Run(ctx, self(t, "sleep")); !errors.Is(err, reason) {
		t.Errorf("error %v, want the context's cause", err)
	}
}

func TestRunMissingProgram(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), Command{Path: filepath.Join(t.TempDir(), "none")})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	p, err := Start(t.Context(), self(t, "cat"))
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(p.Stdout)
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(p.Stdin, line); err != nil {
			t.Fatal(err)
		}
		if got, err := answers.ReadString('\n'); err != nil || got != line {
			t.Fatalf("got %q, %v, want %q", got, err, line)
		}
	}
	if err := p.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	p.Kill() // must do nothing now
}

func TestProcessFailure(t *testing.T) {
	t.Parallel()
	p, err := Start(t.Context(), self(t, "fail"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, p.Stdout)
	var failed *Failure
	if err := p.Close(); !errors.As(err, &failed) || failed.Status != 3 {
		t.Errorf("Close: %v, want a *Failure with status 3", err)
	}
}

func TestProcessKill(t *testing.T) {
	t.Parallel()
	p, err := Start(t.Context(), self(t, "sleep"))
	if err != nil {
		t.Fatal(err)
	}
	p.Kill() // hangs if it does not kill
	if err := p.Close(); err == nil {
		t.Error("Close of a killed process returned nil")
	}
}

func TestRunAttachedStatus(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	status, err := RunAttached(t.Context(), self(t, "fail"), &stdout, &stderr)
	if status != 3 || err != nil {
		t.Errorf("RunAttached = %d, %v, want 3, nil", status, err)
	}
	if stdout.String() != "printed before\n" || stderr.String() != "first line\nthe reason\n" {
		t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
	}
	if _, err := RunAttached(t.Context(), Command{Path: filepath.Join(t.TempDir(), "none")}, nil, nil); err == nil {
		t.Error("a program that is not there was run")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunAttached(ended, self(t, "cat"), nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func TestEnviron(t *testing.T) {
	t.Setenv("OXGEN_TEST_A", "1")
	t.Setenv("OXGEN_TEST_AB", "2")
	t.Setenv("OXGEN_TEST_B", "3")
	ours := func(env []string) []string {
		var found []string
		for _, kv := range env {
			if strings.HasPrefix(kv, "OXGEN_TEST_") {
				found = append(found, kv)
			}
		}
		return found
	}
	tests := []struct {
		drop []string
		want []string
	}{
		{nil, []string{"OXGEN_TEST_A=1", "OXGEN_TEST_AB=2", "OXGEN_TEST_B=3"}},
		{[]string{"OXGEN_TEST_A"}, []string{"OXGEN_TEST_AB=2", "OXGEN_TEST_B=3"}},
		{[]string{"OXGEN_TEST_A*"}, []string{"OXGEN_TEST_B=3"}},
		{[]string{"OXGEN_TEST_A*", "OXGEN_TEST_B"}, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, ours(Environ(tt.drop...))); diff != "" {
			t.Errorf("Environ(%q) (-want +got):\n%s", tt.drop, diff)
		}
	}
}
