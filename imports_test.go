package main

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const modulePath = "github.com/oxgen/oxgen"

// TestImports asserts the arrows of docs/architecture.md. Go's rule for internal packages goes by path, so the compiler
// would let pyembed import the root module's.
func TestImports(t *testing.T) {
	imports := importsOf(t, modulePath+"/...", modulePath+"/pyembed/...")
	for from, all := range imports {
		for _, to := range all {
			if reason := forbidden(from, to); reason != "" {
				t.Errorf("%s imports %s: %s", from, to, reason)
			}
		}
	}
	if len(imports) < 20 {
		t.Errorf("only %d packages were looked at", len(imports))
	}
}

// above are the packages that stand above those in internal.
var above = []string{"gen", "collector", "pyc", "graph", "bill", "report"}

// costly are packages whose initialisers, and those of what they import, take a hundredth of a start and more.
var costly = []string{"crypto/sha256", "debug/elf", "net", "net/http", "regexp", "text/template", "encoding/json", "encoding/gob"}

// forbidden returns why the package at the path from may not import the one at to, "" when it may. Paths of ours are
// relative to the module.
func forbidden(from, to string) string {
	pyembed := from == "pyembed" || strings.HasPrefix(from, "pyembed/")
	under := func(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
	switch {
	case from == "pyembed/table" && strings.Contains(to, "."):
		return "the format needs the standard library only"
	case pyembed && !under(to, "pyembed") && strings.Contains(to, "."):
		if under(to, "github.com/ebitengine/purego") || under(to, "golang.org/x/sys") {
			return ""
		}
		return "pyembed depends on purego and x/sys, nothing else"
	case pyembed && slices.Contains(costly, to):
		return "every start would initialise it, and what it imports"
	case pyembed && slices.Contains(slices.Concat(above, []string{"templates"}), to), pyembed && under(to, "internal"):
		return "pyembed is a module of its own and knows nothing of the generator"
	case under(from, "internal") && slices.Contains(above, to) && !tool(from):
		return "internal is the ground floor"
	case slices.Contains([]string{"collector", "pyc", "templates", "graph"}, from) && to == "gen":
		return "gen stands above"
	case slices.Contains([]string{"collector", "pyc", "templates"}, from) && to == "graph", from == "graph" && (to == "collector" || to == "templates"):
		return "graph knows bytecode, and nothing of files"
	case slices.Contains([]string{"bill", "report"}, from) && slices.Contains([]string{"gen", "collector", "pyc", "templates"}, to):
		return "bills and reports are about programs, whoever made them"
	case slices.Contains([]string{"gen", "collector", "pyc", "graph", "templates"}, from) && slices.Contains([]string{"bill", "report"}, to), from == "bill" && to == "report":
		return "bills and reports are made of programs that are there"
	case from == "collector" && to == "pyc", from == "pyc" && to == "collector":
		return "collector and pyc meet in gen"
	case to == "os/exec" && from != "internal/pyexec":
		return "programs are run by internal/pyexec"
	}
	return ""
}

// tool tells whether a package below internal is a program or a test of the whole, and not part of oxgen.
func tool(path string) bool {
	return path == "internal/benchmark" || path == "internal/conformance" || path == "internal/e2e"
}

// importsOf returns what packages import, tests left out. Paths of ours are relative to the module, "main" is its root.
func importsOf(t *testing.T, patterns ...string) map[string][]string {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedImports}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	short := func(path string) string {
		if path == modulePath {
			return "main"
		}
		return strings.TrimPrefix(path, modulePath+"/")
	}
	imports := map[string][]string{}
	for _, p := range loaded {
		for path := range p.Imports {
			imports[short(p.PkgPath)] = append(imports[short(p.PkgPath)], short(path))
		}
	}
	return imports
}

func TestForbidden(t *testing.T) {
	tests := []struct {
		from, to string
		ok       bool
	}{
		{"pyembed", "pyembed/table", true},
		{"pyembed/internal/cpython", "github.com/ebitengine/purego", true},
		{"pyembed", "github.com/spf13/cobra", false},
		{"pyembed", "internal/diag", false},
		{"pyembed", "gen", false},
		{"pyembed/table", "golang.org/x/sys/unix", false},
		{"pyembed/table", "crypto/sha256", false},
		{"pyembed/table", "crypto", true},
		{"internal/dist", "gen", false},
		{"internal/benchmark", "gen", true},
		{"gen", "collector", true},
		{"collector", "gen", false},
		{"collector", "pyc", false},
		{"gen", "graph", true},
		{"graph", "pyc", true},
		{"graph", "collector", false},
		{"graph", "gen", false},
		{"pyc", "graph", false},
		{"internal/program", "graph", false},
		{"bill", "internal/program", true},
		{"bill", "gen", false},
		{"report", "bill", true},
		{"bill", "report", false},
		{"gen", "bill", false},
		{"internal/program", "bill", false},
		{"gen", "os/exec", false},
		{"internal/pyexec", "os/exec", true},
	}
	for _, test := range tests {
		if got := forbidden(test.from, test.to); (got == "") != test.ok {
			t.Errorf("%s imports %s: got %q", test.from, test.to, got)
		}
	}
}
