package main

import (
	"encoding/json"
	"math"
)

// raw returns the values of all rounds as JSON.
func (r *report) raw() ([]byte, error) {
	type one struct {
		Name   string   `json:"name"`
		Rounds int      `json:"rounds"`
		Series []series `json:"series"`
	}
	all := struct {
		Machine    machine `json:"machine"`
		Benchmarks []one   `json:"benchmarks"`
	}{Machine: r.machine}
	for _, result := range r.results {
		b := one{Name: result.benchmark.name, Rounds: result.rounds}
		for _, s := range result.series {
			b.Series = append(b.Series, s.rounded())
		}
		all.Benchmarks = append(all.Benchmarks, b)
	}
	data, err := json.Marshal(all)
	return append(data, '\n'), err
}

// rounded returns the series with whole bytes and microseconds: there is nothing in further digits.
func (s series) rounded() series {
	scale := 1e6
	if s.Unit == unitBytes {
		scale = 1
	}
	values := make([]float64, len(s.Values))
	for i, v := range s.Values {
		values[i] = math.Round(v*scale) / scale
	}
	s.Values = values
	return s
}
