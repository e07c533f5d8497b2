package cpython

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ebitengine/purego"
)

// An interpreter starts once in a process, so the tests start it in children: the test's own executable with a plan in its
// environment.

const (
	envPlan = "OXGEN_TEST_PLAN"
	// A list of shared libpythons to test as well, each with its standard library beside it in python3.N.
	envLibraries = "OXGEN_TEST_LIBPYTHON"
	// The emulator that runs the test's executable, with its arguments: what go test was told with -exec.
	envEmulator = "OXGEN_TEST_EXEC"
)

// A plan says what a child does.
type plan struct {
	Library  library
	Settings []Setting
	Structs  bool   // start by PEP 587, whatever the version
	Faults   bool   // for ResetSignals
	Shield   string // calls ShieldThreads and then one of shielding; "" is not at all
	Shielded string // waits once more when Python has started, after one of shielding; "" does not
	Frozen   string // for SetFrozen; then there is a built-in module too
	Code     string // is executed in __main__
}

// A library is a libpython of the machine.
type library struct {
	Path, Stdlib string
	Minor        int
}

func init() {
	gob.Register([]string{})
	runtime.LockOSThread()
}

func TestMain(m *testing.M) {
	if text := os.Getenv(envPlan); text != "" {
		if err := child(text); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(3)
		}
	}
	status := m.Run()
	if unpacked != "" {
		os.RemoveAll(unpacked)
	}
	os.Exit(status)
}

// child does what the plan says and ends the process. It returns the error of an interpreter that did not start.
func child(text string) error {
	var p plan
	coded, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	if err := gob.NewDecoder(bytes.NewReader(coded)).Decode(&p); err != nil {
		return err
	}
	os.Unsetenv(envPlan)
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil { // crashes are on purpose
		return err
	}
	handle, err := purego.Dlopen(p.Library.Path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return err
	}
	a := New(handle, Version(3<<24|p.Library.Minor<<16))
	if err := a.Refused(); err != nil {
		return err
	}
	a.ResetSignals(p.Faults)
	settle := func() {}
	if p.Shield != "" {
		settle = a.ShieldThreads()
		shielding[p.Shield]()
		settle()
	}
	if p.Frozen != "" {
		if err := errors.Join(a.SetFrozen(p.Frozen), a.AddBuiltin(values(a))); err != nil {
			return err
		}
	}
	initialize := a.Initialize
	if p.Structs {
		initialize = a.pyConfig
	}
	status, exit, err := initialize(p.Settings)
	if err != nil {
		return err
	}
	if p.Shielded != "" {
		shielding[p.Shielded]()
		settle()
	}
	if !exit {
		status = execute(a, p.Code)
	}
	a.Exit(status)
	return nil
}

// shielding is what can happen between ShieldThreads and the end of its wait.
var shielding = map[string]func(){"nothing": func() {}}

func values(a *API) []Value {
	return append(a.CallValues(),
		a.StringValue("text", "text\xff"),
		a.PathValue("path", "/path\xff"),
		a.MemoryValue("memory", "memory"),
		a.StringValue("empty", ""),
	)
}

// execute runs code in __main__ and ends the interpreter.
func execute(a *API, code string) int {
	globals := a.Attr(a.Import("__main__"), "__dict__")
	a.Release(a.Call(a.Attr(a.Import("builtins"), "exec"), a.String(code), globals))
	e, raised := a.Raised()
	status := 0
	if raised {
		status = 1
		interrupted := a.Is(e, "PyExc_KeyboardInterrupt")
		a.Print(e)
		if interrupted {
			a.Interrupt()
		}
	}
	if !a.Finalize() {
		status = 120
	}
	return status
}

// run runs a child and returns its output. The error is that of its exit status.
func run(t *testing.T, p plan, wrapper ...string) (string, *os.ProcessState) {
	t.Helper()
	var coded bytes.Buffer
	if err := gob.NewEncoder(&coded).Encode(p); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args := append(append(wrapper, strings.Fields(os.Getenv(envEmulator))...), os.Args[0])
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), envPlan+"="+hex.EncodeToString(coded.Bytes()))
	output, _ := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal("the child did not start")
	}
	return string(output), cmd.ProcessState
}

// base returns the settings that a library needs to find its standard library and nothing else.
func base(l library, more ...Setting) []Setting {
	set := []Setting{
		{"utf8_mode", int64(1)},
		{"install_signal_handlers", int64(1)},
		{"site_import", int64(0)},
		{"write_bytecode", int64(0)},
		{"module_search_paths", []string{l.Stdlib}},
		{"argv", []string{"program"}},
	}
	for _, name := range []string{
		"program_name", "executable", "base_executable", "prefix", "base_prefix", "exec_prefix", "base_exec_prefix",
	} {
		set = append(set, Setting{name, "/" + name})
	}
	return append(set, more...)
}

// each runs a test for every libpython of the machine.
func each(t *testing.T, test func(t *testing.T, l library)) {
	t.Helper()
	all := libraries(t)
	if len(all) == 0 {
		t.Skip("there is no libpython: run `go mod download` for the pinned distributions")
	}
	for _, l := range all {
		t.Run(fmt.Sprintf("3.%d", l.Minor), func(t *testing.T) {
			t.Parallel()
			test(t, l)
		})
	}
}

var (
	findOnce sync.Once
	found    []library
	unpacked string // the directory of libraries that were compressed
)

// libraries returns the shared libpythons that this machine has: those of the pinned distributions in the module cache, the
// system's, and those of envLibraries.
func libraries(t *testing.T) []library {
	t.Helper()
	findOnce.Do(func() {
		cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
		if err != nil {
			return
		}
		if unpacked, err = os.MkdirTemp("", "oxgen-cpython-"); err != nil {
			return
		}
		compressed, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(cache)),
			"github.com/kluctl/go-embed-python@*/python/internal/data", runtime.GOOS+"-"+runtime.GOARCH, "lib/libpython3.1*.so.1.0.gz"))
		for _, path := range compressed {
			name := strings.TrimSuffix(filepath.Base(path), ".gz")
			target := filepath.Join(unpacked, name)
			if err := gunzip(path, target); err == nil {
				addLibrary(target, filepath.Dir(path))
			}
		}
		machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
		system, _ := filepath.Glob("/usr/lib/" + machine + "-linux-gnu/libpython3.1?.so.1.0")
		for _, path := range system {
			addLibrary(path, "/usr/lib")
		}
		for _, path := range filepath.SplitList(os.Getenv(envLibraries)) {
			addLibrary(path, filepath.Dir(path))
		}
	})
	return found
}

func addLibrary(path, parent string) {
	l := library{Path: path}
	if _, err := fmt.Sscanf(filepath.Base(path), "libpython3.%d.so", &l.Minor); err != nil {
		return
	}
	l.Stdlib = filepath.Join(parent, fmt.Sprintf("python3.%d", l.Minor))
	if _, err := os.Stat(filepath.Join(l.Stdlib, "encodings", "__init__.py")); err == nil {
		found = append(found, l)
	}
}

func gunzip(path, target string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, r); err != nil { // our own distribution
		out.Close()
		return err
	}
	return out.Close()
}
