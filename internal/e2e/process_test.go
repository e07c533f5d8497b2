//go:build linux

package e2e

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
)

// An ending is how a program ended, as far as a test says.
type ending struct {
	Status int
	Signal syscall.Signal
	Stdout string
	Stderr string // contained in standard error; "" is nothing at all
}

// ending is how the call ended, with its output changed by plain.
func (r result) ending(plain *strings.Replacer) ending {
	return ending{Status: r.status, Signal: r.signal, Stdout: plain.Replace(r.stdout), Stderr: plain.Replace(r.stderr)}
}

// TestEndings holds the ways in which a program ends to what python does (Python/pythonrun.c, Modules/main.c).
func TestEndings(t *testing.T) {
	t.Parallel()
	p := probe(t)
	trace := "File \"" + p.exe + "/probe/sub/leaf.py\", line 7, in fail\n    raise ValueError(text)\nValueError: the line that fails\n"
	tests := map[string]ending{
		"exit_three":         {Status: 3},
		"exit_large":         {Status: 7},
		"exit_negative":      {Status: 255},
		"exit_text":          {Status: 1, Stderr: "the reason\n"},
		"exit_none":          {},
		"exit_true":          {Status: 1},
		"exit_tuple":         {Status: 1, Stderr: "(1, 'two')\n"},
		"exit_at_once":       {Status: 5},
		"uncaught":           {Status: 1, Stderr: trace},
		"chained":            {Status: 1, Stderr: "The above exception was the direct cause of the following exception:"},
		"interrupted":        {Status: -1, Signal: syscall.SIGINT, Stderr: "KeyboardInterrupt\n"},
		"caught_interrupt":   {Stdout: "caught\n"},
		"terminated":         {Status: -1, Signal: syscall.SIGTERM},
		"handled":            {Status: 9, Stdout: "handled SIGTERM\n"},
		"aborted":            {Status: -1, Signal: syscall.SIGABRT},
		"at_exit":            {Stdout: "main\nthread\natexit\n"},
		"at_exit_uncaught":   {Stdout: "main\n", Stderr: "ValueError: the line that fails\n"},
		"left_open":          {Stdout: "left open\n"},
		"daemon":             {Stdout: "main\n"},
		"finalizer":          {Stdout: "deleted\n"},
		"finalizer_exit":     {Stdout: "deleted\n", Status: 3},
		"finalizer_uncaught": {Stdout: "deleted\n", Status: 1, Stderr: trace},
		"fork":               {},
		"fork_and_return":    {Stdout: "parent\n"},
		"threads":            {},
		"deep":               {Stdout: "caught\ncaught too\n"},
		"exec_self":          {Status: 3},
		"blocked":            {Stdout: "waited\n"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEnding(t, p.call("process."+name), want)
		})
	}
}

func wantEnding(t *testing.T, c *call, want ending) {
	t.Helper()
	r := c.run(t)
	got := ending{Status: r.status, Signal: r.signal, Stdout: r.stdout, Stderr: r.stderr}
	if want.Stderr != "" && strings.Contains(got.Stderr, want.Stderr) {
		got.Stderr = want.Stderr
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ending (-want +got):\n%s", diff)
	}
}

// TestFastExit ends programs that leave the interpreter as it is: what others see is done all the same.
func TestFastExit(t *testing.T) {
	t.Parallel()
	p := abrupt(t)
	for name, want := range map[string]ending{
		"exit_text":        {Status: 1, Stderr: "the reason\n"},
		"uncaught":         {Status: 1, Stderr: "ValueError: the line that fails\n"},
		"interrupted":      {Status: -1, Signal: syscall.SIGINT, Stderr: "KeyboardInterrupt\n"},
		"at_exit":          {Stdout: "main\nthread\natexit\n"},
		"at_exit_uncaught": {Stdout: "main\n", Stderr: "ValueError: the line that fails\n"},
		"daemon":           {Stdout: "main\n"},
		"left_open":        {Stdout: "left open\n"},
		"finalizer":        {}, // but not this
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEnding(t, p.call("process."+name), want)
		})
	}
	wantUnwritable(t, p)
}

// TestTraceback holds the whole text of a traceback to what a program on disk would print.
func TestTraceback(t *testing.T) {
	t.Parallel()
	p := probe(t)
	r := p.call("process.uncaught").run(t)
	for line := range strings.Lines(r.stderr) {
		file, ok := strings.CutPrefix(strings.TrimSpace(line), "File \"")
		if ok && !strings.HasPrefix(file, p.exe+"/probe/") {
			t.Errorf("a frame that is none of the program's: %s", line)
		}
	}
	if n := strings.Count(r.stderr, "File \""); n != 4 {
		t.Errorf("%d frames, want 4:\n%s", n, r.stderr)
	}
}

// TestStreams sends text and bytes through the program.
func TestStreams(t *testing.T) {
	t.Parallel()
	p := probe(t)
	c := p.call("process.streams")
	c.stdin = strings.NewReader("eins\nzwei ä\ndrei\n")
	if got, want := c.run(t).stdout, "drei\nzwei ä\neins\n"; got != want {
		t.Errorf("stdout is %q, want %q", got, want)
	}
	c = p.call("process.binary")
	c.stdin = strings.NewReader("\x00\xff\n\x80" + strings.Repeat("x", 1<<20))
	if got := c.run(t).stdout; !strings.HasSuffix(got, "x\x80\n\xff\x00") || len(got) != 1<<20+4 {
		t.Errorf("%d bytes came back, want %d", len(got), 1<<20+4)
	}
	c = p.call("process.encodings").with("LC_ALL=C")
	c.run(t).wantOutput(t, "utf-8 utf-8 backslashreplace utf-8 ä€\n")
}

