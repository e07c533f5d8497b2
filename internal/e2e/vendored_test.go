//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// vendoredParts are what the wheels and the program hold, in the order in which the linker needs them. The wheels are as
// auditwheel leaves them: libraries with a hash in their names beside the package, found by $ORIGIN.
var vendoredParts = []compiled{
	// Libraries that need each other in a chain, by RUNPATH; the last one has static TLS.
	{"alpha.libs/libc-3333.so.1", "chain.c", "-DNAME=chain_c -DVALUE=1 -DSTATIC_TLS -Wl,-soname,libc-3333.so.1"},
	{"alpha.libs/libb-2222.so.1", "chain.c", "-DNAME=chain_b -DVALUE=10 -DNEXT=chain_c -Wl,-soname,libb-2222.so.1 -Wl,-rpath,$ORIGIN -L alpha.libs -l:libc-3333.so.1"},
	{"alpha.libs/liba-1111.so.1", "chain.c", "-DNAME=chain_a -DVALUE=100 -DNEXT=chain_b -Wl,-soname,liba-1111.so.1 -Wl,-rpath,$ORIGIN -L alpha.libs -l:libb-2222.so.1"},
	{"alpha/__init__.abi3.so", "module.c", "-DNAME=alpha"},
	{"alpha/first.abi3.so", "caller.c", "-DNAME=first -DFUNCTION=chain_a -Wl,-rpath,$ORIGIN/../alpha.libs -L alpha.libs -l:liba-1111.so.1 -Wl,-rpath-link,alpha.libs"},
	{"alpha/second.abi3.so", "caller.c", "-DNAME=second -DFUNCTION=chain_c -Wl,--disable-new-dtags,-rpath,$ORIGIN/../alpha.libs -L alpha.libs -l:libc-3333.so.1"},
	// A library without a name of its own.
	{"alpha.libs/libplain-4444.so", "chain.c", "-DNAME=plain -DVALUE=4"},
	{"alpha/third.abi3.so", "caller.c", "-DNAME=third -DFUNCTION=plain -Wl,-rpath,$ORIGIN/../alpha.libs -L alpha.libs -l:libplain-4444.so"},
	// Two versions of one library; patchelf renames them.
	{"beta.libs/libversion.so", "chain.c", "-DNAME=version -DVALUE=1 -Wl,-soname,libversion.so"},
	{"beta/ext.abi3.so", "caller.c", "-DNAME=ext -DFUNCTION=version -L beta.libs -l:libversion.so"},
	{"gamma.libs/libversion.so", "chain.c", "-DNAME=version -DVALUE=2 -Wl,-soname,libversion.so"},
	{"gamma/ext.abi3.so", "caller.c", "-DNAME=ext -DFUNCTION=version -L gamma.libs -l:libversion.so"},
	// C++.
	{"delta.libs/libthrower-5555.so.1", "thrower.cc", "-Wl,-soname,libthrower-5555.so.1"},
	{"delta/catcher.abi3.so", "catcher.cc", "-Wl,-rpath,$ORIGIN/../delta.libs -L delta.libs -l:libthrower-5555.so.1"},
	// What the configuration names, and modules that give each other symbols.
	{"libs/libextra.so.1", "chain.c", "-DNAME=extra -DVALUE=6 -Wl,-soname,libextra.so.1"},
	{"modules/provider.so", "caller.c", "-DNAME=provider -DFUNCTION=provided -DDEFINES=provided"},
	{"modules/user.so", "caller.c", "-DNAME=user -DFUNCTION=provided"},
	{"modules/user2.so", "caller.c", "-DNAME=user2 -DFUNCTION=provided"},
}

