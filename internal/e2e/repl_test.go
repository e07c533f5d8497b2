//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A terminal is a program that a person uses in a terminal.
type terminal struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File // the person's end

	mutex  sync.Mutex
	shown  strings.Builder // all that the program has written
	seen   int             // how much of that, as text, expect has passed
	closed bool            // nothing more comes
}

// openTerminal starts a program in a terminal of its own.
func openTerminal(t *testing.T, path string, env []string, args ...string) *terminal {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = env
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, cmd: cmd, tty: tty}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		tty.Close()
	})
	go term.read()
	return term
}

func (term *terminal) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := term.tty.Read(buffer)
		term.mutex.Lock()
		term.shown.Write(buffer[:n])
		term.closed = err != nil // EIO when the program has ended
		term.mutex.Unlock()
		if err != nil {
			return
		}
	}
}

// escapes are what a terminal makes of its output other than text: colours, movements, titles.
var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[=>()][0B]?|\r`)

// output returns all that was shown, as text; the second result says that no more will come.
func (term *terminal) output() (string, bool) {
	term.mutex.Lock()
	defer term.mutex.Unlock()
	return escapes.ReplaceAllString(term.shown.String(), ""), term.closed
}

// expect waits until text is shown, behind what was expected before.
func (term *terminal) expect(text string) {
	term.t.Helper()
	if !term.shows(text, 2*time.Minute) {
		shown, _ := term.output()
		term.t.Fatalf("the terminal does not show %q but\n%q", text, shown[term.seen:])
	}
}

// shows waits for at most patience until text is shown, behind what was expected before, and reports whether it is.
func (term *terminal) shows(text string, patience time.Duration) bool {
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		shown, closed := term.output()
		if at := strings.Index(shown[term.seen:], text); at >= 0 {
			term.seen += at + len(text)
			return true
		}
		if closed || time.Now().After(end) {
			return false
		}
	}
}

// send types text.
func (term *terminal) send(text string) {
	term.t.Helper()
	if _, err := term.tty.WriteString(text); err != nil {
		term.t.Fatal(err)
	}
}

// interrupt types Ctrl-C until the program shows that it was interrupted and asks for input again. Once may not do: CPython's
// readline module looks for signals only when its select is interrupted, so that one which comes just before is not seen until
// a key is typed.
func (term *terminal) interrupt() {
	term.t.Helper()
	for range 20 {
		term.send(ctrlC)
		if term.shows("KeyboardInterrupt", 3*time.Second) {
			term.expect(">>> ")
			return
		}
	}
	shown, _ := term.output()
	term.t.Fatalf("Ctrl-C does not interrupt the program:\n%q", shown[term.seen:])
}

// wait waits for the end of the program.
func (term *terminal) wait() syscall.WaitStatus {
	_ = term.cmd.Wait()
	status, _ := term.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return status
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
	ctrlP = "\x10" // the line before, by readline and by the editor of 3.14
)

// TestInteractive uses a program called python in a terminal as it uses python: with the editor of 3.14, with readline, which both
// keep a history, and on a terminal that can't do anything.
func TestInteractive(t *testing.T) {
	t.Parallel()
	only(t, "mapped") // what is expected is 3.14's
	plain := plainPython(t, "3.14")
	link := filepath.Join(t.TempDir(), "python3")
	if err := os.Symlink(hello(t).exe, link); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]string{"new": "TERM=xterm", "basic": "TERM=xterm PYTHON_BASIC_REPL=1", "dumb": "TERM=dumb"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := interact(t, plain, strings.Fields(env))
			got := interact(t, link, strings.Fields(env))
			if got != want {
				t.Errorf("Ctrl-D and exit(3) end it with %v, python with %v", got, want)
			}
		})
	}
}

// interact goes through what a person does in the interactive interpreter, and returns how Ctrl-D ends it, and exit(3) after -i -c.
func interact(t *testing.T, python string, env []string) [2]syscall.WaitStatus {
	t.Helper()
	home := t.TempDir()
	history := filepath.Join(home, "history")
	env = append(env, "PATH=/bin", "HOME="+home, "PYTHON_HISTORY="+history, "PYTHON_COLORS=0", "LANG=C.UTF-8")
	edits := !slices.Contains(env, "TERM=dumb")
	indents := edits && !slices.Contains(env, "PYTHON_BASIC_REPL=1")

	term := openTerminal(t, python, env)
	term.expect("Python 3.14")
	term.expect(">>> ")
	term.send("6 * 7\r")
	term.expect("42\n>>> ")
	term.send("for i in range(3):\r")
	term.expect("... ")
	if !indents {
		term.send("    ")
	}
	term.send("print('line', i)\r\r")
	term.expect("line 0\nline 1\nline 2\n>>> ")
	term.send("import json, time; print('asleep'); time.sleep(1000)\r")
	term.expect("asleep\n")
	term.interrupt()
	term.send("half a line")
	term.expect("half a line") // what is yet to be read may come after the interrupt, in python as well
	term.interrupt()
	term.send("json.__file__\r")
	term.expect("/json/__init__.py'\n>>> ")
	if edits {
		term.send(ctrlP + "\r")
		term.expect("/json/__init__.py'\n>>> ")
	}
	term.send(ctrlD)
	ends := [2]syscall.WaitStatus{term.wait()}
	data, err := os.ReadFile(history)
	if edits && (err != nil || !strings.Contains(string(data), "json.__file__")) {
		t.Errorf("the history is %q, %v", data, err)
	}

	term = openTerminal(t, python, env, "-q", "-i", "-c", "x = 'set'")
	term.expect(">>> ")
	term.send("x\r")
	term.expect("'set'\n>>> ")
	term.send("exit(3)\r")
	ends[1] = term.wait()
	return ends
}
