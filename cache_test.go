package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/cachedir"
)

// TestCacheEntries holds the names below the cache directory in the sources against the list by which `oxgen cache clean` knows them.
func TestCacheEntries(t *testing.T) {
	t.Parallel()
	var found []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if d.IsDir() && (name == "example" || d.Name() == "testdata" || name == filepath.Join("internal", "benchmark")) {
			return filepath.SkipDir
		}
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		names, err := cacheNames(name)
		found = append(found, names...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if diff := cmp.Diff(cachedir.Entries(), slices.Compact(found)); diff != "" {
		t.Errorf("(-Entries +sources):\n%s", diff)
	}
}

// cacheNames returns the literals that a file joins to the directory of the cache.
func cacheNames(file string) (names []string, err error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "Join" || len(call.Args) < 2 || !isCacheDir(call.Args[0]) {
			return true
		}
		for _, arg := range call.Args[1:] {
			text, ok := arg.(*ast.BasicLit)
			if !ok {
				break
			}
			if name, err := strconv.Unquote(text.Value); err == nil && name != "oxgen" { // in the user's cache directory
				names = append(names, name)
				break
			}
		}
		return true
	})
	return names, nil
}

// isCacheDir tells whether an expression is called like the directory of the cache: x.CacheDir, or cache.
func isCacheDir(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == "CacheDir"
	case *ast.Ident:
		return e.Name == "cache" || e.Name == "cacheDir"
	}
	return false
}
