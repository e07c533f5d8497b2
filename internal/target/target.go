// Package target names the platforms that a program is generated for, the way Go names them.
package target

import (
	"os"
	"runtime"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Target is one platform. The zero Target is none.
type Target struct {
	GOOS, GOARCH string // as `go env` spells them
}

// Host is the platform that oxgen itself runs on.
func Host() Target { return Target{runtime.GOOS, runtime.GOARCH} }

// String returns "GOOS/GOARCH".
func (t Target) String() string { return t.GOOS + "/" + t.GOARCH }

// Suffix returns "GOOS_GOARCH", the ending by which go build picks a file for the platform.
func (t Target) Suffix() string { return t.GOOS + "_" + t.GOARCH }

// Known lists the platforms that the default distributions are made for, sorted by String.
func Known() []Target {
	return []Target{
		{"darwin", "amd64"},
		{"darwin", "arm64"},
		{"linux", "amd64"},
		{"linux", "arm64"},
		{"windows", "amd64"},
	}
}

// Parse reads "GOOS/GOARCH". The error names the platforms of Known.
func Parse(s string) (Target, error) {
	for _, t := range Known() {
		if t.String() == s {
			return t, nil
		}
	}
	var names []string
	for _, t := range Known() {
		names = append(names, t.String())
	}
	return Target{}, diag.Errorf("", "the targets are "+strings.Join(names, ", "), "unknown target %q", s)
}

// Environment is the platform that go build builds for by the environment variables GOOS and GOARCH, which `go generate`
// sets, and where they are not set the host.
func Environment() Target {
	t := Host()
	if s := os.Getenv("GOOS"); s != "" {
		t.GOOS = s
	}
	if s := os.Getenv("GOARCH"); s != "" {
		t.GOARCH = s
	}
	return t
}
