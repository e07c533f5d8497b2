package dist

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
	"github.com/oxgen/oxgen/internal/target"
)

// fakePython makes a Python of the given version below a new directory: an interpreter that is this test binary, a
// library and a standard library.
func fakePython(t *testing.T, version string, hex uint32) (interpreter string, a answer) {
	t.Helper()
	onUnix(t)
	prefix := t.TempDir()
	minor := minorOf(version)
	stdlib := filepath.Join(prefix, "lib", "python"+minor)
	put(t, prefix, "bin/x", "", "lib/python"+minor+"/os.py", "", "lib/python"+minor+"/lib-dynload/x.so", "")
	interpreter = filepath.Join(prefix, "bin", "python3")
	symlink(t, self(t), interpreter)
	symlink(t, self(t), filepath.Join(prefix, layoutOf(target.Host().GOOS, version).libpython[0]))
	return interpreter, answer{
		Implementation: "cpython",
		Version:        version,
		Hexversion:     hex,
		Executable:     interpreter,
		Prefix:         prefix,
		BasePrefix:     prefix,
		Stdlib:         stdlib,
		Purelib:        filepath.Join(stdlib, "site-packages"),
		InstSoname:     "libpython" + minor + ".so.1.0",
		Libdir:         "/install/lib",
		Magic:          "cb0d0d0a",
	}
}

func symlink(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

func TestProbeIsASCII(t *testing.T) {
	t.Parallel()
	// Python 2 takes a program without a coding cookie for ASCII, and so does the C locale on older Python 3.
	if i := bytes.IndexFunc([]byte(probeProgram), func(r rune) bool { return r > 126 }); i >= 0 {
		t.Errorf("byte %d of probe.py is not ASCII", i)
	}
}

func TestBadInterpreters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role string
		want string
	}{
		{"talks", `does not answer like a Python but with "hello, I am a calculator"`},
		{"talks-json", "answers what can't be read"},
		{"says-nothing", "does not say which Python it is"},
		{"crashes", "does not work: exit status 1: Fatal Python error: init_fs_encoding"},
		{"raises", "does not work: exit status 1: ImportError: no module named sysconfig"},
		{"is-python-2", "is a Python older than 3.4: oxgen needs 3.10 or newer"},
		{`{"implementation":"pypy","version":"3.10.14","hexversion":51056368}`, "is pypy 3.10.14, not CPython"},
		{`{"implementation":"cpython","version":"3.9.18","hexversion":50926320}`, "is Python 3.9.18: oxgen needs 3.10 or newer"},
		{`{"implementation":"cpython","version":"3.10.0rc2","hexversion":50987202}`, "is Python 3.10.0rc2: oxgen needs"},
		{`{"implementation":"cpython","version":"3.14.6","hexversion":51250928,"free_threaded":true}`, "free-threaded build of 3.14.6"},
	}
	for _, tt := range tests {
		t.Run(tt.role, func(t *testing.T) {
			t.Parallel()
			interpreter, _ := fakePython(t, "3.12.1", 0x030c01f0)
			s := newStage(t, "python "+tt.role)
			d, err := s.Resolve(t.Context(), Want{Env: interpreter})
			if d != nil {
				t.Errorf("Resolve = %+v", d)
			}
			wantDiag(t, err, tt.want, `no usable Python: "`+interpreter+`", from $OXGEN_PYTHON, `,
				`takes the first that is set of --python (not set), $OXGEN_PYTHON ("`+interpreter+`") and python in oxgen.toml (not set), else cpython-3.14.6`)
			var p *probeError
			if !errors.As(err, &p) {
				t.Errorf("the cause is %v", errors.Unwrap(err))
			}
			if _, err := s.Resolve(t.Context(), Want{Env: interpreter}); err == nil || len(s.noted(t)) != 2 {
				t.Error("a bad answer was kept")
			}
		})
	}
}

func TestInterpreterHangs(t *testing.T) {
	t.Parallel()
	interpreter, _ := fakePython(t, "3.12.1", 0x030c01f0)
	s := newStage(t, "python hangs")
	s.patience = 50 * time.Millisecond
	_, err := s.Resolve(t.Context(), Want{Flag: interpreter})
	wantDiag(t, err, "has not answered within 50ms")
}

