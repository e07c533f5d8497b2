//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A platform is one that the program testdata/matrix is built for, and how it is run here.
type platform struct {
	goos, goarch string
	here         string   // what the program says of it
	runner       []string // program and arguments before those of the program; nil to run it as it is
	needs        []string // files without which it can't be run
}

func (p platform) name() string { return p.goos + "-" + p.goarch }

var armRunner = []string{"qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"}

var platforms = []platform{
	{goos: "linux", goarch: "amd64", here: "here linux x86_64 linux-x86_64"},
	{goos: "linux", goarch: "arm64", here: "here linux aarch64 linux-aarch64", runner: armRunner, needs: []string{"/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1"}},
}

// runnable says why the platform's programs can't be run here, "" when they can.
func (p platform) runnable() string {
	for _, file := range p.needs {
		if _, err := os.Stat(file); err != nil {
			return "there is no " + file
		}
	}
	if p.runner != nil {
		if _, err := exec.LookPath(p.runner[0]); err != nil {
			return "there is no " + p.runner[0]
		}
	} else if p.goarch != hostArch() {
		return "this machine is another one"
	}
	return ""
}

func hostArch() string {
	out, err := exec.Command("go", "env", "GOHOSTARCH").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// matrix generates once and builds for each platform, without a C compiler.
var matrix = sync.OnceValues(func() (map[string]string, error) {
	p, err := newProgram(filepath.Join(workspace, "matrix"), "testdata/matrix")
	if err != nil {
		return nil, err
	}
	if out, err := oxgen(context.Background(), "--quiet", "generate", p.dir); err != nil || out != "" {
		return nil, fmt.Errorf("generating: %w\n%s", err, out)
	}
	built := map[string]string{}
	for _, on := range platforms {
		exe := filepath.Join(workspace, "matrix", "bin", on.name(), "matrix")
		if on.goos == "windows" {
			exe += ".exe"
		}
		build := &call{
			path: "go", args: []string{"build", "-o", exe, "."}, dir: p.dir,
			env: append(used.environ(), "GOOS="+on.goos, "GOARCH="+on.goarch, "CGO_ENABLED=0", "CC=no-such-compiler"),
		}
		if r := build.start(context.Background()); r.err != nil || r.status != 0 {
			return nil, fmt.Errorf("go build for %s: %w\n%s", on.name(), r.err, r.stderr)
		}
		built[on.name()] = exe
	}
	return built, nil
})

// run runs the program for a platform, skipping the test where that is not possible.
func (p platform) run(t *testing.T, args ...string) result {
	t.Helper()
	if why := p.runnable(); why != "" {
		t.Skipf("programs for %s are left out: %s", p.name(), why)
	}
	built, err := matrix()
	if err != nil {
		t.Fatal(err)
	}
	c := &call{path: built[p.name()], args: args}
	if p.runner != nil {
		c = &call{path: p.runner[0], args: append(append(p.runner[1:len(p.runner):len(p.runner)], c.path), args...)}
	}
	return c.run(t)
}

// TestMatrix runs a program that was generated once on every platform that can be run here. It says the same on each.
func TestMatrix(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	want := strings.Join([]string{
		"['ä b'] utf-8 1",
		"HERE",
		"[(42,)] OpenSSL True",
		"8 0.1428571428571428571428571429 2363233923",
		"2d711642 b'packed'",
		"slept LATIN SMALL LETTER SHARP S",
		"data of the package",
		"/matrix/__init__.py",
		"data of the package ['__init__.py', '__main__.py', 'data']",
		"[0, 1, 4, 9]",
		`Traceback (most recent call last): raise ValueError("seen") ValueError: seen`,
		"",
	}, "\n")
	for _, p := range platforms {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			r := p.run(t, "ä b")
			if diff := cmp.Diff(strings.Replace(want, "HERE", p.here, 1), r.stdout); diff != "" || r.status != 5 {
				t.Errorf("exit status %d, (-want +got):\n%s\n%s", r.status, diff, r.stderr)
			}
		})
	}
}

// TestLargePages runs the program for arm64 as on a kernel with pages of 64 KiB, libpython divided.
func TestLargePages(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	arm := platforms[1]
	arm.runner = append([]string{armRunner[0], "-p", "65536", "-E", "OXGEN_LOADER=split"}, armRunner[1:]...)
	if r := arm.run(t); r.status != 5 {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}
