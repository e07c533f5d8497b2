//go:build linux

package e2e

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"
)

var soakFlag = flag.Bool("soak", os.Getenv("OXGEN_SOAK") != "", "fork and start processes by the thousand (also OXGEN_SOAK=1); needs an hour and -timeout 3h")

// A soakPart is one that the program soak runs: how many times by default, how many with -soak, and for how long each may
// keep a slow machine busy.
type soakPart struct {
	name        string
	times, long int
	each        time.Duration
}

// TestSoak forks and starts processes beside threads that import, and signals. The program itself asserts that everything
// comes to its end in time, and that it has neither open files nor children then that it did not have before.
func TestSoak(t *testing.T) {
	t.Parallel()
	if testing.Short() && !*soakFlag {
		t.Skip("left out by -short")
	}
	parts := []soakPart{
		{"forks", 100, 6000, 5 * time.Second},
		{"forks_of_threads", 100, 2000, 5 * time.Second},
		{"grandchildren", 20, 500, 10 * time.Second}, // two forks each
		{"first_uses", 20, 200, 20 * time.Second},    // six forks each
		{"pools", 3, 100, 40 * time.Second},          // four forks each
		{"spawns", 8, 600, 10 * time.Second},
		{"subprocesses", 8, 200, 20 * time.Second}, // two starts each
		{"forkserver", 20, 500, 10 * time.Second},
		{"files", 20, 1000, 5 * time.Second},
	}
	p := soak(t)
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			times := part.times
			if *soakFlag {
				times = part.long
			}
			limit := 2*time.Minute + time.Duration(times)*part.each
			dir := t.TempDir()
			c := p.call(part.name, strconv.Itoa(times), strconv.Itoa(int(limit.Seconds()))).with("TMPDIR=" + dir)
			c.patience = limit + time.Minute
			c.run(t).wantOutput(t, part.name+" done\n")
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("left in TMPDIR: %v, %v", left, err)
			}
		})
	}
}
