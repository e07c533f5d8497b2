//go:build linux

package e2e

import "testing"

// A basic is a command of an example that reads and computes, but changes nothing.
type basic struct {
	args []string
	want string // in its output
}

// An example is a program of the examples with commands that work everywhere.
type example struct {
	name     string
	program  func(*testing.T) *program
	heavy    bool
	commands []basic
}

var basics = []example{
	{name: "hello", program: hello, commands: []basic{{want: "Hello from Python 3."}}},
	{name: "pip", program: pip, heavy: true, commands: []basic{
		{[]string{"--version"}, "pip 26.1.2"},
		{[]string{"help"}, "Install packages."},
	}},
	{name: "webapp", program: webapp, heavy: true, commands: []basic{{[]string{"--help"}, "web server"}}},
}

func (e example) short(t *testing.T) {
	t.Helper()
	if e.heavy && testing.Short() {
		t.Skip("left out by -short")
	}
}
