//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testElsewhere runs a test on the platforms but this one whose programs can be run on some machine like this one.
func testElsewhere(t *testing.T, test func(t *testing.T, p platform)) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	only(t, "mapped")
	for _, p := range []platform{onARM, onWindows} {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}

// inEmulation are checks that QEMU can't pass: it has its own executable for the kernel's link to that of the process, unless the link is
// read.
var inEmulation = []string{"files.reading", "files.streams", "files.streams_outside", "files.status", "files.other_spellings", "files.real_paths"}

// inWine are checks that Debian's wine can't pass, with its python.exe neither, and, of children, those that would take long.
var inWine = []string{
	"children.process_pool", // its workers wait forever
	"children.nested_spawn", "children.manager", "children.in_threads", "children.of_a_child",
}

// TestChecksElsewhere runs the probe's checks on other platforms, as TestChecks does here, but for those of what a platform has not (which are
// marked so in the probe) and all in one process.
func TestChecksElsewhere(t *testing.T) {
	testElsewhere(t, func(t *testing.T, p platform) {
		args := []string{"together.run"}
		for _, group := range checkGroups {
			if p.children || group.name != "children" {
				args = append(args, group.name)
			}
		}
		r := p.as(t, "probe", append(append(args, "but"), p.but...)...).run(t)
		if !regexp.MustCompile(`^[6-9]\d passed\r?\n$`).MatchString(r.stdout) || r.stderr != "" || r.status != 0 {
			t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
		}
	})
}

// TestModesElsewhere compares what __main__ is, and how programs end, with what the same program says here, mode by mode.
func TestModesElsewhere(t *testing.T) {
	calls := [][]string{
		{"module", "uncaught"},
		{"file", "import_raises"},
		{"entry", "exits", "2**31 + 7"},
		{"with-argv", "more ä"},
		{"command", "leave"},
	}
	for _, m := range allModes {
		calls = append(calls, []string{m.name, "picture"})
	}
	testElsewhere(t, func(t *testing.T, p platform) {
		for _, args := range calls {
			t.Run(strings.Join(args, " "), func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(onLinux.said(t, args), p.said(t, args)); diff != "" {
					t.Errorf("(-here +there):\n%s", diff)
				}
			})
		}
	})
}

// said runs the program and returns how it ended, with the names of its files as they would be here.
func (p platform) said(t *testing.T, args []string) ending {
	t.Helper()
	return p.ended(t, p.call(t, args...))
}

// ended runs a call of the program, and returns what said does.
func (p platform) ended(t *testing.T, c *call) ending {
	t.Helper()
	r := c.run(t)
	exe := p.executable("everywhere")
	plain := strings.NewReplacer(exe, "EXE")
	if p.goos == "windows" {
		spelt := p.spellings(exe)
		plain = strings.NewReplacer("\r\n", "\n", spelt[0], "EXE", spelt[1], "EXE", `\\`, "/", `\n`, `\n`, `\"`, `\"`, `\`, "/")
	}
	return r.ending(plain)
}

// spellings are those of a path of this machine in what programs for the platform print: as it is, and in quotes.
func (p platform) spellings(path string) []string {
	if p.goos != "windows" {
		return []string{path}
	}
	path = "Z:" + strings.ReplaceAll(path, "/", `\`)
	return []string{path, strings.ReplaceAll(path, `\`, `\\`)}
}

// TestLinksElsewhere has a program for Windows make an executable for each of its programs, twice, and starts one.
func TestLinksElsewhere(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	only(t, "mapped")
	p := onWindows
	p.call(t) // builds the program, on the disk that the links have to be on
	dir, err := os.MkdirTemp(workspace, "links")
	if err != nil {
		t.Fatal(err)
	}
	const option = "--oxgen-install-links"
	if r := p.run(t, option, "Z:"+dir); r.status != 0 || !strings.Contains(r.stdout, `\entry.exe -> Z:`) {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	p.run(t, option, "Z:"+dir).wantLines(t, "", 0)
	link := filepath.Join(dir, "entry.exe")
	want := "['Z:" + strings.ReplaceAll(link, "/", `\\`) + "', 'reloaded', 'run', 'second']\n"
	p.calling(t, link, "reloaded", "run").run(t).wantLines(t, want, 0)
}

// TestEndingsElsewhere ends programs on other platforms as TestEndings does here.
func TestEndingsElsewhere(t *testing.T) {
	endings := map[string]ending{
		"exit_three":       {Status: 3},
		"exit_text":        {Status: 1, Stderr: "the reason"},
		"exit_at_once":     {Status: 5},
		"uncaught":         {Status: 1, Stderr: "ValueError: the line that fails"},
		"at_exit":          {Stdout: "main\nthread\natexit\n"},
		"at_exit_uncaught": {Stdout: "main\n", Stderr: "ValueError: the line that fails"},
		"daemon":           {Stdout: "main\n"},
		"left_open":        {Stdout: "left open\n"},
		"finalizer_exit":   {Stdout: "deleted\n", Status: 3},
		"deep":             {Stdout: "caught\ncaught too\n"},
	}
	testElsewhere(t, func(t *testing.T, p platform) {
		for name, want := range endings {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if p.goos == "windows" {
					want.Stdout = strings.ReplaceAll(want.Stdout, "\n", "\r\n")
				}
				wantEnding(t, p.call(t, "probe", "process."+name), want)
			})
		}
	})
}
