package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

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

// receipts N fails when there are not N receipts about the working directory.
func receipts(ts *testscript.TestScript, neg bool, args []string) {
	if n := strconv.Itoa(len(receiptsHere(ts))); n != args[0] != neg {
		ts.Fatalf("there are %s receipts", n)
	}
}

// receiptPaths returns the paths in a receipt about the working directory.
func receiptPaths(ts *testscript.TestScript) []string {
	list := receiptsHere(ts)
	if len(list) == 0 {
		ts.Fatalf("there is no receipt")
	}
	_, body, _ := strings.Cut(list[0], "\n")
	record, err := inputs.Decode([]byte(body))
	ts.Check(err)
	return record.Paths()
}

// receiptsHere returns the receipts about the working directory.
func receiptsHere(ts *testscript.TestScript) (list []string) {
	names, err := filepath.Glob(filepath.Join(ts.Getenv("OXGEN_CACHE"), "generate", "*"))
	ts.Check(err)
	for _, name := range names {
		if data, err := os.ReadFile(name); err == nil && strings.Contains(string(data), ts.MkAbs("oxgen.toml")) {
			list = append(list, string(data))
		}
	}
	return list
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
	case filepath.Base(name) == "__pycache__":
		return true // to name what is left out
	case under(cache + "/dist"):
		return filepath.Base(name) == ".oxgen-tree" // what should be there
	}
	return name == cache || under(cache)
}

// looksAlone are calls of package os that look at what a generation does not depend on, by file; all others in the packages that read
// inputs must be those of package inputs.
var looksAlone = map[string]string{
	"collector/walk.go":         "a directory is compared with others, files that come and go are named",
	"gen/compact.go":            "the cache",
	"gen/divided.go":            "the cache",
	"gen/output.go":             "the generated package",
	"gen/receipt.go":            "the cache",
	"gen/size.go":               "the executable",
	"gen/verify.go":             "the generated package",
	"internal/dist/archive.go":  "the cache",
	"internal/dist/builder.go":  "the cache",
	"internal/dist/carrier.go":  "the module cache, which does not change",
	"internal/dist/module.go":   "the module cache, which does not change",
	"internal/dist/probe.go":    "the cache",
	"internal/dist/store.go":    "where the cache is",
	"internal/dist/tree.go":     "the cache",
	"internal/pip/pip.go":       "the cache",
	"internal/licence/cache.go": "the cache",
}

// TestLooksAreNoted finds calls that the receipts of generations would miss.
func TestLooksAreNoted(t *testing.T) {
	look := regexp.MustCompile(`\b(os\.(ReadFile|Open|Stat|Lstat|ReadDir|Readlink|Getenv|LookupEnv)|filepath\.(Glob|EvalSymlinks|Walk\w*))\(`)
	for _, dir := range []string{"collector", "gen", "internal/config", "internal/dist", "internal/dynlink", "internal/licence", "internal/pip", "internal/tracefile", "internal/wheel"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || looksAlone[filepath.ToSlash(file)] != "" {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if call := look.Find(text); call != nil {
				t.Errorf("%s: %s…) is not noted: take that of package inputs, or say in looksAlone why not", file, call)
			}
		}
	}
}
