package cc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// An Extension is an extension module to compile. Relative paths are relative to Dir.
type Extension struct {
	Name        string // "pkg.mod"
	Dir         string // absolute
	Sources     []string
	IncludeDirs []string
	Libraries   []string // as after -l
	Defines     []string
	CFlags      []string
}

// leaf is the last part of the module's name, by which its initialiser is called.
func (e *Extension) leaf() string { return e.Name[strings.LastIndexByte(e.Name, '.')+1:] }

// Extension compiles an extension module into an object, of which one symbol is visible from outside: its initialiser,
// under a name of the caller's choice.
func (c *Compiler) Extension(ctx context.Context, s *dist.Static, e *Extension, symbol string) (*Object, error) {
	o := &Object{}
	dir, objects, err := c.objects(ctx, s, e)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	archives, err := c.archives(ctx, o, e.Name, e.libraries(), s.Dirs)
	if err != nil {
		return nil, err
	}
	initialiser := "PyInit_" + e.leaf()
	o.Data, err = c.combine(ctx, dir, append(objects, archives...), "--keep-global-symbol="+symbol, "--redefine-sym="+initialiser+"="+symbol)
	if err != nil {
		return nil, explain(e.Name, err)
	}
	if ok, err := defines(o.Data, symbol); err != nil || !ok {
		return nil, errors.Join(err, missingInit(e.Name, initialiser))
	}
	return o, nil
}

// SharedExtension compiles an extension module into a shared object, as setuptools does.
func (c *Compiler) SharedExtension(ctx context.Context, s *dist.Static, e *Extension) (*Object, error) {
	o := &Object{}
	dir, objects, err := c.objects(ctx, s, e)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	archives, err := c.archives(ctx, o, e.Name, e.libraries(), s.Dirs)
	if err != nil {
		return nil, err
	}
	// The names of archives stay the module's own, as in a static executable.
	args := slices.Concat([]string{"-shared", "-s", "-Wl,--exclude-libs,ALL", "-Wl,--build-id=none", "-o", "module.so"}, objects, archives)
	for _, name := range o.Libraries {
		args = append(args, "-l"+name)
	}
	if _, err := c.compile(ctx, dir, args...); err != nil {
		return nil, explain(e.Name, err)
	}
	if o.Data, err = os.ReadFile(filepath.Join(dir, "module.so")); err != nil {
		return nil, err
	}
	initialiser := "PyInit_" + e.leaf()
	if ok, err := exports(o.Data, initialiser); err != nil || !ok {
		return nil, errors.Join(err, missingInit(e.Name, initialiser))
	}
	return o, nil
}

func missingInit(module, initialiser string) error {
	return diag.Errorf(module, "the last part of the name in [[extension]] is that of the function",
		"none of its sources defines %s", initialiser)
}

// libraries returns what the module is linked with: the language of C++ sources has a library.
func (e *Extension) libraries() []string {
	for _, source := range e.Sources {
		if isCPlusPlus(source) {
			return append(slices.Clone(e.Libraries), "stdc++", "m", "c")
		}
	}
	return e.Libraries
}

func isCPlusPlus(source string) bool {
	return slices.Contains([]string{".cc", ".cpp", ".cxx", ".C"}, filepath.Ext(source))
}

// objects compiles the sources into a new directory, and returns the names of the objects in it.
func (c *Compiler) objects(ctx context.Context, s *dist.Static, e *Extension) (dir string, objects []string, err error) {
	if !hasHeader(s.Include) {
		return "", nil, diag.Errorf("", hint("headers", s.Minor), "there is no Python.h to compile the extension module %s with", e.Name)
	}
	if dir, err = os.MkdirTemp("", "oxgen-cc-"); err != nil {
		return "", nil, err
	}
	for i, source := range e.Sources {
		object := strconv.Itoa(i) + ".o"
		if _, err := c.compile(ctx, e.Dir, append(e.args(s), "-c", source, "-o", filepath.Join(dir, object))...); err != nil {
			os.RemoveAll(dir)
			return "", nil, compileError(source, err)
		}
		objects = append(objects, object)
	}
	return dir, objects, nil
}

// args returns the arguments for compiling a source. No path of the machine gets into the object.
func (e *Extension) args(s *dist.Static) []string {
	args := []string{"-O2", "-g0", "-fPIC", "-fwrapv", "-fvisibility=hidden", "-DNDEBUG", "-ffile-prefix-map=" + e.Dir + "/="}
	for _, dir := range s.Include {
		args = append(args, "-ffile-prefix-map="+dir+"=include")
	}
	for _, dir := range slices.Concat(e.IncludeDirs, s.Include) {
		args = append(args, "-I"+dir)
	}
	for _, define := range e.Defines {
		args = append(args, "-D"+define)
	}
	return append(args, e.CFlags...)
}

func hasHeader(dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "Python.h"))
		return err == nil
	})
}

// located matches what compilers say: file, line, column, kind, text.
var located = regexp.MustCompile(`(?m)^(.+?):(\d+):(\d+): (?:fatal )?error: (.+)$`)

// compileError returns the first error that the compiler found, at its place.
func compileError(source string, err error) error {
	var failed *pyexec.Failure
	if !errors.As(err, &failed) {
		return explain(source, err)
	}
	if strings.Contains(failed.Stderr, "cc1plus") {
		return diag.Errorf(source, hint("c++"), "is C++, and the compiler has no part for that")
	}
	m := located.FindStringSubmatch(failed.Stderr)
	if m == nil {
		return diag.Errorf(source, "", "does not compile: %w", err)
	}
	e := diag.Errorf(m[1], "", "%s", m[4])
	e.Err = err
	e.Line, _ = strconv.Atoi(m[2])
	e.Column, _ = strconv.Atoi(m[3])
	return e
}
