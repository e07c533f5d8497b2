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

// stdlibGraph makes the graph of a Python's standard library, without hooks. "" is the default distribution.
func stdlibGraph(t *testing.T, version string) (g *graph.Graph, python, stdlib string) {
	t.Helper()
	in, python, stdlib := stdlibInput(t, version)
	g, err := graph.Build(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return g, python, stdlib
}

func stdlibInput(t testing.TB, version string) (in graph.Input, python, stdlib string) {
	t.Helper()
	cache, err := dist.DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	store := &dist.Store{CacheDir: cache}
	d, err := store.Resolve(t.Context(), dist.Want{Env: version})
	if err != nil {
		t.Skip("no such Python:", err)
	}
	platform, err := d.Target(t.Context(), target.Host())
	if err != nil {
		t.Skip("no distribution for this platform:", err)
	}
	interp, err := pyc.Probe(t.Context(), d.Interpreter)
	if err != nil {
		t.Fatal(err)
	}
	in = graph.Input{Version: interp.Version, GOOS: "linux", Builtin: interp.Builtin}
	var sources []pyc.Source
	for _, path := range stdlibFiles(t, platform.Stdlib) {
		name, isPackage, ok := pyname.ModuleOf(path)
		if !ok || slices.Contains(interp.Builtin, name) {
			continue
		}
		in.Modules = append(in.Modules, graph.Module{Name: name, Package: isPackage, File: path, Distribution: "python"})
		sources = append(sources, pyc.Source{Path: path, Name: path, Read: func() ([]byte, error) { return os.ReadFile(filepath.Join(platform.Stdlib, path)) }})
	}
	compiler := pyc.NewCompiler(t.Context(), interp)
	defer compiler.Close()
	results, err := compiler.Compile(t.Context(), sources, pyc.Options{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	for i := range results {
		in.Modules[i].Code = results[i].Code
	}
	return in, d.Interpreter, platform.Stdlib
}

func stdlibFiles(t testing.TB, dir string) []string {
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

// BenchmarkBuild makes the graph of the standard library.
func BenchmarkBuild(b *testing.B) {
	in, _, _ := stdlibInput(b, "")
	for b.Loop() {
		if _, err := graph.Build(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// beyond are the kinds of imports that the graph knows and modulefinder doesn't. There is no other difference between the two, and
// nothing that modulefinder alone finds.
var beyond = map[graph.EdgeKind]string{
	graph.EdgeCall:    `importlib.import_module("x") and the like: modulefinder looks at statements only`,
	graph.EdgeStar:    "from x import *: modulefinder looks at no __all__, which may name modules",
	graph.EdgeBuiltin: "breakpoint() and help(): modulefinder does not know what they import",
}

// TestModulefinder compares what each module of the standard library imports with what CPython's modulefinder finds in it.
func TestModulefinder(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]string{"default": "", "python3": "python3"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && version != "" {
				t.Skip("another Python")
			}
			compareWithModulefinder(t, version)
		})
	}
}

func compareWithModulefinder(t *testing.T, version string) {
	g, python, stdlib := stdlibGraph(t, version)
	var names []string
	for i, n := range g.Nodes {
		if (n.Kind == graph.NodeModule || n.Kind == graph.NodePackage) && (i%8 == 0 || !testing.Short()) {
			names = append(names, n.Name)
		}
	}
	found := modulefinder(t, python, stdlib, names)
	for _, name := range names {
		want, got := imported{}, imported{}
		want.add(g, name)
		for _, m := range found[name] {
			want.add(g, m)
		}
		got.add(g, name)
		for _, e := range g.Imports(name) {
			if reason := beyond[e.Kind]; reason == "" {
				got.add(g, e.To)
			} else if !want[e.To] {
				t.Logf("%s:%d imports %s by %s", name, e.Line, e.To, reason)
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s (-modulefinder +graph):\n%s", name, diff)
		}
	}
}

// imported holds names of modules with the packages that they are in: both import a package before what is below it.
type imported map[string]bool

// add adds a module, unless it is none of the graph or inside of the interpreter, of which modulefinder knows nothing more.
func (set imported) add(g *graph.Graph, name string) {
	for name != "" {
		if n, ok := g.Node(name); ok && n.Kind != graph.NodeBuiltin && n.Kind != graph.NodeNamespace {
			set[name] = true
		}
		name = name[:max(strings.LastIndexByte(name, '.'), 0)]
	}
}

// modulefinder returns what modulefinder finds that each of the modules imports.
func modulefinder(t *testing.T, python, stdlib string, names []string) map[string][]string {
	t.Helper()
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: python, Args: []string{"-I", "-S", "-B", filepath.Join("testdata", "modulefinder.py"), stdlib},
		Stdin: strings.NewReader(strings.Join(names, "\n")),
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		lines[words[0]] = words[1:]
	}
	if len(lines) != len(names) {
		t.Fatalf("%d lines for %d modules", len(lines), len(names))
	}
	return lines
}
