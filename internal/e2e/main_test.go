//go:build linux

package e2e

import (
	"fmt"
	"os"
	"testing"
)

// workspace is the directory of this run: the oxgen command, the programs' modules and their executables. TestMain
// removes it.
var workspace string

func TestMain(m *testing.M) {
	if order := os.Getenv(jailOrder); order != "" {
		fmt.Fprintln(os.Stderr, jailTrouble, enterJail(order)) // it returns only when it can't
		os.Exit(jailStatus)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	// The programs see what a user's shell gives them, not what somebody set for the tests' own interpreter.
	for _, name := range []string{"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "OXGEN_LOADER", "OXGEN_PYTHON"} {
		if err := os.Unsetenv(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	dir, err := os.MkdirTemp("", "oxgen-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	workspace = dir
	reason, err := chooseEngine()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if reason != "" {
		fmt.Println("left out:", reason)
		return 0
	}
	return m.Run()
}
