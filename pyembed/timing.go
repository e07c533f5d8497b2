package pyembed

import (
	"fmt"
	"io"
	"time"
)

// envTiming is the environment variable that has a program say at its end how long it took: when its value is 1.
const envTiming = "OXGEN_TIMING"

// A timing is how long the stages of a program take. A nil one measures nothing.
type timing struct {
	out    io.Writer
	name   string        // of the program
	before time.Duration // CPU time of the process before the first stage: the kernel's exec, the start of Go
	last   time.Time
	stages []stage
}

type stage struct {
	name string
	took time.Duration
}

// newTiming starts to measure if value, that of the variable, says so.
func newTiming(value, name string, out io.Writer) *timing {
	if value != "1" {
		return nil
	}
	return &timing{out: out, name: name, before: processTime(), last: time.Now()}
}

// done says that a stage is over, and the next one begins.
func (t *timing) done(name string) {
	if t == nil {
		return
	}
	now := time.Now()
	t.stages = append(t.stages, stage{name, now.Sub(t.last)})
	t.last = now
}

// tell writes a line for each stage.
func (t *timing) tell() {
	if t == nil {
		return
	}
	line := func(name string, took time.Duration) {
		fmt.Fprintf(t.out, "%s: %8.3f ms  %s\n", t.name, float64(took.Microseconds())/1000, name)
	}
	line("until main (CPU time)", t.before)
	total := t.before
	for _, s := range t.stages {
		line(s.name, s.took)
		total += s.took
	}
	line("together", total)
}
