package graph

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/pyc"
)

var py314 = pyc.Version{Major: 3, Minor: 14}

// edges returns the edges of a graph in words.
func edges(g *Graph) []string {
	var list []string
	for _, e := range g.Edges {
		if e.Kind != EdgeParent {
			list = append(list, e.From+" "+string(e.Kind)+" "+e.To)
		}
	}
	return list
}

// build makes a graph of extension modules, whose names in machine code are all that they import.
func build(t *testing.T, in Input) *Graph {
	t.Helper()
	in.Version, in.GOOS = py314, "linux"
	g, err := Build(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestNative(t *testing.T) {
	t.Parallel()
	g := build(t, Input{Modules: []Module{
		{Name: "a.x", Extension: true, Native: []byte("\x00json\x00y\x00a.x\x00notjson\x00json.gone\x00")},
		{Name: "a.y", Extension: true, Native: []byte("json without an end")},
		{Name: "json", Extension: true},
	}})
	if diff := cmp.Diff([]string{"a.x machine code json"}, edges(g)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n, ok := g.Node("a"); !ok || n.Kind != NodeNamespace {
		t.Errorf("the package that has no file: %+v", n)
	}
}

// TestImportedWith follows imports that run when modules are imported, and no others.
func TestImportedWith(t *testing.T) {
	t.Parallel()
	g := build(t, Input{Modules: []Module{
		{Name: "alpha", Extension: true, Native: []byte("\x00beta\x00delta\x00")},
		{Name: "beta", Extension: true, Native: []byte("\x00gamma\x00alpha\x00")},
		{Name: "gamma", Extension: true},
		{Name: "delta", Extension: true, Native: []byte("\x00epsilon\x00")},
		{Name: "epsilon", Extension: true},
		{Name: "zeta", Extension: true},
	}})
	for i := range g.Edges {
		switch e := &g.Edges[i]; e.From + " " + e.To {
		case "beta gamma":
			e.Context = pyc.InFunction | pyc.Tried
		case "alpha delta", "alpha beta", "delta epsilon":
			e.Context = pyc.Conditional
		}
	}
	want := map[string]bool{"alpha": true, "beta": true, "delta": true, "epsilon": true, "nowhere": true}
	if diff := cmp.Diff(want, g.ImportedWith("alpha", "nowhere")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCallTakes has __import__("p", fromlist=["a", "*"]) import modules as the statement does, and say that it is a call.
func TestCallTakes(t *testing.T) {
	t.Parallel()
	b := &builder{Graph: &Graph{}, in: &Input{Modules: []Module{{Name: "m"}, {Name: "p", Package: true}, {Name: "p.a"}, {Name: "p.b"}}}}
	b.addNodes()
	b.addAll([]scanned{{}, {All: []string{"b", "c"}}, {}, {}})
	b.addRef(&b.in.Modules[0], &ref{Name: "p", From: []string{"a", "*"}, Call: "__import__", Line: 3})
	want := []Edge{
		{From: "m", To: "p", Kind: EdgeCall, Line: 3, Why: "__import__"},
		{From: "m", To: "p.a", Kind: EdgeCall, Line: 3, Why: "__import__"},
		{From: "m", To: "p.b", Kind: EdgeStar, Line: 3},
	}
	if diff := cmp.Diff(want, b.Edges); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHooks(t *testing.T) {
	t.Parallel()
	hook := hooks.Hook{Name: "h", Distribution: "d", Modules: []hooks.Module{
		{Name: "p", Imports: []string{"p.plugins.*", "q"}, Data: []string{"p/data/*"}},
		{Name: "p", Imports: []string{"never"}, Versions: ">=2"},
		{Name: "p", Imports: []string{"repl"}, When: hooks.REPL},
	}}
	in := Input{
		Modules: []Module{
			{Name: "p", Extension: true},
			{Name: "p.plugins.a", Extension: true},
			{Name: "never", Extension: true},
			{Name: "repl", Extension: true},
			{Name: "q", Extension: true},
			{Name: "v._vendor.p", Extension: true},
			{Name: "v._vendor.p.plugins.b", Extension: true},
		},
		Hooks:         []hooks.Hook{hook},
		Distributions: map[string]string{"d": "1.5"},
		Roots:         []Root{{Module: "p", Kind: RootRun}, {Module: "v._vendor.*", Kind: RootInclude}},
	}
	g := build(t, in)
	want := []string{"p hook p.plugins.a", "p hook q", "v._vendor.p hook q", "v._vendor.p hook v._vendor.p.plugins.b"}
	if diff := cmp.Diff(want, edges(g)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if g.Reached("never") || !g.Reached("p.plugins") || !g.Reached("v._vendor.p.plugins.b") {
		t.Error("the reach is another")
	}
	wantData := []Keep{{"p", "p/data/*", "h"}, {"v._vendor.p", "v/_vendor/p/data/*", "h"}}
	if diff := cmp.Diff(wantData, g.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	// A graph that is made of what the first one notes is the same.
	in.Hooks, in.Distributions = g.Hooks, nil
	if diff := cmp.Diff(g.Edges, build(t, in).Edges); diff != "" {
		t.Errorf("the second one (-first +second):\n%s", diff)
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	names := func(list ...string) []byte {
		b := []byte{0}
		for _, s := range list {
			b = append(append(b, s...), 0)
		}
		return b
	}
	g := build(t, Input{
		Modules: []Module{
			{Name: "main", Extension: true, Native: names("left", "right")},
			{Name: "left", Extension: true, Native: names("far")},
			{Name: "right", Extension: true},
			{Name: "far", Extension: true, Native: names("goal.deep")},
			{Name: "goal.deep", Extension: true},
			{Name: "own", Extension: true, Native: names("goal.deep")},
			{Name: "alone", Extension: true, Native: names("main")},
		},
		Roots: []Root{{Module: "own", Kind: RootSource}, {Module: "main", Kind: RootRun, Why: "run"}},
	})
	// From what runs, although the user's own source is nearer.
	chain, ok := g.Why("goal")
	var path []string
	for _, e := range chain.Edges {
		path = append(path, e.To)
	}
	if diff := cmp.Diff([]string{"left", "far", "goal.deep", "goal"}, path); !ok || diff != "" {
		t.Errorf("%v (-want +got):\n%s", ok, diff)
	}
	if _, ok := g.Why("alone"); ok || g.Reached("nowhere") {
		t.Error("reached what is not")
	}
	if got := len(g.Importers("goal.deep")); got != 2 {
		t.Errorf("%d importers", got)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ref    ref
		module string
		pkg    bool
		want   string
	}{
		{ref{Name: "x.y"}, "a.b", false, "x.y"},
		{ref{Level: 1, Name: "c"}, "a.b", false, "a.c"},
		{ref{Level: 1, Name: "c"}, "a.b", true, "a.b.c"},
		{ref{Level: 1}, "a.b", false, "a"},
		{ref{Level: 2, Name: "c"}, "a.b", true, "a.c"},
		{ref{Level: 2, Name: "c"}, "a.b", false, ""},
		{ref{Level: 2, Name: "c", Pkg: "p.q.r"}, "a", false, "p.q.c"},
		{ref{}, "a", false, ""},
	} {
		if got, ok := test.ref.resolve(&Module{Name: test.module, Package: test.pkg}); got != test.want || ok != (test.want != "") {
			t.Errorf("%+v in %s: %q %t", test.ref, test.module, got, ok)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add([]byte("\x00json\x00..\x00a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		namesIn(data, "a.b", func(name string) bool {
			if name == "" {
				t.Error("an empty name")
			}
			return len(name)%2 == 0
		})
	})
}

func FuzzBuild(f *testing.F) {
	f.Add([]byte("no code"), "a.b", true)
	f.Fuzz(func(t *testing.T, code []byte, name string, pkg bool) {
		if name == "" {
			return
		}
		g, err := Build(context.Background(), Input{Version: py314, Modules: []Module{{Name: name, Package: pkg, Code: code}}, Roots: []Root{{Module: name, Kind: RootRun}}})
		if err != nil || !g.Reached(name) {
			t.Fatal(err)
		}
		g.Missing()
	})
}
