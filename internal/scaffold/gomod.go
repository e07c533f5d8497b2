package scaffold

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
)

// An Origin says where the running oxgen comes from, which decides how a project gets it.
type Origin struct {
	GoMod, GoSum []byte // those of oxgen's own module
	Checkout     string // absolute directory of the checkout that oxgen was built from; "" without one
	Version      string // module version of oxgen; "" if it was not built as a released one
	Sum          string // h1 sum of that version, as in go.sum
}

// checkoutVersion is the version of oxgen that a project requires and a replace line overrides.
const checkoutVersion = "v0.0.0"

// known reports whether a go.mod can name this very oxgen, so that `go tool oxgen` runs it.
func (o *Origin) known() bool { return o.Checkout != "" || o.Version != "" && o.Sum != "" }

// version returns the version of oxgen that a go.mod names.
func (o *Origin) version() string {
	if o.Checkout != "" {
		return checkoutVersion
	}
	return o.Version
}

// pyembed returns the version of pyembed that oxgen's own go.mod names.
func (o *Origin) pyembed() (string, error) {
	own, err := o.parse()
	if err != nil {
		return "", err
	}
	for _, r := range own.Require {
		if r.Mod.Path == pyembedPath {
			return r.Mod.Version, nil
		}
	}
	return "", fmt.Errorf("oxgen's go.mod does not require %s", pyembedPath)
}

func (o *Origin) parse() (*modfile.File, error) {
	own, err := modfile.Parse("go.mod", o.GoMod, nil)
	if err != nil {
		return nil, fmt.Errorf("oxgen's own %w", err)
	}
	return own, nil
}

// A replaced module is one that the checkout stands in for.
type replaced struct{ Path, dir string }

func (o *Origin) replaced() []replaced {
	if o.Checkout == "" {
		return nil
	}
	dir := filepath.ToSlash(o.Checkout)
	return []replaced{{toolPath, dir}, {pyembedPath, dir + "/pyembed"}}
}

// goMod returns the go.mod of a new module. It names what oxgen itself is built with, which is what `go mod tidy`
// would choose, so that nothing has to be looked up or downloaded before the first build.
func (o *Origin) goMod(path string) ([]byte, error) {
	own, err := o.parse()
	if err != nil {
		return nil, err
	}
	f := new(modfile.File)
	if err := f.AddModuleStmt(path); err != nil {
		return nil, err
	}
	if err := f.AddGoStmt(own.Go.Version); err != nil {
		return nil, err
	}
	var direct, indirect []*modfile.Require
	for _, r := range own.Require {
		switch {
		case r.Mod.Path == pyembedPath:
			direct = append(direct, &modfile.Require{Mod: r.Mod})
		case o.known() && !testOnly(r.Mod.Path), o.runtime(r.Mod.Path):
			indirect = append(indirect, &modfile.Require{Mod: r.Mod, Indirect: true})
		}
	}
	if o.known() {
		if err := f.AddTool(toolPath); err != nil {
			return nil, err
		}
		indirect = append(indirect, &modfile.Require{Mod: module.Version{Path: toolPath, Version: o.version()}, Indirect: true})
	}
	slices.SortFunc(indirect, func(a, b *modfile.Require) int { return strings.Compare(a.Mod.Path, b.Mod.Path) })
	f.SetRequireSeparateIndirect(append(direct, indirect...))
	for _, r := range o.replaced() {
		if err := f.AddReplace(r.Path, "", r.dir, ""); err != nil {
			return nil, err
		}
	}
	f.Cleanup()
	f.SortBlocks()
	return f.Format()
}

// testModules are those that only the tests of oxgen use, so that `go mod tidy` would leave them out of a new module.
var testModules = []string{
	"github.com/chromedp/cdproto",
	"github.com/chromedp/chromedp",
	"github.com/creack/pty",
	"github.com/go-json-experiment/json",
	"github.com/google/go-cmp",
	"github.com/santhosh-tekuri/jsonschema/v6",
}

// testSums are the modules whose sums `go mod tidy` would leave out too.
var testSums = []string{"github.com/creack/pty", "github.com/dlclark/regexp2"}

func testOnly(path string) bool { return slices.Contains(testModules, path) }

// sums returns oxgen's own go.sum without the lines that a new module has no need of.
func (o *Origin) sums() []string {
	return slices.DeleteFunc(strings.SplitAfter(string(o.GoSum), "\n"), func(line string) bool {
		path, _, _ := strings.Cut(line, " ")
		return slices.Contains(testSums, path)
	})
}

// runtime reports whether pyembed itself uses the module.
func (o *Origin) runtime(path string) bool {
	return path == "github.com/ebitengine/purego" || path == "golang.org/x/sys"
}

// goSum returns the go.sum of a new module: that of oxgen, and the lines for oxgen itself, which its own go.sum can't have.
func (o *Origin) goSum() ([]byte, error) {
	if o.Checkout != "" || !o.known() {
		return []byte(strings.Join(o.sums(), "")), nil
	}
	sum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(o.GoMod)), nil
	})
	if err != nil {
		return nil, err
	}
	lines := o.sums()
	at, _ := slices.BinarySearchFunc(lines, toolPath+" ", strings.Compare)
	lines = slices.Insert(lines, at,
		fmt.Sprintf("%s %s %s\n", toolPath, o.Version, o.Sum),
		fmt.Sprintf("%s %s/go.mod %s\n", toolPath, o.Version, sum))
	return []byte(strings.Join(lines, "")), nil
}

// IsRelease reports whether a version is one that a proxy can have.
func IsRelease(version string) bool {
	return semver.IsValid(version) && !strings.Contains(version, "+")
}