// vendored builds the program.
func vendored(t *testing.T) *program {
	t.Helper()
	needCompiler(t)
	p, err := newProgram(t.TempDir(), "testdata/vendored")
	if err != nil {
		t.Fatal(err)
	}
	if err := compile(p.dir, vendoredParts); err != nil {
		t.Fatal(err)
	}
	for name, hash := range map[string]string{"beta": "7777", "gamma": "8888"} {
		repair(t, p.dir, name, "libversion-"+hash+".so")
	}
	if err := os.Mkdir(filepath.Join(p.dir, "wheels"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"alpha", "beta", "gamma", "delta"} {
		w := wheeltest.Wheel{Name: name}
		for _, dir := range []string{name, name + ".libs"} {
			for file, content := range contents(t, filepath.Join(p.dir, dir)) {
				w.Files = append(w.Files, wheeltest.File{Name: dir + "/" + file, Content: content})
			}
			if err := os.RemoveAll(filepath.Join(p.dir, dir)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(p.dir, "wheels", w.Filename()), w.Bytes(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.exe = filepath.Join(p.module, "bin", "vendored")
	if out, err := oxgen(t.Context(), "--quiet", "build", p.dir, "-o", p.exe); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

// repair gives the library of a package a name with a hash, as auditwheel does.
func repair(t *testing.T, dir, name, library string) {
	t.Helper()
	path := filepath.Join(dir, name+".libs", library)
	if err := os.Rename(filepath.Join(dir, name+".libs", "libversion.so"), path); err != nil {
		t.Fatal(err)
	}
	if err := patch(path, "--set-soname", library); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--replace-needed", "libversion.so", library}, {"--set-rpath", "$ORIGIN/../" + name + ".libs"}} {
		if err := patch(filepath.Join(dir, name, "ext.abi3.so"), args...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestVendored has a program use libraries that come in wheels, and other libraries.
func TestVendored(t *testing.T) {
	t.Parallel()
	p := vendored(t)
	for _, tt := range []struct{ name, code, want string }{
		{"nothing is loaded early", "import alpha; print(alpha.count())", "1\n"},
		{"a chain, when it is needed", "import alpha.first as m; print(m.call())", "loads chain_c\nloads chain_b\nloads chain_a\n111\n"},
		{
			"what is there is not loaded again",
			"import alpha.second as s; print(s.call(), flush=True); import alpha.first as m; print(m.call())",
			"loads chain_c\n1\nloads chain_b\nloads chain_a\n111\n",
		},
		{"a library without a name", "import alpha.third as m; print(m.call())", "loads plain\n4\n"},
		{"two versions", "import beta.ext as b, gamma.ext as g; print(b.call(), g.call(), b.call())", "loads version\nloads version\n1 2 1\n"},
		{"C++ exceptions", "import delta.catcher as m; print(m.caught())", "107\n"},
		{
			"static TLS in threads",
			"import alpha.second as m, ctypes, os, threading\n" +
				"calls = ctypes.CDLL(os.path.join(os.path.dirname(m.__file__), '../alpha.libs/libc-3333.so.1')).calls_of\n" +
				"def work(): m.call(); m.call(); print(calls())\n" +
				"m.call(); t = threading.Thread(target=work); t.start(); t.join(); print(calls())",
			"loads chain_c\n2\n1\n",
		},
		{
			"flags of the linker",
			"import sys, os\n" +
				"old = sys.getdlopenflags()\n" +
				"try: import user\n" +
				"except ImportError as e: print(str(e).replace(sys.executable, '<root>'), e.name, e.path == sys.executable + '/user.so')\n" +
				"sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL); import provider; sys.setdlopenflags(old)\n" +
				"import user2; print(provider.call(), user2.call())",
			"<root>/user.so: undefined symbol: provided user True\n11 11\n",
		},
		{
			"ctypes by name", "import ctypes; print(ctypes.CDLL('libextra.so.1').extra(), ctypes.CDLL('libextra.so.1').calls_of())",
			"loads extra\n6 1\n",
		},
		{
			"ctypes by path", "import ctypes, alpha, os; path = os.path.join(alpha.__path__[0] + '.libs', 'liba-1111.so.1'); print(ctypes.CDLL(path).chain_a())",
			"loads chain_c\nloads chain_b\nloads chain_a\n111\n",
		},
		{
			"ctypes by a path that is bytes or a Path", "import ctypes, alpha, os, pathlib; path = alpha.__path__[0] + '.libs/libplain-4444.so'\n" +
				"print(ctypes.CDLL(pathlib.Path(path)).plain(), ctypes.CDLL(path).plain())",
			"loads plain\n4 4\n",
		},
		{
			"ctypes of nothing", "import ctypes, alpha\ntry: ctypes.CDLL(alpha.__path__[0] + '.libs/nothing.so')\nexcept OSError as e: print(type(e).__name__)",
			"OSError\n",
		},
		{"find_library", "import ctypes.util as u; print(u.find_library('extra'), u.find_library('nonexistent'))", "libextra.so.1 None\n"},
		{
			"the link map",
			"import alpha.first, beta.ext, sys\n" + linkMap + "print(*sorted(n.replace(sys.executable, '<root>') for n in names if n.startswith((sys.executable + '/alpha', sys.executable + '/beta'))))",
			"<root>/alpha.libs/liba-1111.so.1 <root>/alpha.libs/libb-2222.so.1 <root>/alpha.libs/libc-3333.so.1 <root>/alpha/__init__.abi3.so " +
				"<root>/alpha/first.abi3.so <root>/beta.libs/libversion-7777.so <root>/beta/ext.abi3.so\n",
		},
		{
			"forty threads that need one library",
			"import importlib, threading, os\nbefore = os.listdir('/proc/self/fd'); start = threading.Barrier(40); found = []\n" +
				"def load(i):\n    start.wait(); found.append(importlib.import_module(f'alpha.{(\"first\", \"second\", \"third\")[i % 3]}').call())\n" +
				"threads = [threading.Thread(target=load, args=(i,)) for i in range(40)]\n" +
				"for t in threads: t.start()\nfor t in threads: t.join()\n" +
				"os.write(1, f'{sorted(set(found))} {len(found)} {len(os.listdir(\"/proc/self/fd\")) - len(before)}'.encode())",
			"[1, 4, 111] 40 0",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := p.code(tt.code).run(t)
			r.wantOutput(t, tt.want)
			if strings.Count(r.stdout, "loads ") != strings.Count(tt.want, "loads ") && !strings.HasPrefix(tt.name, "forty") && tt.name != "the link map" {
				t.Errorf("loads more than %q:\n%s", tt.want, r.stdout)
			}
		})
	}
	t.Run("chroot", func(t *testing.T) {
		t.Parallel()
		c := p.code("import alpha.first as m, delta.catcher as c, beta.ext as b, gamma.ext as g; print(m.call(), c.caught(), b.call(), g.call())")
		c.path, c.env, c.jail = "/app", []string{"OXGEN_PYTHON=1"}, &jail{Root: chroot(t, p.exe, "proc"), Proc: true, ReadOnly: true}
		c.run(t).wantOutput(t, "111 107 1 2\n")
	})
	for _, rung := range []string{"memfd", "tmpfile", "cache"} {
		t.Run(rung, func(t *testing.T) {
			t.Parallel()
			p.code("import alpha.first as m, delta.catcher as c; print(m.call(), c.caught())").
				with("OXGEN_LOADER="+rung, "XDG_CACHE_HOME="+t.TempDir()).run(t).wantOutput(t, "111 107\n")
		})
	}
}

// linkMap is Python code that lists the names of the libraries of the process as the dynamic linker has them.
const linkMap = `
import ctypes
class Info(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("name", ctypes.c_char_p)]
names = []
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)
def visit(info, size, data):
    names.append(info[0].name.decode())
    return 0
ctypes.CDLL(None).dl_iterate_phdr(visit, None)
`
