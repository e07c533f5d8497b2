package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var nearly = cmp.Options{cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateNaNs()}

func TestSpreadOf(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   spread
	}{
		{"none", nil, spread{math.NaN(), math.NaN(), math.NaN()}},
		{"one", []float64{3}, spread{3, 3, 3}},
		{"two", []float64{4, 2}, spread{2.5, 3, 3.5}},
		{"odd", []float64{5, 1, 4, 2, 3}, spread{2, 3, 4}},
		{"even", []float64{4, 3, 2, 1}, spread{1.75, 2.5, 3.25}}, // Python: quantiles([1, 2, 3, 4], method="inclusive")
		{"an outlier", []float64{1, 1, 1, 1, 1000}, spread{1, 1, 1}},
	}
	for _, tt := range tests {
		before := append([]float64(nil), tt.values...)
		if diff := cmp.Diff(tt.want, spreadOf(tt.values), nearly); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(before, tt.values); diff != "" {
			t.Errorf("%s: the values were changed:\n%s", tt.name, diff)
		}
	}
}

func TestRatio(t *testing.T) {
	tests := []struct {
		name            string
		values, against []float64
		want            spread
	}{
		{"the same", []float64{1, 2, 3}, []float64{1, 2, 3}, spread{1, 1, 1}},
		{"twice, whatever the machine does", []float64{2, 20, 6}, []float64{1, 10, 3}, spread{2, 2, 2}},
		// The ratios of the rounds are 4, 1 and 1, the medians 4 and 1.
		{"of the medians", []float64{4, 1, 6}, []float64{1, 1, 6}, spread{1, 4, 2.5}},
		{"one round", []float64{3}, []float64{2}, spread{1.5, 1.5, 1.5}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, ratio(tt.values, tt.against), nearly); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
