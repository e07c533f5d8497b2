package cc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// An Object is machine code as go build links it.
type Object struct {
	Data      []byte   // a relocatable object
	Libraries []string // what has to be linked besides, named as after -l, in order
	Missing   []string // those of them that the executable needs on its target, because there is no archive of them here
}

// system are the libraries of which the executable takes the system's, whatever there is: the parts of the C library.
var system = map[string]bool{"c": true, "m": true, "dl": true, "pthread": true, "util": true, "rt": true, "resolv": true}

// Libpython links a static libpython, whole, and what it needs of the archives of other libraries, into one object. It
// leaves only the names of CPython's API visible from outside, so that the other libraries are libpython's alone: neither
// what else is in the executable nor extension modules see them, which may have others of the same name.
//
// The same files and the same linker give the same bytes.
func (c *Compiler) Libpython(ctx context.Context, s *dist.Static) (*Object, error) {
	o := &Object{}
	archives, err := c.archives(ctx, o, s.Name, s.Libraries, s.Dirs)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "oxgen-cc-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	inputs := append([]string{"-Wl,--whole-archive", s.Archive, "-Wl,--no-whole-archive"}, archives...)
	o.Data, err = c.combine(ctx, dir, inputs, "--keep-global-symbol=Py*", "--keep-global-symbol=_Py*")
	if err != nil {
		return nil, explain(s.Archive, err)
	}
	return o, nil
}

// archives finds the archives of libraries, and notes in o which are to be linked dynamically. Of is what needs them.
func (c *Compiler) archives(ctx context.Context, o *Object, of string, libraries, dirs []string) ([]string, error) {
	var archives []string
	for _, name := range libraries {
		if system[name] {
			o.Libraries = append(o.Libraries, name)
			continue
		}
		archive, err := c.library(ctx, "lib"+name+".a", dirs)
		if err != nil {
			return nil, err
		}
		if archive != "" {
			archives = append(archives, archive)
			continue
		}
		shared, err := c.library(ctx, "lib"+name+".so", dirs)
		if err != nil {
			return nil, err
		}
		if shared == "" {
			return nil, diag.Errorf(of, hint("lib "+name), "needs the library %s, and there is neither lib%[1]s.a nor lib%[1]s.so", name)
		}
		o.Libraries = append(o.Libraries, name)
		o.Missing = append(o.Missing, name)
	}
	return archives, nil
}

// combine links inputs into one relocatable object, and has objcopy change its symbols.
func (c *Compiler) combine(ctx context.Context, dir string, inputs []string, symbols ...string) ([]byte, error) {
	objcopy, err := c.program(ctx, "objcopy")
	if err != nil {
		return nil, err
	}
	const output = "whole.o"
	if _, err := c.compile(ctx, dir, append([]string{"-r", "-nostdlib", "-o", output}, inputs...)...); err != nil {
		return nil, err
	}
	if _, err := c.run(ctx, dir, objcopy, append(append([]string{"--strip-debug", "--wildcard"}, symbols...), output)...); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, output))
}

// DynamicLibrary is the warning about a library that the executable needs from the system. Of is what needs it.
func DynamicLibrary(of, name string) error {
	return diag.Errorf(of, hint("lib "+name),
		"needs the library %s, of which there is no archive lib%[1]s.a here: the executable needs lib%[1]s.so on the target", name)
}

// MissingLibpython is the error for an interpreter without a static libpython. Python is what it is called.
func MissingLibpython(s *dist.Static, python string) error {
	return diag.Errorf("", hint("libpython", s.Minor), "%s has no static library: there is no %s", python, s.Name)
}

// explain returns the error for a file that the linker refuses. The first line that it says is the one that counts, if it
// does not announce the next; the last is the compiler's, which says that there are others.
func explain(file string, err error) error {
	e := diag.Errorf(file, "", "can't be linked: %w", err)
	var failed *pyexec.Failure
	if !errors.As(err, &failed) {
		return e
	}
	for line := range strings.Lines(failed.Stderr) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasSuffix(line, ":") {
			e.Problem = "can't be linked: " + line
			break
		}
	}
	return e
}
