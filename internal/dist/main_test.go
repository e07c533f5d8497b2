package dist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
)

// The tests need programs that behave badly. This test binary is all of them, by the variable playing.
const playing = "OXGEN_TEST_PLAYS"

var cacheForAll string // of realStore; below a directory that TestMain removes

func TestMain(m *testing.M) {
	switch role := os.Getenv(playing); {
	case role == "":
		os.Exit(runTests(m))
	case role == "unpack":
		os.Exit(playUnpack())
	case strings.HasPrefix(role, "go "):
		os.Exit(playGo(strings.TrimPrefix(role, "go ")))
	default:
		os.Exit(playPython(strings.TrimPrefix(role, "python ")))
	}
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "oxgen-dist-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	cacheForAll = dir
	return m.Run()
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// playGo is a go command. It notes its arguments and directory in the file that OXGEN_TEST_LOG names, and answers a
// `go mod download -json` with what follows "go " in its role: a JSON object, or the words to fail with.
func playGo(answer string) int {
	dir, _ := os.Getwd()
	note(strings.Join(os.Args[1:], " ") + " in " + filepath.Base(dir))
	fmt.Println(answer)
	if !strings.HasPrefix(answer, "{") {
		fmt.Fprintln(os.Stderr, answer)
		return 1
	}
	if strings.Contains(answer, `"Error":"`) && !strings.Contains(answer, `"Error":""`) {
		return 1
	}
	return 0
}

// playPython is an interpreter. A role that is a JSON object is its answer.
func playPython(role string) int {
	note("python")
	program, _ := io.ReadAll(os.Stdin)
	if !strings.Contains(string(program), "sys.version_info") {
		return 99
	}
	switch role {
	case "hangs":
		time.Sleep(time.Hour)
	case "talks":
		fmt.Println("hello, I am a calculator\n> ")
	case "talks-json":
		fmt.Println("\noxgen-probe {\"version\": 3}")
	case "says-nothing":
		fmt.Println("\noxgen-probe {}")
	case "crashes":
		fmt.Fprintln(os.Stderr, "Fatal Python error: init_fs_encoding: failed to get the Python codec\n\nCurrent thread:")
		return 1
	case "raises":
		fmt.Fprintln(os.Stderr, "Traceback (most recent call last):\n  File \"<stdin>\", line 1\nImportError: no module named sysconfig")
		return 1
	case "is-python-2":
		fmt.Fprintln(os.Stderr, "Unknown option: -I\nusage: python [option]")
		return 2
	default:
		fmt.Printf("a wrapper says hello\n\noxgen-probe %s\n", role)
	}
	return 0
}

func note(line string) {
	log := os.Getenv("OXGEN_TEST_LOG")
	if log == "" {
		return
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

// A stage is a store whose go command and interpreter are this test binary in the given role.
type stage struct {
	*Store
	log string
}

func newStage(t *testing.T, role string) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{log: filepath.Join(dir, "log")}
	s.Store = &Store{CacheDir: filepath.Join(dir, "cache"), Go: self(t), patience: 10 * time.Second}
	s.play(role)
	return s
}

// play gives the programs a new role.
func (s *stage) play(role string) {
	s.Env = []string{
		playing + "=" + role, "OXGEN_TEST_LOG=" + s.log, "HOME=/nonexistent",
		"TMPDIR=" + os.TempDir(), "GORACE=atexit_sleep_ms=0",
	}
}

// noted returns the lines that the programs noted so far.
func (s *stage) noted(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(s.log)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")[:strings.Count(string(data), "\n")]
}

// asRole returns what makes playPython answer a.
func asRole(t *testing.T, a answer) string {
	t.Helper()
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return "python " + string(data)
}

var real struct {
	sync.Once
	store *Store
	err   error
}

// realStore returns a store with the default release, brought by the real go command. Without a network and without the
// module in the module cache the test is skipped.
func realStore(t *testing.T) *Store {
	t.Helper()
	if testing.Short() {
		t.Skip("unpacks a Python")
	}
	real.Do(func() {
		real.store = &Store{CacheDir: cacheForAll}
		_, real.err = real.store.Resolve(context.Background(), Want{})
	})
	if real.err != nil {
		var d *diag.Error
		if errors.As(real.err, &d) && strings.Contains(d.Hint, "can't be reached") {
			t.Skip(real.err)
		}
		t.Fatal(real.err)
	}
	return real.store
}

func realPlatform(t *testing.T) *Platform {
	t.Helper()
	p, _, err := realStore(t).releasePlatform(t.Context(), DefaultRelease(), target.Host())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onUnix skips a test that needs scripts, links or permissions.
func onUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a Unix")
	}
}

// put writes files, given as name and content, below dir. A name that ends in "*" is an executable.
func put(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name, program := strings.CutSuffix(pairs[i], "*")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if program {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), mode); err != nil {
			t.Fatal(err)
		}
	}
}

// wantDiag asserts that err is one for the user, says all of the parts and has a hint.
func wantDiag(t *testing.T, err error, parts ...string) {
	t.Helper()
	var d *diag.Error
	if !errors.As(err, &d) {
		t.Errorf("error %v (%T), want a diag.Error", err, err)
		return
	}
	if d.Hint == "" || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q with hint %q, want one line and a hint", err, d.Hint)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error()+"\n"+d.Hint, part) {
			t.Errorf("error %q with hint %q, want it to say %q", err, d.Hint, part)
		}
	}
}
