package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"oxgen": func() {
		patience = time.Hour
		main()
	}})
}

// TestScripts runs testdata/script/<area>-<case>.txtar. They share the machine's caches, Go's and oxgen's own, so that
// the Python is brought and unpacked once.
func TestScripts(t *testing.T) {
	t.Parallel()
	if checkout() == "" {
		t.Skip("built with -trimpath: new projects can't be made to use this checkout")
	}
	shared := environment(t)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			for name, value := range shared {
				env.Setenv(name, value)
			}
			env.Values[serverKey{}] = new(*httptest.Server)
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Geteuid() == 0, nil
			case "runs": // what is generated here runs here
				return runtime.GOOS == "linux" && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"), nil
			}
			return false, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"stamp":     stamp,
			"untouched": untouched,
			"noted":     noted,
			"receipts":  receipts,
			"smaller":   smaller,
			"killed":    killed,
			"whole":     whole,
			"damage":    damage,
			"scratch":   scratch,
			"signalled": signalled,
			"elf":       elfFile,
			"wheel":     makeWheel,
			"expand":    expand,
			"serve":     serve,
		},
	})
}

// environment returns the variables that scripts get besides testscript's own.
func environment(t *testing.T) map[string]string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	vars := map[string]string{}
	if err := json.Unmarshal(out, &vars); err != nil {
		t.Fatal(err)
	}
	if vars["OXGEN_CACHE"], err = dist.DefaultCacheDir(); err != nil {
		t.Fatal(err)
	}
	vars["CHECKOUT"] = checkout()
	w := wheeltest.Wheel{
		Files:       wheeltest.Text(map[string]string{"demo/__init__.py": "def main(): print('demo runs')\n", "demo/data.txt": "data\n"}),
		EntryPoints: "[console_scripts]\ndemo = demo:main\n",
	}
	vars["WHEEL"] = filepath.Join(t.TempDir(), w.Filename())
	if err := os.WriteFile(vars["WHEEL"], w.Bytes(t), 0o666); err != nil {
		t.Fatal(err)
	}
	return vars
}

// makeWheel FILE.whl [NAME=TEXT]... makes a wheel of the distribution, the version and the tags that its name says, with a
// package of its name and the files. The TEXT of METADATA is a line more of it.
func makeWheel(ts *testscript.TestScript, _ bool, args []string) {
	name, err := wheel.ParseFilename(filepath.Base(args[0]))
	ts.Check(err)
	w := wheeltest.Wheel{
		Name: name.Distribution, Version: name.Version, Build: name.Build,
		Tag: strings.Join([]string{strings.Join(name.Pythons, "."), strings.Join(name.ABIs, "."), strings.Join(name.Platforms, ".")}, "-"),
	}
	files := map[string]string{name.Distribution + "/__init__.py": "wheel = '" + filepath.Base(args[0]) + "'\n"}
	for _, a := range args[1:] {
		file, text, _ := strings.Cut(a, "=")
		if file == "METADATA" {
			if w.Metadata == "" {
				w.Metadata = fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", w.Name, w.Version)
			}
			w.Metadata += text + "\n"
		} else {
			files[file] = text
		}
	}
	w.Files = wheeltest.Text(files)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o777))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), w.Bytes(fatal{ts}), 0o666))
}

// fatal is a script as wheeltest knows tests.
type fatal struct{ *testscript.TestScript }

func (fatal) Helper() {}

func (f fatal) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

// expand FILE replaces sha256:PATH and size:PATH in a file by the digest and the size of another one, and $SERVER and $HOST by
// the address of serve. $DIGEST is the last digest.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.NewReplacer("$SERVER", ts.Getenv("SERVER"), "$HOST", ts.Getenv("HOST")).Replace(ts.ReadFile(args[0]))
	text = regexp.MustCompile(`(sha256|size):([\w./+-]+)`).ReplaceAllStringFunc(text, func(s string) string {
		what, name, _ := strings.Cut(s, ":")
		data := ts.ReadFile(name)
		if what == "size" {
			return strconv.Itoa(len(data))
		}
		ts.Setenv("DIGEST", fmt.Sprintf("%x", sha256.Sum256([]byte(data))))
		return ts.Getenv("DIGEST")
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

// serverKey is where a script keeps its server, a **httptest.Server.
type serverKey struct{}

// serve DIR [USER PASSWORD] serves a directory by HTTP, to everybody or to that user, until the script ends, or until `serve` is
// called without one. It sets $SERVER to the address, and $HOST to the part of it behind http://.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		(*ts.Value(serverKey{}).(**httptest.Server)).Close()
		return
	}
	files := http.FileServer(http.Dir(ts.MkAbs(args[0])))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); len(args) == 3 && (user != args[1] || password != args[2]) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		files.ServeHTTP(w, r)
	}))
	ts.Defer(s.Close)
	ts.Setenv("SERVER", s.URL)
	ts.Setenv("HOST", strings.TrimPrefix(s.URL, "http://"))
	*ts.Value(serverKey{}).(**httptest.Server) = s
}

