package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/oxgen/oxgen/internal/inputs"
)

// noted LOG fails when strace saw oxgen look at a file that the receipt of the generation in the working directory does not name.
func noted(ts *testscript.TestScript, neg bool, args []string) {
	paths := receiptPaths(ts)
	var missed []string
	for _, name := range looks(ts, args[0]) {
		if !slices.Contains(paths, name) && !unnoted(ts, name) {
			missed = append(missed, name)
		}
	}
	if len(missed) > 0 != neg {
		ts.Fatalf("looked at and not noted: %q", missed)
	}
}

// receiptPaths returns the paths in the newest receipt, which must be about the working directory.
func receiptPaths(ts *testscript.TestScript) []string {
	names, err := filepath.Glob(filepath.Join(ts.Getenv("OXGEN_CACHE"), "generate", "*"))
	ts.Check(err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(data), ts.MkAbs("oxgen.toml")) {
			continue
		}
		_, body, _ := strings.Cut(string(data), "\n")
		record, err := inputs.Decode([]byte(body))
		ts.Check(err)
		return record.Paths()
	}
	ts.Fatalf("there is no receipt")
	return nil
}

var (
	tracedLine = regexp.MustCompile(`^(\d+) +(\w+)\((?:AT_FDCWD, )?"([^"]+)"(.*)`)
	openings   = []string{"open", "openat", "newfstatat", "stat", "lstat", "statx"}
)

// looks returns the absolute paths that oxgen itself opened, or looked for in vain, by a log of strace -f.
func looks(ts *testscript.TestScript, log string) []string {
	var first string
	var others, paths []string
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile(log)))
	for lines.Scan() {
		m := tracedLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		pid, call, name, rest := m[1], m[2], m[3], m[4]
		if first == "" {
			first = pid
		}
		if call == "execve" && pid != first {
			others = append(others, pid) // the interpreter
		}
		found := !strings.Contains(rest, "= -1 ")
		opened := strings.HasPrefix(call, "open")
		if slices.Contains(others, pid) || !slices.Contains(openings, call) || found && !opened || strings.Contains(rest, "O_CREAT") {
			continue
		}
		paths = append(paths, ts.MkAbs(name))
	}
	return paths
}

// unnoted tells whether what is made does not depend on a file, though oxgen looks at it.
func unnoted(ts *testscript.TestScript, name string) bool {
	under := func(dir string) bool { return strings.HasPrefix(name, dir+"/") }
	cache := ts.Getenv("OXGEN_CACHE")
	switch {
	case under("/proc"), under("/sys"), under("/dev"), under("/etc/ld.so.preload"), name == "/etc/ld.so.cache", under("/lib"), under("/etc"):
		return true // Go's runtime, and that of C below it
	case under(cache + "/dist"):
		return filepath.Base(name) == ".oxgen-tree" // what should be there
	}
	return name == cache || under(cache)
}
