package versions

import "testing"

func TestCompare(t *testing.T) {
	t.Parallel()
	order := []string{"PRIVATE", "2", "2.2", "2.2.5", "2.3", "2.9", "2.10", "2.34", "3.0", "12.0.0"}
	for i, a := range order {
		for j, b := range order {
			want := max(-1, min(1, i-j))
			if got := Compare(a, b); got != want {
				t.Errorf("Compare(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"2": true, "2.17": true, "2.2.5": true, "": false, "2.": false, "2.x": false, "PRIVATE": false, "-2": false} {
		if got := Valid(s); got != want {
			t.Errorf("Valid(%q) = %v", s, got)
		}
	}
}
