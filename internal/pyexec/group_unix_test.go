//go:build unix

package pyexec

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	// family starts a child that sleeps, prints the child's process id and sleeps too.
	programs["family"] = func([]string) int {
		child := exec.Command(os.Args[0], "sleep")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			return 1
		}
		fmt.Println(child.Process.Pid)
		time.Sleep(time.Hour)
		return 0
	}
	// catch prints "ready", waits for one of the signals and ends with its number.
	programs["catch"] = func([]string) int {
		got := make(chan os.Signal, 1)
		signal.Notify(got, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGINT)
		fmt.Println("ready")
		return int((<-got).(syscall.Signal))
	}
	programs["suicide"] = func([]string) int {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// gone waits until the process pid has ended. Its parent is dead, so whoever adopts it has to reap it; a zombie has
// ended as well.
func gone(t *testing.T, pid int) {
	t.Helper()
	for syscall.Kill(pid, 0) == nil && !zombie(pid) {
		if t.Context().Err() != nil {
			return
		}
		time.Sleep(time.Millisecond) // the test's own deadline is the limit
	}
}

func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestContextEndsTheWholeGroup(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p, err := Start(ctx, self(t, "family"))
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(p.Stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	grandchild, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Close(); err == nil {
		t.Error("Close returned nil after the end of the context")
	}
	gone(t, grandchild)
}

func TestRunAttachedPassesSignals(t *testing.T) {
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGUSR1}
	if !foreground() { // there, SIGINT is taken for typed
		signals = append(signals, syscall.SIGINT)
	}
	for _, sig := range signals {
		r, w := io.Pipe()
		go func() {
			_, _ = bufio.NewReader(r).ReadString('\n')
			_ = syscall.Kill(os.Getpid(), sig)
		}()
		status, err := RunAttached(t.Context(), self(t, "catch"), w, nil)
		if status != int(sig) || err != nil {
			t.Errorf("%v: RunAttached = %d, %v, want the number of the signal", sig, status, err)
		}
	}
}

func TestRunAttachedOutlivesTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stdin, answer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	c := self(t, "cat")
	c.Stdin = stdin
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(answer, "before\n")
		lines := bufio.NewReader(r)
		_, _ = lines.ReadString('\n')
		cancel()
		_, _ = io.WriteString(answer, "after\n")
		_, _ = lines.ReadString('\n') // hangs if the program is gone
		answer.Close()
	}()
	if status, err := RunAttached(ctx, c, w, nil); status != 0 || err != nil {
		t.Errorf("RunAttached = %d, %v, want 0, nil", status, err)
	}
}

func TestEndBySignal(t *testing.T) {
	t.Parallel()
	status, err := RunAttached(t.Context(), self(t, "suicide"), nil, nil)
	if status != 128+int(syscall.SIGKILL) || err != nil {
		t.Errorf("RunAttached = %d, %v, want 137, nil", status, err)
	}
	_, err = Run(t.Context(), self(t, "suicide"))
	if failed, ok := err.(*Failure); !ok || failed.Status != -1 || !strings.Contains(err.Error(), "killed") {
		t.Errorf("Run: %v, want a *Failure that names the signal", err)
	}
}
