package gobuild

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// Places are directories of the go command.
type Places struct {
	ModuleCache string // of the modules' sources
	Root        string // GOROOT
}

// FindPlaces asks the go command, in the directory of Options.
func FindPlaces(ctx context.Context, o Options) (Places, error) {
	out, err := o.ask(ctx, o.environ(), "env", "GOMODCACHE", "GOROOT")
	if err != nil {
		return Places{}, err
	}
	lines := strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n")
	return Places{ModuleCache: lines[0], Root: lines[1]}, nil
}

// Module returns the directory of a module's sources in the module cache; "" when it is not there.
func (p Places) Module(path, version string) string {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return ""
	}
	escapedVersion, err := module.EscapeVersion(version)
	if err != nil || p.ModuleCache == "" {
		return ""
	}
	dir := filepath.Join(p.ModuleCache, filepath.FromSlash(escaped)+"@"+escapedVersion)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}
