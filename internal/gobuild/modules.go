package gobuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A Module is a Go module that provides a package of the executable.
type Module struct {
	Path    string
	Version string  // "" for one in a directory
	Sum     string  // as in go.sum; "" when it has none
	Main    bool    // it holds the main package; of a workspace's modules only that one
	Replace *Module // what is built instead; nil for the module itself
}

// Modules returns the modules that go build would make the executable of, by path, and the version of Go. A generated package
// that is not there yet is taken to be like any other: it imports the runtime module. The go command may go to the network
// for them, as go build does.
func Modules(ctx context.Context, o Options) (modules []Module, goVersion string, err error) {
	env := o.environ()
	out, err := o.ask(ctx, env, "env", "GOVERSION")
	if err != nil {
		return nil, "", err
	}
	goVersion = strings.TrimSpace(string(out))
	if out, err = o.ask(ctx, env, "list", "-e", "-deps", "-json=ImportPath,DepOnly,Module,Standard", ".", pyembedPath); err != nil {
		return nil, "", err
	}
	main := ""
	seen := map[string]bool{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath        string
			DepOnly, Standard bool
			Module            *Module
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, "", err
		}
		if p.Standard || p.Module == nil {
			continue
		}
		if !p.DepOnly && p.ImportPath != pyembedPath {
			main = p.Module.Path
		}
		if seen[p.Module.Path] {
			continue
		}
		seen[p.Module.Path] = true
		modules = append(modules, *p.Module)
	}
	for i := range modules {
		modules[i].Main = modules[i].Path == main
	}
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return modules, goVersion, nil
}

// ask runs the go command for what it prints.
func (o *Options) ask(ctx context.Context, env []string, args ...string) ([]byte, error) {
	out, err := pyexec.Run(ctx, pyexec.Command{Path: "go", Args: args, Dir: o.Dir, Env: env, Timeout: 5 * time.Minute})
	var failed *pyexec.Failure
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &failed):
		return nil, o.explain(failed.Stderr, "go "+args[0]+": "+lastLine(failed.Stderr))
	case err != nil:
		return nil, noGo(err)
	}
	return out, nil
}
