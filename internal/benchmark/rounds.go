package main

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// A benchmark compares contenders. Its rows are the table on the page.
type benchmark struct {
	name       string
	title      string
	text       string // what is compared, as Markdown
	contenders []contender
	rows       []row
}

// A contender is one of the things that take turns.
type contender struct {
	name   string
	before func(ctx context.Context) error           // makes the same state before each turn, not measured; nil is nothing
	turn   func(ctx context.Context) (sample, error) // one measurement
}

// A sample is what one turn took.
type sample map[measure]float64

// A measure is what was measured; unitOf tells its unit.
type measure string

const (
	wall    measure = "wall time" // s
	cpu     measure = "CPU time"  // s, of all processes
	peak    measure = "peak memory"
	size    measure = "size of the executable"
	gobuild measure = "of it go build"
)

// The units of measures.
const (
	unitSeconds = "s"
	unitBytes   = "B"
)

func unitOf(m measure) string {
	if m == peak || m == size {
		return unitBytes
	}
	return unitSeconds
}

// A row is a line of a table: what one contender took, compared with another one or with a goal.
type row struct {
	contender string
	measure   measure
	against   string  // the contender to compare with; "" is none
	goal      float64 // at most this: the ratio if there is one, else the median, in the measure's unit; 0 is none
}

// A result holds what the turns of a benchmark took.
type result struct {
	benchmark *benchmark
	rounds    int
	series    []series // in the order of the contenders and of measures
}

// A series holds one value a round.
type series struct {
	Contender string    `json:"contender"`
	Measure   measure   `json:"measure"`
	Unit      string    `json:"unit"`
	Values    []float64 `json:"values"`
}

// measures is the order in which series are kept.
var measures = []measure{wall, gobuild, cpu, peak, size}

// seed makes the order of turns the same in every run.
const seed = 741

// run has the contenders take turns: in each round every one of them once, in an order that is drawn anew, so that what
// disturbs the machine for a while disturbs all of them. One round comes first that does not count.
func (b *benchmark) run(ctx context.Context, rounds int) (*result, error) {
	taken := make([][]sample, len(b.contenders))
	random := rand.New(rand.NewPCG(seed, seed))
	for round := range rounds + 1 {
		for _, i := range random.Perm(len(b.contenders)) {
			s, err := b.contenders[i].take(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", b.name, b.contenders[i].name, err)
			}
			if round > 0 {
				taken[i] = append(taken[i], s)
			}
		}
	}
	return &result{b, rounds, b.collect(taken)}, nil
}

func (c *contender) take(ctx context.Context) (sample, error) {
	if c.before != nil {
		if err := c.before(ctx); err != nil {
			return nil, err
		}
	}
	return c.turn(ctx)
}

// collect makes series of samples. A measure that is missing in a turn is left out.
func (b *benchmark) collect(taken [][]sample) []series {
	var all []series
	for i, samples := range taken {
		for _, m := range measures {
			s := series{Contender: b.contenders[i].name, Measure: m, Unit: unitOf(m)}
			for _, one := range samples {
				if v, ok := one[m]; ok {
					s.Values = append(s.Values, v)
				}
			}
			if len(s.Values) > 0 && len(s.Values) == len(samples) {
				all = append(all, s)
			}
		}
	}
	return all
}

// values returns the series of a contender and measure, nil if there is none.
func (r *result) values(contender string, m measure) []float64 {
	for _, s := range r.series {
		if s.Contender == contender && s.Measure == m {
			return s.Values
		}
	}
	return nil
}
