package pyexec

import (
	"bytes"
	"context"
	"os/exec"
	"time"
)

// A Usage is what a program took, and with it the processes that it started and waited for.
type Usage struct {
	Wall         time.Duration // from before the start until the end was seen
	User, System time.Duration // CPU time

	// MaxRSS is the largest resident set, in bytes, that any one of the processes had; 0 where the system doesn't say.
	// Linux counts the process that a child is born in until it execs: the value is never below the peak of the caller
	// itself (see exec_mmap in the kernel's fs/exec.c).
	MaxRSS int64
}

// CPU returns the CPU time, in the program and in the kernel.
func (u Usage) CPU() time.Duration { return u.User + u.System }

// Measure runs c as Run does and returns what it took as well, also when it failed. The Usage of a program that can't be
// started is zero but for Wall.
func Measure(ctx context.Context, c Command) (Usage, []byte, error) {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	var stdout bytes.Buffer
	var stderr tail
	var cmd *exec.Cmd
	var start time.Time
	err := whileBusy(func() error {
		cmd = command(ctx, c)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		start = time.Now()
		return cmd.Run()
	})
	u := Usage{Wall: time.Since(start)}
	if state := cmd.ProcessState; state != nil {
		u.User, u.System, u.MaxRSS = state.UserTime(), state.SystemTime(), maxRSS(state)
	}
	if err != nil {
		err = failure(ctx, cmd, err, &stderr)
	}
	return u, stdout.Bytes(), err
}
