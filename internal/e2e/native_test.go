//go:build linux

package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
)

// nativeModules are the extension modules of the program native. Untagged names, those of the stable ABI and full ones all
// count (importlib.machinery.EXTENSION_SUFFIXES).
var nativeModules = []compiled{
	{"multi.abi3.so", "module.c", "-DNAME=multi"},
	{"single.so", "single.c", "-DNAME=single"},
	{"several.so", "several.c", ""},
	{"stable.abi3.so", "module.c", "-DNAME=stable"},
	{"package/__init__.abi3.so", "module.c", "-DNAME=package"},
	{"package/inside.abi3.so", "module.c", "-DNAME=inside"},
	{"holder/tagged.cpython-314-x86_64-linux-gnu.so", "module.c", "-DNAME=tagged"},
	{"holder/untagged.so", "module.c", "-DNAME=untagged"},
	{"wrongname.so", "module.c", "-DNAME=another"},
	{"raises.so", "failing.c", "-DNAME=raises -DWRONG=1"},
	{"silent.so", "failing.c", "-DNAME=silent -DWRONG=2"},
	{"undefined.so", "failing.c", "-DNAME=undefined -DWRONG=3"},
}

// distributionModules are the extension modules of CPython's own tests, which a program gets only if it asks for them.
var distributionModules = []string{"_testmultiphase", "_testsinglephase", "_testimportmultiple", "_testcapi", "_testlimitedcapi", "_ctypes_test"}

// manyModules is how many more modules there are, many000 and so on, all alike.
const manyModules = 40

// natives builds the program native and its twin: the interpreter of the distribution, and the directory with the same modules.
var natives = sync.OnceValues(func() (*pair, error) {
	p, err := newProgram(filepath.Join(workspace, "native"), "testdata/native")
	if err != nil {
		return nil, err
	}
	src := filepath.Join(p.dir, "src")
	list := nativeModules
	for i := range manyModules {
		list = append(list, compiled{fmt.Sprintf("many%03d.abi3.so", i), "module.c", fmt.Sprintf("-DNAME=many%03d", i)})
	}
	if err := compile(src, list); err != nil {
		return nil, err
	}
	info, err := pythonInfo("3.14")
	if err != nil {
		return nil, err
	}
	for _, name := range distributionModules {
		name += ".cpython-314-x86_64-linux-gnu.so"
		if err := exectest.Copy(filepath.Join(src, name), filepath.Join(info.Stdlib, "lib-dynload", name), 0o600); err != nil {
			return nil, err
		}
	}
	p.exe = filepath.Join(workspace, "native", "bin", "native")
	if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
		return nil, fmt.Errorf("building native: %w\n%s", err, out)
	}
	return &pair{p, info.Interpreter}, nil
})

// native returns the program native.
func native(t *testing.T) *program {
	t.Helper()
	only(t, "mapped") // the modules are those of the default Python
	needCompiler(t)
	p, err := natives()
	if err != nil {
		t.Fatal(err)
	}
	return p.frozen
}

// code returns a call that runs Python code in a program.
func (p *program) code(text string) *call { return p.call("-c", text).with("OXGEN_PYTHON=1") }

// nativeDivergences are the differences to plain python that are meant, besides those of divergences.
func nativeDivergences() []*divergence {
	return []*divergence{
		{
			reason: "there is no __pycache__",
			where:  regexp.MustCompile(`^specs/package.below/spec/cached$`),
			frozen: func(string) string { return `"<root>/package/below.pyc"` },
		},
		{
			reason: "the system says of what lies below an executable that this is no directory",
			where:  regexp.MustCompile(`^again/by path/no file$`),
			frozen: func(plain string) string {
				return strings.Replace(plain, "No such file or directory", "Not a directory", 1)
			},
		},
	}
}

// TestNativeTwins has one script describe what it sees of extension modules, in a program and under plain python.
func TestNativeTwins(t *testing.T) {
	t.Parallel()
	p := native(t)
	twin, err := natives()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, nativeDivergences(), []string{"specs", "trees", "again", "interpreters", "testmodules", "failures"}, 3, func(section string) (plain, frozen *call) {
		plain = &call{path: twin.python, args: []string{"-P", "-s", "-S", "-B", "-m", "native", section}}
		return plain.with("PYTHONPATH=" + filepath.Join(p.dir, "src")), p.call(section)
	})
}
