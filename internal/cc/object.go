package cc

import (
	"context"
	"os"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
)

// An Object is libpython as go build links it.
type Object struct {
	Data    []byte   // a relocatable object
	Flags   []string // what the linker needs besides, as cgo takes it, in order
	Missing []string // libraries that are linked dynamically, because there is no archive of them
}

// system are the libraries of which the executable takes the system's, whatever there is: the parts of the C library, and
// what would not work twice in a process.
var system = map[string]bool{"c": true, "m": true, "dl": true, "pthread": true, "util": true, "rt": true, "resolv": true}

// Libpython links a static libpython, whole, and what it needs of the archives of other libraries, into one object. It
// leaves only the names of CPython's API visible from outside, so that the other libraries are libpython's alone: neither
// what else is in the executable nor extension modules see them, which may have others of the same name.
//
// The same files and the same linker give the same bytes.
func (c *Compiler) Libpython(ctx context.Context, s *dist.Static) (*Object, error) {
	o := &Object{Flags: []string{"-rdynamic", "-Wl,--push-state", "-Wl,--as-needed"}}
	var archives []string
	for _, name := range s.Libraries {
		archive, err := c.archive(ctx, s, name)
		switch {
		case err != nil:
			return nil, err
		case archive != "":
			archives = append(archives, archive)
			continue
		case !system[name]:
			o.Missing = append(o.Missing, name)
		}
		o.Flags = append(o.Flags, "-l"+name)
	}
	o.Flags = append(o.Flags, "-Wl,--pop-state")
	var err error
	o.Data, err = c.combine(ctx, s, archives)
	return o, err
}

// archive returns the archive of a library, "" for one that is to be linked dynamically.
func (c *Compiler) archive(ctx context.Context, s *dist.Static, name string) (string, error) {
	if system[name] {
		return "", nil
	}
	archive, err := c.library(ctx, "lib"+name+".a", s.Dirs)
	if archive != "" || err != nil {
		return archive, err
	}
	shared, err := c.library(ctx, "lib"+name+".so", s.Dirs)
	if err == nil && shared == "" {
		err = diag.Errorf(s.Name, hint("lib "+name), "needs the library %s, and there is neither lib%[1]s.a nor lib%[1]s.so", name)
	}
	return "", err
}

// combine links the archives into an object.
func (c *Compiler) combine(ctx context.Context, s *dist.Static, archives []string) ([]byte, error) {
	objcopy, err := c.program(ctx, "objcopy")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "oxgen-cc-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	args := []string{"-r", "-nostdlib", "-o", "whole.o", "-Wl,--whole-archive", s.Archive, "-Wl,--no-whole-archive"}
	if _, err := c.compile(ctx, dir, append(args, archives...)...); err != nil {
		return nil, diag.Errorf(s.Archive, "", "can't be linked: %w", err)
	}
	if _, err := c.run(ctx, dir, objcopy, "--strip-debug", "--wildcard", "--keep-global-symbol=Py*", "--keep-global-symbol=_Py*", "whole.o"); err != nil {
		return nil, diag.Errorf(s.Archive, "", "can't be linked: %w", err)
	}
	return os.ReadFile(filepath.Join(dir, "whole.o"))
}

// MissingLibpython is the error for an interpreter without a static libpython.
func MissingLibpython(s *dist.Static, minor, from string) error {
	return diag.Errorf("", hint("libpython", minor), "%s has no static library: there is no %s", from, s.Name)
}

// DynamicLibrary is the warning about a library that the executable needs from the system.
func DynamicLibrary(s *dist.Static, name string) error {
	return diag.Errorf(s.Name, hint("lib "+name), "needs the library %s, of which there is no archive lib%[1]s.a here: the executable needs lib%[1]s.so on the target", name)
}
