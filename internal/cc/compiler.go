// Package cc runs the C compiler that go build uses with cgo: it links archives into one object, and compiles extension
// modules. What a user has to install for it is said by the errors, from one table.
package cc

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// A Compiler is a C compiler with the arguments that always go to it.
type Compiler struct {
	path string
	args []string
	env  []string
}

// patience is how long one run of the compiler may take.
const patience = 10 * time.Minute

// Find returns the C compiler that the go command uses: that of `go env CC`, which goes by $CC.
func Find(ctx context.Context) (*Compiler, error) {
	env := append(pyexec.Environ("LC_ALL"), "LC_ALL=C") // messages in English, for those who look them up
	out, err := pyexec.Run(ctx, pyexec.Command{Path: "go", Args: []string{"env", "CC"}, Env: env, Timeout: patience})
	if err != nil {
		return nil, diag.Errorf("", "install Go (https://go.dev/doc/install) and put its bin directory in PATH",
			"running the go command: %w", err)
	}
	words := strings.Fields(string(out)) // go build splits it so, but for quotes
	if len(words) == 0 {
		words = []string{"gcc"}
	}
	path, err := pyexec.LookPath(words[0])
	if err != nil {
		return nil, diag.Errorf("", hint("cc"), "linking by the C linker needs a C compiler, and %s is not in PATH", words[0])
	}
	return &Compiler{path: path, args: words[1:], env: env}, nil
}

// run runs the compiler, or another program of its, in a directory.
func (c *Compiler) run(ctx context.Context, dir, path string, args ...string) (string, error) {
	out, err := pyexec.Run(ctx, pyexec.Command{Path: path, Args: args, Dir: dir, Env: c.env, Timeout: patience})
	return strings.TrimSpace(string(out)), err
}

// compile runs the compiler itself.
func (c *Compiler) compile(ctx context.Context, dir string, args ...string) (string, error) {
	return c.run(ctx, dir, c.path, append(append([]string{}, c.args...), args...)...)
}

// library returns the absolute path of a library's file, such as "libz.a", in the given directories or those of the
// compiler; "" when there is none.
func (c *Compiler) library(ctx context.Context, file string, dirs []string) (string, error) {
	for _, dir := range dirs {
		path := filepath.Join(dir, file)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	path, err := c.compile(ctx, "", "-print-file-name="+file)
	if err != nil || !filepath.IsAbs(path) {
		return "", err
	}
	return filepath.Clean(path), nil
}

// program returns the path of a program of the compiler's tools, such as "objcopy".
func (c *Compiler) program(ctx context.Context, name string) (string, error) {
	path, err := c.compile(ctx, "", "-print-prog-name="+name)
	if err != nil {
		return "", err
	}
	if found, err := pyexec.LookPath(path); err == nil {
		return found, nil
	}
	return "", diag.Errorf("", hint("binutils"), "linking by the C linker needs the program %s, which is not in PATH", name)
}
