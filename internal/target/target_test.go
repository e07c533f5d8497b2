package target

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want Target
		ok   bool
	}{
		{"linux/amd64", Target{"linux", "amd64"}, true},
		{"windows/amd64", Target{"windows", "amd64"}, true},
		{"linux_amd64", Target{}, false},
		{"linux/386", Target{}, false},
		{"", Target{}, false},
	}
	for _, test := range tests {
		got, err := Parse(test.text)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("Parse(%q) = %v, %v", test.text, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("error %q does not name %q", err, test.text)
		}
	}
}

func TestKnownIsSortedAndParses(t *testing.T) {
	last := ""
	for _, k := range Known() {
		if got, err := Parse(k.String()); got != k || err != nil || k.String() <= last {
			t.Errorf("%v after %s: Parse gives %v, %v", k, last, got, err)
		}
		last = k.String()
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("GOOS", "darwin")
	t.Setenv("GOARCH", "")
	if got, want := Environment(), (Target{"darwin", Host().GOARCH}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
