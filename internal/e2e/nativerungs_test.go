//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNativeRungs forces each way of loading: all of them load the same.
func TestNativeRungs(t *testing.T) {
	t.Parallel()
	p := native(t)
	want := picture(t, p.call("specs"))
	for _, rung := range []string{"split", "memfd", "tmpfile", "cache"} {
		t.Run(rung, func(t *testing.T) {
			t.Parallel()
			cache, tmp := t.TempDir(), t.TempDir()
			got := picture(t, p.call("specs").with("OXGEN_LOADER="+rung, "XDG_CACHE_HOME="+cache, "TMPDIR="+tmp))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-default +%s):\n%s", rung, diff)
			}
			if left := files(t, tmp); len(left) > 0 {
				t.Errorf("left in TMPDIR: %v", left)
			}
			if left := files(t, cache); rung != "cache" && len(left) > 0 {
				t.Errorf("left in the cache directory: %v", left)
			}
		})
	}
}

// TestNativeCache looks at the files of the last rung: each is made once, and repaired.
func TestNativeCache(t *testing.T) {
	t.Parallel()
	p := native(t)
	cache := filepath.Join(t.TempDir(), "cache")
	load := func() {
		t.Helper()
		p.code("import multi, package; print(multi.count(), package.count())").
			with("OXGEN_LOADER=cache", "XDG_CACHE_HOME="+cache).run(t).wantOutput(t, "1 1\n")
	}
	load()
	names := files(t, cache)
	var file string
	for _, name := range names {
		if strings.HasSuffix(name, "-multi.abi3.so") {
			file = filepath.Join(cache, name)
		}
	}
	if len(names) != 3 || file == "" {
		t.Fatalf("the cache has %v, want libpython, multi and package", names)
	}
	wantMode(t, filepath.Dir(file), 0o700)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"emptied": nil, "cut short": good[:100], "changed": append(append([]byte{}, good[:len(good)-1]...), good[len(good)-1]^1)} {
		if err := os.WriteFile(file, bad, 0o700); err != nil {
			t.Fatal(err)
		}
		load()
		if got, err := os.ReadFile(file); err != nil || string(got) != string(good) {
			t.Errorf("%s: the file was not repaired (%v)", name, err)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", file); err != nil {
		t.Fatal(err)
	}
	load()
	if diff := cmp.Diff(names, files(t, cache)); diff != "" {
		t.Errorf("files in the cache (-want +got):\n%s", diff)
	}
}

// TestNativeRefused runs where the system refuses what the first rungs need.
func TestNativeRefused(t *testing.T) {
	t.Parallel()
	p := native(t)
	const code = "import multi, package.inside; print(multi.count(), package.inside.compiled_as)"
	const want = "1 inside\n"
	refused := func(env ...string) result {
		c := p.code(code).with(append(env, "XDG_CACHE_HOME="+t.TempDir())...)
		c.jail = &jail{NoMemfd: true}
		return c.run(t)
	}
	refused().wantOutput(t, want)
	refused("TMPDIR=/nonexistent").wantOutput(t, want) // from the cache

	old := p.code(code)
	old.jail = &jail{OldMemfd: true}
	old.run(t).wantOutput(t, want)

	for _, tt := range []struct {
		name string
		jail jail
	}{
		{"no proc", jail{}},
		{"no proc, read-only but for the home", jail{SmallTo: "tmp"}},
		{"noexec tmp", jail{Proc: true, NoexecTo: "tmp", NoMemfd: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.jail.Root = chroot(t, p.exe, "home", "proc", "tmp")
			(&call{path: "/app", args: []string{"-c", code}, env: []string{"HOME=/home", "OXGEN_PYTHON=1"}, jail: &tt.jail}).run(t).wantOutput(t, want)
		})
	}
}

// TestNativeErrors imports what no rung can load. The message has a line with the virtual path and what each rung says.
func TestNativeErrors(t *testing.T) {
	t.Parallel()
	p := native(t)
	const code = `
import sys, posix
import multi # what loads needs is there
posix.environ[b"TMPDIR"] = b"/nonexistent"
posix.environ[b"XDG_CACHE_HOME"] = b"/proc/nonexistent"
try:
    import stable
except ImportError as e:
    print(str(e).replace(sys.executable, "<root>"), e.name, e.path == sys.executable + "/stable.abi3.so")
`
	p.code(code).with("OXGEN_LOADER=tmpfile").run(t).
		wantOutput(t, "can't load <root>/stable.abi3.so: tmpfile: No such file or directory stable True\n")
	c := p.code("import undefined")
	r := c.run(t)
	if last := r.stderr[strings.LastIndex(strings.TrimSpace(r.stderr), "\n")+1:]; r.status != 1 ||
		last != "ImportError: "+p.exe+"/undefined.so: undefined symbol: nobody_defines_this\n" {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	if strings.Contains(r.stderr, "_oxgen") || strings.Contains(r.stderr, "importlib") {
		t.Errorf("the traceback shows how modules are loaded:\n%s", r.stderr)
	}
}

// TestNativeNames looks at the names that people see: in the link map, in the maps of the process, by dladdr, and in
// tracebacks of C.
func TestNativeNames(t *testing.T) {
	t.Parallel()
	p := native(t)
	p.code(linkMap+`
import sys, multi, package.inside, _ctypes_test
class Dl_info(ctypes.Structure):
    _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("symbol", ctypes.c_char_p), ("address", ctypes.c_void_p)]
info = Dl_info()
library = ctypes.CDLL(_ctypes_test.__file__)
ctypes.CDLL(None).dladdr(library.my_sqrt, ctypes.byref(info))
names.clear()
ctypes.CDLL(None).dl_iterate_phdr(visit, None)
print(*[n.replace(sys.executable, "<root>") for n in [info.file.decode(), info.symbol.decode(), *names] if "/fd/" not in n and sys.executable in n or "my_" in n])
with open("/proc/self/maps") as maps:
    print(*sorted({line.split()[5] for line in maps if "memfd:" in line and "libpython" not in line}))
`).run(t).wantOutput(t, "<root>/_ctypes_test.cpython-314-x86_64-linux-gnu.so my_sqrt "+
		"<root>/multi.abi3.so <root>/package/__init__.abi3.so <root>/package/inside.abi3.so <root>/_ctypes_test.cpython-314-x86_64-linux-gnu.so\n"+
		"/memfd:__init__.abi3.so /memfd:_ctypes_test.cpython-314-x86_64-linux-gnu.so /memfd:inside.abi3.so /memfd:multi.abi3.so\n")

	r := p.code("import faulthandler, _testcapi; _testcapi.call_in_temporary_c_thread(faulthandler.dump_c_stack)").run(t)
	if r.status != 0 || !strings.Contains(r.stderr, `Binary file "`+p.exe+`/_testcapi.cpython-314-x86_64-linux-gnu.so", at `) {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
}