// contents returns the files directly in a directory, by name.
func contents(ts *testscript.TestScript, dir string) map[string][]byte {
	list, err := os.ReadDir(ts.MkAbs(dir))
	ts.Check(err)
	files := map[string][]byte{}
	for _, e := range list {
		if e.Type().IsRegular() {
			data, err := os.ReadFile(filepath.Join(ts.MkAbs(dir), e.Name()))
			ts.Check(err)
			files[e.Name()] = data
		}
	}
	return files
}

func equal(a, b map[string][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for name, data := range a {
		if other, ok := b[name]; !ok || !bytes.Equal(data, other) {
			return false
		}
	}
	return true
}

const stampSuffix = ".stamp"

// smaller FILE BYTES fails when a file is not smaller.
func smaller(ts *testscript.TestScript, neg bool, args []string) {
	limit, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Size() < limit == neg {
		ts.Fatalf("%s has %d bytes", args[0], info.Size())
	}
}

// stamp DIR remembers the files in a directory and makes them an hour older.
func stamp(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir+stampSuffix, 0o777))
	for name, data := range contents(ts, dir) {
		ts.Check(os.WriteFile(filepath.Join(dir+stampSuffix, name), data, 0o666))
		old := time.Now().Add(-time.Hour)
		ts.Check(os.Chtimes(filepath.Join(dir, name), old, old))
	}
}

// untouched DIR fails when a file differs from what stamp saw, or was written since then.
func untouched(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs(args[0])
	same := equal(contents(ts, dir), contents(ts, dir+stampSuffix))
	for name := range contents(ts, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		ts.Check(err)
		same = same && time.Since(info.ModTime()) > time.Minute
	}
	if same == neg {
		ts.Fatalf("untouched: %v", same)
	}
}

// killed DELAY COMMAND... runs a command and kills it (-9) after a while.
func killed(ts *testscript.TestScript, _ bool, args []string) {
	delay, err := time.ParseDuration(args[0])
	ts.Check(err)
	cmd := command(ts, args[1:])
	ts.Check(cmd.Start())
	timer := time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait() // killed, or done before that
}

// whole DIR STATE... fails when a directory is not equal to one of the states.
func whole(ts *testscript.TestScript, _ bool, args []string) {
	got := contents(ts, args[0])
	for _, state := range args[1:] {
		if equal(got, contents(ts, state)) {
			return
		}
	}
	ts.Fatalf("%s is a mixture", args[0])
}

// damage FILE changes the last byte of a file.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	data[len(data)-1] ^= 0xff
	ts.Check(os.WriteFile(name, data, 0o666)) // a test's file
}

// scratch FILE TEXT changes the first byte of a text in a file.
func scratch(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	at := bytes.Index(data, []byte(args[1]))
	if at < 0 {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	data[at] ^= 0xff
	ts.Check(os.WriteFile(name, data, 0o666)) // a test's file
}

// signalled COMMAND... runs a command, sends it SIGTERM once it has printed something, and fails unless its status is
// the one that the program ends with when it gets the signal, 5.
func signalled(ts *testscript.TestScript, _ bool, args []string) {
	cmd := command(ts, args)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	buf := make([]byte, len("ready"))
	_, err = out.Read(buf)
	ts.Check(err)
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	if status := cmd.ProcessState.ExitCode(); status != 5 {
		ts.Fatalf("exit status %d, the program's was 5", status)
	}
}

// command returns a command that runs as the script's own would.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := args[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if name := filepath.Join(dir, args[0]); path == args[0] && exists(name) {
			path = name
		}
	}
	cmd := exec.Command(path, args[1:]...) // what the script says
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "OXGEN_CACHE", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GONOSUMDB", "GOSUMDB"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
