package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorder makes contenders that write down when it is their turn.
type recorder struct {
	turns []string
	state string // what before has made
}

func (r *recorder) contender(name string, value float64) contender {
	return contender{
		name:   name,
		before: func(context.Context) error { r.state = name; return nil },
		turn: func(context.Context) (sample, error) {
			if r.state != name {
				return nil, errors.New("it is not its turn")
			}
			r.turns = append(r.turns, name)
			return sample{wall: value * float64(len(r.turns))}, nil
		},
	}
}

func TestRoundsAreInterleaved(t *testing.T) {
	t.Parallel()
	order := func() []string {
		var r recorder
		b := &benchmark{contenders: []contender{r.contender("a", 1), r.contender("b", 1), r.contender("c", 1)}}
		result, err := b.run(t.Context(), 6)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range result.series {
			if len(s.Values) != 6 {
				t.Errorf("%s has %d values, want one for each of the 6 rounds", s.Contender, len(s.Values))
			}
			if s.Values[0] <= 3 {
				t.Errorf("%s: the first value is of turn %v, but the first round must not count", s.Contender, s.Values[0])
			}
		}
		return r.turns
	}
	turns := order()
	if len(turns) != 7*3 {
		t.Fatalf("%d turns, want 3 in each of 7 rounds", len(turns))
	}
	different := false
	for i := 0; i < len(turns); i += 3 {
		round := turns[i : i+3]
		for _, name := range []string{"a", "b", "c"} {
			if strings.Count(strings.Join(round, ""), name) != 1 {
				t.Errorf("round %d is %v, want each contender once", i/3, round)
			}
		}
		different = different || !cmp.Equal(round, turns[:3])
	}
	if !different {
		t.Error("the order is the same in all rounds")
	}
	if diff := cmp.Diff(turns, order()); diff != "" {
		t.Errorf("a second run has another order (-first +second):\n%s", diff)
	}
}

func TestRunNamesWhoFailed(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fail := func(context.Context) error { return broken }
	failing := func(context.Context) (sample, error) { return nil, broken }
	for name, c := range map[string]contender{
		"before": {name: "x", before: fail, turn: func(context.Context) (sample, error) { return sample{}, nil }},
		"turn":   {name: "x", turn: failing},
	} {
		b := &benchmark{name: "test", contenders: []contender{c}}
		if _, err := b.run(t.Context(), 1); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "test: x: ") {
			t.Errorf("%s: error %v, want test: x: broken", name, err)
		}
	}
}

// TestIncompleteSeries: ratios pair the values by their round, so a series with a hole would be wrong.
func TestIncompleteSeries(t *testing.T) {
	t.Parallel()
	b := &benchmark{contenders: []contender{{name: "a"}}}
	got := b.collect([][]sample{{{wall: 1, peak: 5}, {wall: 2}}})
	want := []series{{Contender: "a", Measure: wall, Unit: "s", Values: []float64{1, 2}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}