// TestFullStream ends a program that can't write what it has printed: 120, as python's.
func TestFullStream(t *testing.T) {
	t.Parallel()
	wantUnwritable(t, probe(t))
}

func wantUnwritable(t *testing.T, p *program) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	cmd := exec.CommandContext(t.Context(), p.exe, "process.unwritable")
	cmd.Stdout = full
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 120 {
		t.Errorf("ended with %v, want exit status 120", err)
	}
}

// TestClosedPipe ends a program whose reader has gone: with a BrokenPipeError and 120, or 1 before Python 3.14, as
// python does, not by SIGPIPE.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), probe(t).exe, "process.broken_pipe")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	out.Close()
	_ = cmd.Wait()
	want := 120
	if used.minor < 14 {
		want = 1
	}
	if cmd.ProcessState.ExitCode() != want || !strings.Contains(stderr.String(), "BrokenPipeError") {
		t.Errorf("ended with %v:\n%s", cmd.ProcessState, stderr.String())
	}
}

// TestClosedStreams starts a program without standard streams.
func TestClosedStreams(t *testing.T) {
	t.Parallel()
	c := &call{path: "/bin/sh", args: []string{"-c", `"$0" process.exit_three <&- >&- 2>&-`, probe(t).exe}}
	if r := c.run(t); r.status != 3 {
		t.Errorf("status %d, want 3", r.status)
	}
}

// TestArguments passes arguments of all kinds, bytes that are no UTF-8 among them (PEP 383), and those that python itself
// would take.
func TestArguments(t *testing.T) {
	t.Parallel()
	args := []string{"", "a b", "ä", "\xff\xfe", "-c", "import this", "--version", "-h", "-m", "x", "--", "-", "--multiprocessing-fork"}
	want := []string{`''`, `'a b'`, `'\xe4'`, `'\udcff\udcfe'`, `'-c'`, `'import this'`, `'--version'`, `'-h'`, `'-m'`, `'x'`, `'--'`, `'-'`, `'--multiprocessing-fork'`}
	for _, locale := range []string{"C", "C.UTF-8", "nonsense"} {
		r := probe(t).call(append([]string{"process.arguments"}, args...)...).with("LC_ALL=" + locale).run(t)
		if diff := cmp.Diff(want, strings.Split(r.stdout, "\n")); diff != "" {
			t.Errorf("LC_ALL=%s: arguments (-want +got):\n%s%s", locale, diff, r.stderr)
		}
	}
}

// TestSignals sends a running program the signals that end it.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGALRM} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), probe(t).exe, "process.wait")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
				t.Errorf("%q, %v", line, err)
			}
			if err := cmd.Process.Signal(s); err != nil {
				t.Error(err)
			}
			_ = cmd.Wait()
			if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || w.Signal() != s {
				t.Errorf("ended with %v, want by %v", cmd.ProcessState, s)
			}
		})
	}
}

// TestPools has twenty pools of forked processes work beside a thread.
func TestPools(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	probe(t).call("process.pools").run(t).wantOutput(t, "")
}

// TestNameOfTheProgram starts the program by other names: through a symbolic link, a relative path, and PATH.
func TestNameOfTheProgram(t *testing.T) {
	t.Parallel()
	p := hello(t)
	dir := t.TempDir()
	if err := os.Symlink(p.exe, dir+"/linked ä"); err != nil {
		t.Fatal(err)
	}
	inside := "inside of " + p.exe + "\n"
	(&call{path: dir + "/linked ä"}).run(t).wantOutput(t, inside)
	(&call{path: "/bin/sh", args: []string{"-c", "./hello"}, dir: strings.TrimSuffix(p.exe, "/hello")}).run(t).wantOutput(t, inside)
	c := &call{path: "/bin/sh", args: []string{"-c", "hello"}}
	c.with("PATH="+strings.TrimSuffix(p.exe, "/hello")).run(t).wantOutput(t, inside)

	odd := dir + "/\xff odd\n$name"
	if err := exectest.Copy(odd, p.exe, 0o700); err != nil {
		t.Fatal(err)
	}
	(&call{path: odd}).with("LC_ALL=C").run(t).wantOutput(t, "inside of "+odd+"\n")
}

// TestNameInArguments looks at sys.argv[0]: what the caller wrote, but for a name that was found through PATH.
func TestNameInArguments(t *testing.T) {
	t.Parallel()
	p := probe(t)
	dir := t.TempDir()
	link := filepath.Join(dir, "linked")
	if err := errors.Join(os.Symlink(p.exe, link), os.Mkdir(filepath.Join(dir, "below"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "below", "linked"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ command, want string }{
		{link, link},
		{"./linked", "./linked"},
		{"below/../linked", "below/../linked"},
		{"PATH=/nowhere:" + dir + "/below:" + dir + " && linked", link},
		{"PATH=. && linked", link},
		{"PATH=" + dir + " && exec -a linked " + p.exe, link},
		{"exec -a other " + p.exe, "other"},
		{"exec -a linked " + p.exe, "linked"},
		{"exec -a '' " + p.exe, ""},
	}
	for _, tt := range tests {
		r := (&call{path: "/bin/bash", args: []string{"-c", tt.command + " process.name"}, dir: dir}).run(t)
		if want := "'" + tt.want + "'"; r.stdout != want || r.status != 0 {
			t.Errorf("%s: %s, want %s\n%s", tt.command, r.stdout, want, r.stderr)
		}
	}
}
