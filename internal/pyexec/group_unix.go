//go:build unix

package pyexec

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup gives the program a process group and makes the end of the context the end of the whole group.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(syscall.Signal(0)); errors.Is(err, os.ErrProcessDone) {
			return err // waited for already: its id may be another one's by now
		}
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone // as os/exec wants to hear it
		}
		return err
	}
}

// attach leaves the program in the caller's process group, so that it may read from the terminal and gets what is
// typed there (Ctrl-C) as it would without oxgen.
func attach(cmd *exec.Cmd) {
	cmd.SysProcAttr = nil
	cmd.Cancel = nil
}

// forwardSignals runs cmd and passes on the signals that somebody sends to oxgen alone. SIGINT and SIGQUIT that a person
// types come from the terminal to the whole group: the program has them already, and oxgen only has to outlive it.
func forwardSignals(cmd *exec.Cmd) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case s := <-signals:
				typed := (s == syscall.SIGINT || s == syscall.SIGQUIT) && foreground()
				if !typed {
					_ = cmd.Process.Signal(s) // it may have ended
				}
			case <-done:
				return
			}
		}
	}()
	return cmd.Wait()
}

// foreground tells whether the process is in the group that gets what is typed at its terminal.
func foreground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false // no terminal
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitStatus(state *os.ProcessState) int {
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}