func TestNoInterpreter(t *testing.T) {
	t.Parallel()
	onUnix(t)
	dir := t.TempDir()
	put(t, dir, "text", "no program", "foreign*", "\x7fELF of nobody", "script*", "#!/no/such/interpreter\n", "empty/x", "",
		"a.zip", "PK\x03\x04", "conf/x", "")
	tests := []struct {
		name string
		want Want
		say  []string
	}{
		{"no file", Want{Flag: filepath.Join(dir, "none")}, []string{"does not exist"}},
		{"no name", Want{Flag: "no-such-python"}, []string{`"no-such-python", from --python, is no version that oxgen knows, no program in PATH and no file`}},
		{"no version", Want{Env: "3.13"}, []string{"is a version that oxgen knows no distribution of", "3.14, 3.11, 3.10"}},
		{"old version", Want{Env: "3.9"}, []string{"is too old: oxgen needs 3.10 or newer"}},
		{"older version", Want{Env: "2.7"}, []string{"is too old"}},
		{"not executable", Want{Flag: filepath.Join(dir, "text")}, []string{"may not be executed", "chmod +x"}},
		{"foreign", Want{Flag: filepath.Join(dir, "foreign")}, []string{"can't be run: exec format error"}},
		{"script", Want{Flag: filepath.Join(dir, "script")}, []string{"can't be run: its program loader"}},
		{"directory", Want{Flag: filepath.Join(dir, "empty")}, []string{"is a directory without a Python"}},
		{"archive", Want{Flag: filepath.Join(dir, "a.zip")}, []string{"a kind that oxgen does not read", "unpack it"}},
		{"device", Want{Flag: os.DevNull}, []string{"is no regular file"}},
		{
			"configuration",
			Want{Config: "./none", ConfigFile: filepath.Join(dir, "conf", "oxgen.toml")},
			[]string{filepath.Join(dir, "conf", "oxgen.toml") + `: no usable Python: "./none", from python in `, "does not exist"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newStage(t, "").Resolve(t.Context(), tt.want)
			wantDiag(t, err, tt.say...)
		})
	}
}

func TestInterpreter(t *testing.T) {
	t.Parallel()
	interpreter, a := fakePython(t, "3.12.1", 0x030c01f0)
	put(t, a.Prefix, "lib/libx.so.1", "", "lib/tk8/libtk.so", "", "lib/notes.txt", "", "lib/python3.12/site-packages/x", "")
	symlink(t, "libx.so.1", filepath.Join(a.Prefix, "lib", "libx.so"))
	s := newStage(t, asRole(t, a))
	d, err := s.Resolve(t.Context(), Want{Flag: interpreter, Env: "ignored"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{d.Spec, d.Name, d.Version, d.Interpreter}
	if diff := cmp.Diff([]string{interpreter, "cpython-3.12.1", "3.12.1", interpreter}, got); diff != "" {
		t.Errorf("distribution (-want +got):\n%s", diff)
	}
	p, err := d.Target(t.Context(), target.Host())
	if err != nil {
		t.Fatal(err)
	}
	want := &Platform{
		Target:       target.Host(),
		Libpython:    resolved(t, self(t)),
		Stdlib:       a.Stdlib,
		LibDynload:   filepath.Join(a.Stdlib, "lib-dynload"),
		SitePackages: a.Purelib,
		Libraries:    []string{filepath.Join(a.Prefix, "lib", "libx.so.1"), filepath.Join(a.Prefix, "lib", "tk8", "libtk.so")},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("platform (-want +got):\n%s", diff)
	}
	_, err = d.Target(t.Context(), target.Target{GOOS: "windows", GOARCH: "arm64"})
	wantDiag(t, err, "has only "+target.Host().String(), "no libpython for windows/arm64", "3.14, 3.11, 3.10")
}

func resolved(t *testing.T, path string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

func TestInterpreterIsAskedOnce(t *testing.T) {
	t.Parallel()
	_, a := fakePython(t, "3.12.1", 0x030c01f0)
	interpreter := filepath.Join(a.Prefix, "bin", "python-copy")
	if err := exectest.Copy(interpreter, self(t), 0o755); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, asRole(t, a))
	resolve := func(asked int) {
		t.Helper()
		if _, err := s.Resolve(t.Context(), Want{Flag: interpreter}); err != nil {
			t.Fatal(err)
		}
		if got := len(s.noted(t)); got != asked {
			t.Errorf("asked %d times, want %d", got, asked)
		}
	}
	resolve(1)
	resolve(1)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(interpreter, later, later); err != nil {
		t.Fatal(err)
	}
	resolve(2)
	put(t, a.Prefix, "pyvenv.cfg", "home = /usr/bin")
	resolve(3)
	resolve(3)
	if err := os.RemoveAll(s.CacheDir); err != nil {
		t.Fatal(err)
	}
	resolve(4)
}

// TestScriptAsInterpreter has a script that may start one Python today and another one tomorrow, as pyenv's do.
func TestScriptAsInterpreter(t *testing.T) {
	t.Parallel()
	interpreter, a := fakePython(t, "3.12.1", 0x030c01f0)
	dir := t.TempDir()
	put(t, dir, "shim*", "#!/bin/sh\necho shim at work >&2\nexec '"+interpreter+"' \"$@\"\n")
	s := newStage(t, asRole(t, a))
	for i := range 2 {
		d, err := s.Resolve(t.Context(), Want{Flag: filepath.Join(dir, "shim")})
		if err != nil {
			t.Fatal(err)
		}
		if d.Interpreter != interpreter {
			t.Errorf("interpreter %q, want %q", d.Interpreter, interpreter)
		}
		if got := len(s.noted(t)); got != i+1 {
			t.Errorf("asked %d times, want %d: a script's answer must not be kept", got, i+1)
		}
	}
}

func TestVirtualEnvironment(t *testing.T) {
	t.Parallel()
	base, a := fakePython(t, "3.12.1", 0x030c01f0)
	venv := t.TempDir()
	put(t, venv, "pyvenv.cfg", "", "lib/python3.12/site-packages/x.py", "", "bin/activate", "")
	interpreter := filepath.Join(venv, "bin", "python3")
	symlink(t, base, interpreter)
	s := newStage(t, asRole(t, a))
	for _, spec := range []string{interpreter, venv} {
		d, err := s.Resolve(t.Context(), Want{Flag: spec})
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Target(t.Context(), target.Host())
		if err != nil {
			t.Fatal(err)
		}
		got := []string{d.Interpreter, p.SitePackages, p.Stdlib}
		want := []string{interpreter, filepath.Join(venv, "lib", "python3.12", "site-packages"), a.Stdlib}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
	}
}

func TestIncompletePythons(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, a *answer)
		want   []string
	}{
		{"static only", func(t *testing.T, a *answer) {
			remove(t, a.Prefix, layoutOf(target.Host().GOOS, a.Version).libpython[0])
			a.InstSoname, a.LDLibrary = "libpython3.12.a", "libpython3.12.a"
			put(t, a.Prefix, "lib/libpython3.12.a", "")
		}, []string{"has no shared library: there is no libpython3.12.", "apt-get install libpython3.12", `link = "static"`}},
		{
			"no standard library", func(t *testing.T, a *answer) { remove(t, a.Stdlib, "os.py") },
			[]string{"has no standard library: there is no os.py in ", "libpython3.12-stdlib"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			interpreter, a := fakePython(t, "3.12.1", 0x030c01f0)
			tt.change(t, &a)
			_, err := newStage(t, asRole(t, a)).Resolve(t.Context(), Want{Flag: interpreter})
			wantDiag(t, err, tt.want...)
		})
	}
}

