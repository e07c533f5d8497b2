package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/mod/modfile"

	"github.com/oxgen/oxgen/internal/scaffold"
)

// The go.mod and go.sum that oxgen is built with are what a new project starts from.
var (
	//go:embed go.mod
	ownGoMod []byte
	//go:embed go.sum
	ownGoSum []byte
)

const ownModule = "github.com/oxgen/oxgen"

// version returns what --version prints behind the name.
func version() string {
	return release() + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

// release returns the version of oxgen, "(devel)" when it was built from a checkout.
func release() string {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == ownModule && info.Main.Version != "" {
		v = info.Main.Version
	}
	return v
}

// origin says where this oxgen comes from.
func origin() scaffold.Origin {
	o := scaffold.Origin{GoMod: ownGoMod, GoSum: ownGoSum, Checkout: checkout()}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == ownModule && scaffold.IsRelease(info.Main.Version) {
		o.Version, o.Sum = info.Main.Version, info.Main.Sum
	}
	return o
}

// checkout returns the directory of the checkout that oxgen was built from, "" when it is unknown (-trimpath) or gone.
// The directory of a released version in the module cache is none: pyembed, a module of its own, is not in it.
func checkout() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	dir := filepath.Dir(file)
	for name, want := range map[string]string{"go.mod": ownModule, "pyembed/go.mod": ownModule + "/pyembed"} {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || modfile.ModulePath(data) != want {
			return ""
		}
	}
	return dir
}
