package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want string // a part of what is printed, "" if the arguments are right
	}{
		{nil, ""},
		{[]string{"-only", "test_json,test_ssl"}, ""},
		{[]string{"-python", "3.14", "-suite", "."}, ""},
		{[]string{"-python", "3.14"}, "give a directory with -suite"},
		{[]string{"-rounds", "0"}, "-rounds"},
		{[]string{"-limit", "1ms"}, "-limit"},
		{[]string{"test_json"}, `unexpected argument "test_json"`},
	}
	for _, tt := range tests {
		var stderr bytes.Buffer
		_, err := parse(tt.args, &stderr)
		if (err == nil) != (tt.want == "") || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: error %v, printed %q, want %q", tt.args, err, &stderr, tt.want)
		}
	}
}

// TestTelling asserts that the page says how it was made, without paths of the machine.
func TestTelling(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	args := []string{"-o", "/tmp/x/page.md", "-python", "3.14", "-suite", "/opt/lib/python3.13", "-without", "test_asyncio,test_gdb", "-only", "test_io"}
	o, err := parse(args, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	want := " -o docs/page.md -python 3.14 -suite DIR -only test_io -without test_asyncio,test_gdb"
	if got := o.telling(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSuiteOfAnInstallation(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "python3.13")
	for _, name := range []string{"test/__init__.py", "test/support/__init__.py", "test/test_builtin.py"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := (&workshop{}).openSuite(t.Context(), dir)
	if want := "Python 3.13, a directory given by `-suite`"; err != nil || s.name != want {
		t.Errorf("%q, %v, want %q", s.name, err, want)
	}
}

func TestNoDirectoryForThePage(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	if status := run([]string{"-o", filepath.Join(t.TempDir(), "none", "page.md")}, &stderr); status != 1 {
		t.Errorf("exit status %d, want 1; printed:\n%s", status, &stderr)
	}
}

func TestNoSuite(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	dir := t.TempDir()
	status := run([]string{"-o", filepath.Join(dir, "page.md"), "-suite", dir}, &stderr)
	if status != 1 || !strings.Contains(stderr.String(), "no tests of CPython") {
		t.Errorf("exit status %d, printed:\n%s", status, &stderr)
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{
		"test/test_file.py", "test/test_package/__init__.py", "test/test_package/test_b.py", "test/test_package/test_a.py",
		"test/test_package/data.py", "test/test_package/deeper/test_c.py", "test/test_alone/__init__.py",
		"test/test_unittest.py", "unittest/test/test_case.py", "unittest/test/testmock/testmock.py",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := &suite{dir: dir}
	for name, want := range map[string][]string{
		"test_file": {"test.test_file"},
		"test_package": {
			"test.test_package.deeper.test_c", "test.test_package.test_a", "test.test_package.test_b",
		},
		"test_alone":    {"test.test_alone"},
		"test_unittest": {"unittest.test.test_case", "unittest.test.testmock.testmock"},
		"test_none":     nil,
	} {
		got, err := s.parts(name)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for _, name := range []string{"json", "test_json.test_decode", "../test_json"} {
		if _, err := s.parts(name); err == nil {
			t.Errorf("%q: no error", name)
		}
	}
}

// suiteVariable names the directory with CPython 3.11's package test, such as lib/python3.11, for TestRun.
const suiteVariable = "OXGEN_CPYTHON_TESTS"

// TestRun runs quick modules and reads the page.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := os.Getenv(suiteVariable)
	if dir == "" {
		dir = "/usr/lib/python3.11" // of Debian's libpython3.11-testsuite
		if err := (&suite{dir: dir}).check(); err != nil {
			t.Skipf("%v; install libpython3.11-testsuite or set %s", err, suiteVariable)
		}
	}
	page, scratch := filepath.Join(t.TempDir(), "page.md"), t.TempDir()
	t.Setenv("TMPDIR", scratch)
	var stderr bytes.Buffer
	status := run([]string{"-o", page, "-suite", dir, "-only", "test_bisect,test_linecache,test_zipimport_support"}, &stderr)
	if status != 0 {
		t.Fatalf("exit status %d:\n%s", status, &stderr)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| test_\w+ \| ([1-9]\d*) \| [1-9]\d* \| [1-9]\d* \| 0 \|$`).FindAll(text, -1)
	if len(rows) != 3 {
		t.Errorf("not three modules without differences:\n%s", text)
	}
	if bytes.Contains(text, []byte(scratch)) {
		t.Error("the page names the scratch directory")
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind in the scratch directory: %v, %v", left, err)
	}
}

// TestOverlay asserts that files are replaced and bytecode is left behind.
func TestOverlay(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"a.py": "new", "sub/b.py": "b", "__pycache__/a.pyc": "x"} {
		file := filepath.Join(from, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(to, "a.py"), []byte("an older one"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := overlay(to, from); err != nil {
			t.Fatal(err)
		}
	}
	data, err := io.ReadAll(open(t, filepath.Join(to, "a.py")))
	if err != nil || string(data) != "new" {
		t.Errorf("a.py holds %q, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(to, "sub", "b.py")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(to, "__pycache__")); err == nil {
		t.Error("bytecode was copied")
	}
}
