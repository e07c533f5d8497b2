package cpython

import (
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A signal that comes in while Python runs has the effect that it has on any Python.
func TestSignals(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SIGHUP is ignored here, as by nohup, and children inherit that")
	}
	const raise = "import os, signal, sys, time\nos.kill(os.getpid(), signal.%)\ntime.sleep(30)"
	tests := []struct {
		name   string
		code   string
		signal syscall.Signal // that ends the process, 0 for none
		output string         // a part of it
	}{
		{"interrupt", strings.Replace(raise, "%", "SIGINT", 1), syscall.SIGINT, "KeyboardInterrupt"},
		{"terminate", strings.Replace(raise, "%", "SIGTERM", 1), syscall.SIGTERM, ""},
		{"hang up", strings.Replace(raise, "%", "SIGHUP", 1), syscall.SIGHUP, ""},
		{"quit", strings.Replace(raise, "%", "SIGQUIT", 1), syscall.SIGQUIT, ""},
		{"user", strings.Replace(raise, "%", "SIGUSR1", 1), syscall.SIGUSR1, ""},
		{"real time", strings.Replace(raise, "%", "SIGRTMIN + 1", 1), syscall.Signal(35), ""},
		{"alarm", "import signal, time; signal.alarm(1); time.sleep(30)", syscall.SIGALRM, ""},
		{"processor time", strings.Replace(raise, "%", "SIGXCPU", 1), syscall.SIGXCPU, ""},
		{"abort", "import os; os.abort()", syscall.SIGABRT, ""},
		{"fault", strings.Replace(raise, "%", "SIGSEGV", 1), syscall.SIGSEGV, ""},
		{
			"fault handler", "import faulthandler; faulthandler.enable()\n" + strings.Replace(raise, "%", "SIGSEGV", 1),
			syscall.SIGSEGV, "Fatal Python error: Segmentation fault",
		},
		{"broken pipe", `
import os
r, w = os.pipe()
os.close(r)
try:
    os.write(w, b"x")
except BrokenPipeError as e:
    print("caught")`, 0, "caught"},
		{"handler", `
import os, signal, time
def handler(number, frame):
    print("handled", number)
signal.signal(signal.SIGTERM, handler)
signal.signal(signal.SIGINT, handler)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
for s in signal.SIGTERM, signal.SIGUSR2, signal.SIGINT:
    os.kill(os.getpid(), s)`, 0, "handled 15\nhandled 2\n"},
		{"wakeup", `
import os, signal
r, w = os.pipe()
os.set_blocking(w, False)
signal.set_wakeup_fd(w)
signal.signal(signal.SIGUSR1, lambda *args: None)
os.kill(os.getpid(), signal.SIGUSR1)
print("woken by", os.read(r, 1))`, 0, `woken by b'\n'`},
		{"children", `
import os, signal
assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGINT)
    os._exit(1)
print(os.waitpid(pid, 0)[1])`, 0, "KeyboardInterrupt"},
		{"defaults", `
import signal
for s in sorted(signal.valid_signals()):
    print(int(s), getattr(signal.getsignal(s), "name", signal.getsignal(s)))`, 0, pythonDefaults()},
	}
	each(t, func(t *testing.T, l library) {
		for _, test := range tests {
			output, state := run(t, plan{Library: l, Faults: true, Settings: base(l), Code: test.code})
			status, _ := state.Sys().(syscall.WaitStatus)
			ended := test.signal == 0 && status.Exited() || test.signal != 0 && status.Signaled() && status.Signal() == test.signal
			if !ended || !strings.Contains(output, test.output) || strings.Contains(output, "goroutine") {
				t.Errorf("%s: %v\n%s", test.name, state, output)
			}
		}
	})
}

// pythonDefaults is what signal.getsignal says of all signals. None stands for a handler of C: Go's.
func pythonDefaults() string {
	special := map[int]string{2: "<built-in function default_int_handler>", 13: "SIG_IGN", 25: "SIG_IGN", 23: "None"}
	var b strings.Builder
	for n := 1; n <= 64; n++ {
		if n == 32 || n == 33 { // glibc's own
			continue
		}
		text := special[n]
		if text == "" {
			text = "SIG_DFL"
		}
		b.WriteString(strconv.Itoa(n) + " " + text + "\n")
	}
	return b.String()
}

// Signals that a shell or nohup has the process ignore stay ignored.
func TestIgnoredSignals(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	each(t, func(t *testing.T, l library) {
		output, state := run(t, plan{Library: l, Faults: true, Settings: base(l), Code: `
import os, signal
for s in signal.SIGINT, signal.SIGHUP:
    os.kill(os.getpid(), s)
    print(signal.getsignal(s) == signal.SIG_IGN)`}, shell, "-c", `trap "" INT HUP; exec "$@"`, "sh")
		if !state.Success() || output != "True\nTrue\n" {
			t.Errorf("%v, %s", state, output)
		}
	})
}

// A Go program that runs Python beside other things keeps its faults.
func TestKeptFaults(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		output, _ := run(t, plan{Library: l, Settings: base(l), Code: `
import signal
print([int(s) for s in sorted(signal.valid_signals()) if signal.getsignal(s) is None])`})
		if want := "[4, 5, 7, 8, 11, 16, 23, 27, 31]\n"; output != want {
			t.Errorf("Go keeps %s, want %s", output, want)
		}
	})
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		// What ends the process is C's exit, which runs what C code has registered; C's streams are flushed so.
		output, state := run(t, plan{Library: l, Settings: base(l), Code: `raise ValueError("ended")`})
		if state.ExitCode() != 1 || !strings.HasSuffix(output, "ValueError: ended\n") {
			t.Errorf("%v, %s", state, output)
		}
		_, state = run(t, plan{Library: l, Settings: base(l), Code: `import sys; sys.stdout.write("x"); sys.stdout.flush = lambda: 1 / 0`})
		if state.ExitCode() != 120 {
			t.Errorf("a stream that can't be flushed: %v, want 120", state)
		}
	})
}
