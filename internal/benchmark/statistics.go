package main

import (
	"math"
	"slices"
)

// A spread is the median of some values and the quartiles around it: half of the values lie from Low to High.
type spread struct{ Low, Median, High float64 }

// spreadOf returns the spread of values, which need not be sorted and stay as they are. Without values it is NaN.
func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	return spread{quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)}
}

// quantile returns the value below which the share q, 0 to 1, of the sorted values lies. Between two values it
// interpolates: R's type 7, which is the inclusive method of Python's statistics.quantiles.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// ratio compares two series of one length whose values at an index are of the same round. Its median is the ratio of
// the two medians, so that it fits what the page says of them; its quartiles are those of the ratios of the rounds.
func ratio(values, against []float64) spread {
	rounds := make([]float64, len(values))
	for i := range values {
		rounds[i] = values[i] / against[i]
	}
	s := spreadOf(rounds)
	s.Median = spreadOf(values).Median / spreadOf(against).Median
	return s
}
