// Package gobuild builds the executable: it checks that the main package and the generated one fit together, runs
// go build, and says in the user's words why it went wrong.
package gobuild

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

// Options say what to build. All fields but Cgo, Overlay and Mend must be set.
type Options struct {
	Dir     string // directory of the main package
	Package string // slash path below Dir of the generated package
	Output  string // the executable, absolute
	Target  target.Target
	Cgo     bool      // whether the generated package needs cgo; otherwise it is off, unless the environment sets CGO_ENABLED
	Overlay string    // file of go build's -overlay, absolute; "" for none
	Mend    string    // what to type when the runtime module pyembed is missing or does not fit
	Stderr  io.Writer // gets what the go command says
}

// Build builds the main package in a directory, without build paths and symbol tables. The caller's environment is the
// go command's, but for the target. The executable appears at once and whole, so that two builds may go on side by
// side and a program that runs is not disturbed.
func Build(ctx context.Context, o Options) error {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	if err := o.checkImport(ctx); err != nil {
		return err
	}
	dir, err := scratch(o.Output)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	built := filepath.Join(dir, filepath.Base(o.Output))
	if err := o.run(ctx, built); err != nil {
		return err
	}
	if err := os.Rename(built, o.Output); err != nil {
		return diag.Errorf(o.Output, "", "the executable can't be put there: %w", cause(err))
	}
	return nil
}

// run runs go build.
func (o *Options) run(ctx context.Context, output string) error {
	var said bytes.Buffer
	messages := io.MultiWriter(o.Stderr, &said) // one writer for both streams, so that os/exec writes from one goroutine
	args := []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", output}
	if o.Overlay != "" {
		args = append(args, "-overlay", o.Overlay)
	}
	status, err := pyexec.RunAttached(ctx, pyexec.Command{
		Path: "go",
		Args: append(args, "."),
		Dir:  o.Dir,
		Env:  o.environ(),
	}, messages, messages)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return noGo(err)
	case status == 0:
		return nil
	}
	return o.explain(said.String(), "go build: exit status "+strconv.Itoa(status))
}

func (o *Options) environ() []string {
	env := append(pyexec.Environ("GOOS", "GOARCH"), "GOOS="+o.Target.GOOS, "GOARCH="+o.Target.GOARCH)
	switch {
	case o.Cgo: // or go build would turn it off, without a word, where it finds no C compiler
		env = append(env, "CGO_ENABLED=1")
	case o.cgoIsOff():
		env = append(env, "CGO_ENABLED=0")
	}
	return env
}

// cgoIsOff tells whether cgo is turned off: with it, the executable would need this machine's glibc wherever there is a C
// compiler.
func (o *Options) cgoIsOff() bool { return !o.Cgo && os.Getenv("CGO_ENABLED") == "" }

func noGo(err error) error {
	return diag.Errorf("", "install Go (https://go.dev/doc/install) and put its bin directory in PATH",
		"running the go command: %w", err)
}

// scratch makes a directory beside the executable, on the same file system.
func scratch(output string) (string, error) {
	parent := filepath.Dir(output)
	err := os.MkdirAll(parent, 0o777)
	var dir string
	if err == nil {
		dir, err = os.MkdirTemp(parent, ".oxgen-build-")
	}
	if err != nil {
		return "", diag.Errorf(parent, "name another place with -o", "no executable can be made there: %w", cause(err))
	}
	return dir, nil
}

// checkOutput refuses to replace anything but an executable, as go build does.
func checkOutput(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return diag.Errorf(name, "name another place with -o", "no executable can be made there: %w", cause(err))
	case info.IsDir():
		return diag.Errorf(name, "`-o bin/` puts the executable into the directory bin; any other file will do as well",
			"there is a directory where the executable would go")
	case !info.Mode().IsRegular():
		return diag.Errorf(name, "name another place with -o", "the executable would replace what is no regular file")
	case info.Size() > 0 && !isObject(name):
		return diag.Errorf(name, "remove the file, or name another one with -o",
			"the executable would replace a file that is none")
	}
	return nil
}

// isObject reports whether a file begins like an executable. One that can't be read doesn't.
func isObject(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [4]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return false
	}
	switch string(head[:]) {
	case "\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe": // ELF, Mach-O, Mach-O for several architectures
		return true
	}
	return string(head[:2]) == "MZ" // PE
}

// cause takes the operation and the paths off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
