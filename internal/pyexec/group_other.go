//go:build !unix

package pyexec

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func attach(*exec.Cmd) {}

func forwardSignals(cmd *exec.Cmd) error { return cmd.Run() }

func exitStatus(state *os.ProcessState) int { return state.ExitCode() }