// TestLibpythonOfAnotherVersion gives an interpreter the shared library of the default release.
func TestLibpythonOfAnotherVersion(t *testing.T) {
	t.Parallel()
	if target.Host().GOOS != "linux" {
		t.Skip("looks into ELF files")
	}
	library := realPlatform(t).Libpython
	tests := []struct {
		version string
		hex     uint32
		want    string // "" when they belong together
	}{
		{"3.12.1", 0x030c01f0, "is Python 3.12.1, but its shared library "},
		{"3.14.5", 0x030e05f0, " is of Python 3.14.6"},
		{"3.14.6", 0x030e06f0, ""},
	}
	for _, tt := range tests {
		interpreter, a := fakePython(t, tt.version, tt.hex)
		a.Libdir, a.InstSoname = filepath.Dir(library), filepath.Base(library)
		_, err := newStage(t, asRole(t, a)).Resolve(t.Context(), Want{Flag: interpreter})
		if tt.want != "" {
			wantDiag(t, err, tt.want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte("\noxgen-probe {\"implementation\":\"cpython\",\"version\":\"3.12.1\"}\n"))
	f.Add([]byte("noise\noxgen-probe {\"version\":[1,2]}"))
	f.Add([]byte("oxgen-probe"))
	f.Fuzz(func(t *testing.T, out []byte) {
		a, err := parseAnswer(out)
		if err != nil {
			var p *probeError
			if !errors.As(err, &p) || p.problem == "" {
				t.Errorf("error %v", err)
			}
			return
		}
		if a.Version == "" || a.Implementation == "" || !bytes.Contains(out, []byte(answerWord)) {
			t.Errorf("answer %+v of %q", a, out)
		}
		_ = a.usable()
	})
}

func TestSuggestionInPath(t *testing.T) {
	dir := t.TempDir()
	onUnix(t)
	put(t, dir, "python3.13*", "#!/bin/sh\n")
	t.Setenv("PATH", dir)
	_, err := newStage(t, "").Resolve(t.Context(), Want{Flag: "3.13.1"})
	wantDiag(t, err, "knows no distribution of", "python3.13 is in PATH: `--python python3.13` takes it")
	if strings.Contains(suggestInterpreter("3.12"), "PATH") {
		t.Error("suggests what is not there")
	}
}
