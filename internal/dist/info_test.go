package dist

import (
	"debug/elf"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

func TestHexVersion(t *testing.T) {
	t.Parallel()
	for hex, want := range map[uint32]string{
		0x030b02f0: "3.11.2", 0x030e06f0: "3.14.6", 0x030f00b1: "3.15.0b1", 0x030a00c2: "3.10.0rc2", 0x030f00a7: "3.15.0a7",
	} {
		if got := hexVersion(hex); got != want {
			t.Errorf("hexVersion(%#x) = %q, want %q", hex, got, want)
		}
	}
}

func TestIsLibrary(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"lib/libx.so": true, "lib/libx.so.1": true, "lib/libpython3.14.so.1.0": true, "libx.dylib": true, "DLLs/sqlite3.dll": true,
		"DLLs/_ssl.pyd": false, "lib/notes.so.txt": false, "lib/x.py": false, "so": false, "lib/libx.so.1.debug": false,
	} {
		if got := isLibrary(name); got != want {
			t.Errorf("isLibrary(%q) = %v, want %v", name, got, want)
		}
	}
}

// TestDefaultRelease brings the default release and holds it against what it is known to be.
func TestDefaultRelease(t *testing.T) {
	t.Parallel()
	s := realStore(t)
	d, err := s.Resolve(t.Context(), Want{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.Info(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if d.Spec != "" || d.Name != "cpython-3.14.6" || d.Version != "3.14.6" ||
		info.Magic != "2b0e0d0a" || info.CacheTag != "cpython-314" {
		t.Errorf("distribution %+v, info %+v", d, info)
	}
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: d.Interpreter,
		Args: []string{"-I", "-B", "-c", "import ssl, sqlite3, sys; print(sys.version.split()[0])"},
	})
	if err != nil || strings.TrimSpace(string(out)) != "3.14.6" {
		t.Errorf("the interpreter says %q, %v", out, err)
	}
	for _, name := range []string{"_imp", "_ssl", "marshal", "sys"} {
		if !slices.Contains(info.BuiltinModules, name) {
			t.Errorf("%s is not among the built-in modules", name)
		}
	}
	if target.Host() == (target.Target{GOOS: "linux", GOARCH: "amd64"}) {
		if info.MinimumGlibc != "2.17" || !slices.Contains(info.Needs, "libc.so.6") {
			t.Errorf("needs %q and glibc %q", info.Needs, info.MinimumGlibc)
		}
	}
	if data, err := json.Marshal(info); err != nil || !strings.Contains(string(data), `"libpython_size":`) {
		t.Errorf("as JSON: %s, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(d.Interpreter, "..", "..", "lib", "python3.14", "__pycache__")); err == nil {
		t.Error("asking the interpreter wrote into its tree")
	}
}

// TestNothingRunsWhenNothingChanged is about `oxgen generate` of an unchanged program, which has half a second in all.
func TestNothingRunsWhenNothingChanged(t *testing.T) {
	t.Parallel()
	s := *realStore(t)
	s.Go = filepath.Join(t.TempDir(), "no-go")
	s.patience = 1 // ns: an interpreter that was asked would not answer in time
	d, err := s.Resolve(t.Context(), Want{Flag: "3.14"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Target(t.Context(), target.Host()); err != nil {
		t.Error(err)
	}
	if d.Spec != "3.14" {
		t.Errorf("spec %q", d.Spec)
	}
}

func TestAllTargetsOfTheDefault(t *testing.T) {
	t.Parallel()
	s := realStore(t)
	d, err := s.Resolve(t.Context(), Want{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		target    target.Target
		libpython string
		dynload   string
	}{
		{target.Target{GOOS: "linux", GOARCH: "arm64"}, "lib/libpython3.14.so.1.0", "_dbm.cpython-314-aarch64-linux-gnu.so"},
		{target.Target{GOOS: "windows", GOARCH: "amd64"}, "python314.dll", "_ssl.pyd"},
	} {
		p, err := d.Target(t.Context(), want.target)
		if err != nil {
			t.Errorf("%s: %v", want.target, err)
			continue
		}
		if !strings.HasSuffix(filepath.ToSlash(p.Libpython), "/"+want.libpython) || !isFile(p.Libpython) ||
			!isFile(filepath.Join(p.Stdlib, "os.py")) || !isFile(filepath.Join(p.LibDynload, want.dynload)) || len(p.Libraries) == 0 {
			t.Errorf("%s: %+v", want.target, p)
		}
		for _, l := range p.Libraries {
			if l == p.Libpython || strings.Contains(l, "dynload") {
				t.Errorf("%s: %s is among the other libraries", want.target, l)
			}
		}
	}
}

func TestPyVersion(t *testing.T) {
	t.Parallel()
	if target.Host().GOOS != "linux" {
		t.Skip("looks into ELF files")
	}
	f, err := elf.Open(realPlatform(t).Libpython)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, ok := pyVersion(f); got != 0x030e06f0 || !ok || soname(f) != "libpython3.14.so.1.0" {
		t.Errorf("Py_Version %#x, %v, SONAME %q", got, ok, soname(f))
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	tests := []struct {
		goos  string
		names []string
		want  *Platform // nil when there is no Python
	}{
		{
			"darwin",
			[]string{"lib/libpython3.14.dylib", "lib/libtcl9.0.dylib", "lib/python3.14/os.py", "lib/python3.14/site-packages/x.py"},
			&Platform{
				Libpython: "/r/lib/libpython3.14.dylib", Stdlib: "/r/lib/python3.14",
				SitePackages: "/r/lib/python3.14/site-packages", Libraries: []string{"/r/lib/libtcl9.0.dylib"},
			},
		},
		{
			"windows",
			[]string{"DLLs/_ssl.pyd", "DLLs/libssl-3-x64.dll", "Lib/os.py", "Lib/x.dll", "python3.dll", "python314.dll"},
			&Platform{
				Libpython: "/r/python314.dll", Stdlib: "/r/Lib", LibDynload: "/r/DLLs",
				Libraries: []string{"/r/DLLs/libssl-3-x64.dll", "/r/python3.dll"},
			},
		},
		{
			"linux",
			[]string{"lib/libpython3.14.so", "lib/python3.14/os.py"},
			&Platform{Libpython: "/r/lib/libpython3.14.so", Stdlib: "/r/lib/python3.14"},
		},
		{"linux", []string{"lib/libpython3.14.so.1.0", "lib/python3.13/os.py"}, nil},
		{"linux", []string{"lib/libpython3.14.a", "lib/python3.14/os.py"}, nil},
	}
	for _, tt := range tests {
		tree := &tree{root: "/r"}
		for _, name := range tt.names {
			tree.entries = append(tree.entries, entry{regular, 0, name})
		}
		got, err := tree.platform(target.Target{GOOS: tt.goos}, "3.14.6")
		if tt.want != nil {
			tt.want.Target.GOOS = tt.goos
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || (err != nil) != (tt.want == nil) {
			t.Errorf("%s %q: %v (-want +got):\n%s", tt.goos, tt.names, err, diff)
		}
	}
}

// TestPythonsOfThisHost takes the interpreters that happen to be here.
func TestPythonsOfThisHost(t *testing.T) {
	t.Parallel()
	for _, path := range pythonsHere(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := &Store{CacheDir: t.TempDir()}
			d, err := s.Resolve(t.Context(), Want{Flag: path})
			if err != nil {
				wantDiag(t, err, "no usable Python") // an old one, or one without a shared library, is as it is
				t.Skip(err)
			}
			info, err := s.Info(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			if len(info.Magic) != 8 || len(info.BuiltinModules) < 20 || !isFile(info.Libpython) {
				t.Errorf("distribution %+v, info %+v", d, info)
			}
			checkVenv(t, s, path, minorOf(d.Version))
		})
	}
}

// pythonsHere returns the interpreters in PATH and in pyenv's directory.
func pythonsHere(t *testing.T) []string {
	t.Helper()
	onUnix(t)
	var found []string
	dirs := filepath.SplitList(os.Getenv("PATH"))
	if root := os.Getenv("PYENV_ROOT"); root != "" {
		versions, _ := filepath.Glob(filepath.Join(root, "versions", "3.*", "bin"))
		dirs = append(dirs, versions...)
	}
	for _, dir := range dirs {
		if path := filepath.Join(dir, "python3"); isFile(path) && isBinary(path) && filepath.IsAbs(path) {
			found = append(found, path)
		}
	}
	return found
}

// checkVenv makes a virtual environment and wants its site-packages to be found.
func checkVenv(t *testing.T, s *Store, python, minor string) {
	t.Helper()
	venv := filepath.Join(t.TempDir(), "venv")
	c := pyexec.Command{Path: python, Args: []string{"-I", "-B", "-m", "venv", "--without-pip", venv}}
	if _, err := pyexec.Run(t.Context(), c); err != nil {
		t.Skip("makes no virtual environments: ", err)
	}
	d, err := s.Resolve(t.Context(), Want{Flag: filepath.Join(venv, "bin", "python")})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Target(t.Context(), target.Host())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(filepath.Join(venv, "lib", "python"+minor, "site-packages"), p.SitePackages); diff != "" {
		t.Errorf("site-packages (-want +got):\n%s", diff)
	}
}
