package pyembed

import (
	"strings"
	"testing"
)

func TestIsTracker(t *testing.T) {
	t.Parallel()
	const code = "from multiprocessing.resource_tracker import main;main(7)"
	for args, want := range map[string]bool{
		"app|-I|-S|-c|" + code:  true,
		"app|-c|" + code:        true,
		"app|" + code:           false,
		"app|-c|" + code + "|x": false,
		"app|-c|print(1)":       false,
		"app":                   false,
		"":                      false,
	} {
		if got := isTracker(strings.Split(args, "|")); got != want {
			t.Errorf("%s: %t, want %t", args, got, want)
		}
	}
}
