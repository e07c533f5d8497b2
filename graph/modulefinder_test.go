package graph_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyc"
)

// differences are the edges that modulefinder does not see, or sees where there is nothing: importer → imported.
var differences = map[string]string{
	// modulefinder looks at no __all__.
	"star": "from x import *, where x.__all__ names a module",
}

// stdlibGraph makes the graph of the default distribution's standard library, without hooks.
func stdlibGraph(t *testing.T) (g *graph.Graph, python, stdlib string) {
	t.Helper()
	cache, err := dist.DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	store := &dist.Store{CacheDir: cache}
	d, err := store.Resolve(t.Context(), dist.Want{})
	if err != nil {
		t.Skip("no distribution:", err)
	}
	platform, err := d.Target(t.Context(), target.Host())
	if err != nil {
		t.Skip("no distribution for this platform:", err)
	}
	interp, err := pyc.Probe(t.Context(), d.Interpreter)
	if err != nil {
		t.Fatal(err)
	}
	in := graph.Input{Version: interp.Version, GOOS: "linux", Builtin: interp.Builtin}
	var sources []pyc.Source
	for _, path := range stdlibFiles(t, platform.Stdlib) {
		name, isPackage, ok := pyname.ModuleOf(path)
		if !ok || slices.Contains(interp.Builtin, name) {
			continue
		}
		in.Modules = append(in.Modules, graph.Module{Name: name, Package: isPackage, File: path, Distribution: "python"})
		sources = append(sources, pyc.Source{Path: path, Name: path, Read: func() ([]byte, error) { return os.ReadFile(filepath.Join(platform.Stdlib, path)) }})
	}
	results, err := pyc.Compile(t.Context(), interp, sources, pyc.Options{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	for i := range results {
		in.Modules[i].Code = results[i].Code
	}
	if g, err = graph.Build(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return g, d.Interpreter, platform.Stdlib
}

func stdlibFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && slices.Contains([]string{"test", "tests", "idle_test", "site-packages", "lib-dynload", "__pycache__"}, e.Name()):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".py"):
			rel, err := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestModulefinder compares what is reached from modules of the standard library by import statements with what CPython's
// modulefinder finds.
func TestModulefinder(t *testing.T) {
	t.Parallel()
	g, python, stdlib := stdlibGraph(t)
	var names []string
	step := 9
	if testing.Short() {
		step = 60
	}
	for i, n := range g.Nodes {
		if i%step == 0 && (n.Kind == graph.NodeModule || n.Kind == graph.NodePackage) && !strings.HasPrefix(n.Name, "_sysconfigdata") {
			names = append(names, n.Name)
		}
	}
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: python,
		Args: slices.Concat([]string{"-I", "-S", "-B", filepath.Join("testdata", "modulefinder.py"), stdlib}, names),
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(names) {
		t.Fatalf("%d lines for %d modules", len(lines), len(names))
	}
	for i, name := range names {
		want := map[string]bool{}
		for _, m := range strings.Fields(lines[i]) {
			if n, ok := g.Node(m); ok && n.Kind != graph.NodeBuiltin {
				want[m] = true
			}
		}
		got := closure(g, name)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s (-modulefinder +graph):\n%s", name, diff)
		}
	}
}

// closure follows import statements and packages, under whatever circumstances they run, as modulefinder does.
func closure(g *graph.Graph, name string) map[string]bool {
	seen := map[string]bool{name: true}
	todo := []string{name}
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		for _, e := range g.Imports(from) {
			if e.Kind != graph.EdgeImport && e.Kind != graph.EdgeParent || seen[e.To] {
				continue
			}
			if n, _ := g.Node(e.To); n.Kind == graph.NodeBuiltin || n.Kind == graph.NodeNamespace {
				continue
			}
			seen[e.To] = true
			todo = append(todo, e.To)
		}
	}
	return seen
}
