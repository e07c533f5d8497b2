package collector

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// finder asks importlib which file each module comes from. It reads a list of sys.path lists and writes, for each, a
// dictionary from module name to file.
const finder = `
import importlib.machinery as m, json, sys, types
paths, names = json.load(sys.stdin), "abc"
def find(prefix, path, depth, found):
    for name in names:
        spec = m.PathFinder.find_spec(prefix + name, path)
        if spec is None:
            continue
        if spec.loader is not None and spec.origin:
            found[prefix + name] = spec.origin
        if spec.submodule_search_locations is not None and depth < 3:
            parent = sys.modules[prefix + name] = types.ModuleType(prefix + name)  # nested namespaces look it up
            parent.__path__ = list(spec.submodule_search_locations)
            find(prefix + name + ".", parent.__path__, depth + 1, found)
            del sys.modules[prefix + name]
    return found
json.dump({"suffixes": m.EXTENSION_SUFFIXES, "found": [find("", p, 1, {}) for p in paths]}, sys.stdout)
`

// TestAgainstImportlib makes random trees of few names, so that everything collides, and compares with the finders of
// CPython module by module.
func TestAgainstImportlib(t *testing.T) {
	t.Parallel()
	python, err := pyexec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 in PATH")
	}
	const seed = 20260610
	random := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	cases := make([][]string, 80)
	for i := range cases {
		for root := range 3 {
			path := filepath.Join(dir, fmt.Sprintf("case%d", i), fmt.Sprintf("root%d", root))
			write(t, filepath.Join(path, "keep.txt"), "")
			for range random.IntN(7) {
				file := randomFile(random)
				write(t, filepath.Join(path, file), "")
			}
			cases[i] = append(cases[i], path)
		}
	}
	question, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pyexec.Run(context.Background(), pyexec.Command{
		Path: python, Args: []string{"-I", "-S", "-c", finder}, Stdin: strings.NewReader(string(question)), Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Suffixes []string
		Found    []map[string]string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(answer.Suffixes, ".abi3.so") {
		t.Skip("an interpreter without .abi3.so modules")
	}
	for i, roots := range cases {
		var ins []Input
		for _, root := range roots {
			ins = append(ins, Input{Kind: SourceTree, Path: root, Label: root})
		}
		c, err := Collect(context.Background(), ins, Options{ExtensionSuffixes: answer.Suffixes, Extensions: true})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range c.Resources {
			if r.Module != "" {
				got[r.Module] = r.Origin.String()
			}
		}
		if diff := cmp.Diff(answer.Found[i], got); diff != "" {
			t.Errorf("case %d (-importlib +collector):\n%s\n%s", i, diff, lines(c))
		}
		checkWhole(t, c)
	}
}

// randomFile returns the path of a module, of an __init__ or of data, at most three names deep.
func randomFile(random *rand.Rand) string {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var parts []string
	for range random.IntN(3) {
		parts = append(parts, pick("a", "b", "c"))
	}
	ending := pick(".py", ".py", ".pyc", ".abi3.so", ".so")
	switch {
	case len(parts) > 0 && random.IntN(3) == 0:
		parts = append(parts, "__init__"+ending)
	case random.IntN(8) == 0:
		parts = append(parts, "data.txt")
	default:
		parts = append(parts, pick("a", "b", "c")+ending)
	}
	return filepath.Join(parts...)
}

// TestManyModules: the work and the memory grow with the number of files. What is asserted is that nothing gets lost;
// a quadratic step would show as a test that does not end.
func TestManyModules(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes 20,000 files")
	}
	dir := t.TempDir()
	for i := range 200 {
		pkg := filepath.Join(dir, "app", fmt.Sprintf("p%03d", i))
		write(t, filepath.Join(pkg, "__init__.py"), "")
		for j := range 99 {
			write(t, filepath.Join(pkg, fmt.Sprintf("m%02d.py", j)), "")
		}
	}
	c, err := Collect(context.Background(), inputsOf(t, dir, "app"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Total{{VerdictModule, 20_000}}, c.Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}
