package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

//go:embed driver.py
var driver []byte

// driverModule is the name that the driver is run by.
const driverModule = "conformance_driver"

// configuration is that of the frozen program: it starts as the command python does. Extension modules lie on disk, where
// the interpreter too has them.
const configuration = `name = "conformance"
python = "%s"
sources = ["../tests"]

[run]
module = "` + driverModule + `"

[interpreter]
profile = "python"
site-import = true
user-site = true
utf8-mode = false
write-bytecode = true
module-search-paths = ["%s"]
`

// A workshop is the scratch directory of a run, with the two that are compared in it.
type workshop struct {
	dir     string
	limit   time.Duration // of a test
	keep    bool          // what the tests have left behind is kept
	log     io.Writer     // gets what is being done
	telling sync.Mutex
	version string // of Python

	python contender
	frozen contender
}

// A contender runs the driver.
type contender struct {
	name string
	path string
	args []string // before those of the driver
}

// path returns the path of a name in the scratch directory.
func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

// tell says what is being done; several may do so at once.
func (w *workshop) tell(format string, args ...any) {
	w.telling.Lock()
	defer w.telling.Unlock()
	fmt.Fprintf(w.log, format+"\n", args...)
}

// run runs a command that prepares something.
func (w *workshop) run(ctx context.Context, c pyexec.Command) (string, error) {
	out, err := pyexec.Run(ctx, c)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", filepath.Base(c.Path), strings.Join(c.Args, " "), err)
	}
	return string(out), nil
}

// build makes the interpreter with the tests beside its standard library, and the executable with both in it.
func (w *workshop) build(ctx context.Context, python string, s *suite) error {
	d, err := (&dist.Store{CacheDir: w.path("cache"), Env: environment()}).Resolve(ctx, dist.Want{Flag: python})
	if err != nil {
		return err
	}
	platform, err := d.Target(ctx, target.Host())
	if err != nil {
		return err
	}
	w.version = d.Version
	w.tell("laying out the tests")
	if err := w.layOut(s, platform.Stdlib); err != nil {
		return err
	}
	if err := w.layOutExtensions(s, platform.LibDynload); err != nil {
		return err
	}
	if err := w.copyPython(d, platform.Stdlib); err != nil {
		return err
	}
	return w.freeze(ctx, python)
}

// layOut makes a directory of all that the tests are: what both contenders have on top of the standard library.
func (w *workshop) layOut(s *suite, stdlib string) error {
	to := w.path("tests")
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := overlay(filepath.Join(to, "test"), filepath.Join(s.dir, "test")); err != nil {
		return err
	}
	for _, dir := range elsewhere {
		if !s.isDir(dir) {
			continue
		}
		name := filepath.Dir(dir) // the whole package: the tests' one hides that of the standard library
		for _, from := range []string{filepath.Join(stdlib, name), filepath.Join(s.dir, name)} {
			if err := overlay(filepath.Join(to, name), from); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(to, driverModule+".py"), driver, 0o644)
}

// layOutExtensions copies the extension modules of the distribution, which has them in the directory dynload ("" if it has
// none), and those that the suite has for tests, to a directory of their own.
func (w *workshop) layOutExtensions(s *suite, dynload string) error {
	to := w.path("extensions")
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if dynload != "" {
		if err := overlay(to, dynload); err != nil {
			return err
		}
	}
	found, err := filepath.Glob(filepath.Join(s.dir, "lib-dynload", "_*test*.so"))
	if err != nil {
		return err
	}
	for _, file := range found {
		if strings.Contains(file, "_testinternalcapi.") { // fits the very version that it was made for
			continue
		}
		if err := copyFile(filepath.Join(to, filepath.Base(file)), file); err != nil {
			return err
		}
	}
	return nil
}

// copyPython copies the distribution, which must stay as it was unpacked, and adds the tests to its standard library.
func (w *workshop) copyPython(d *dist.Distribution, stdlib string) error {
	root := filepath.Dir(filepath.Dir(d.Interpreter)) // of bin/python3.X
	lib, err := filepath.Rel(root, stdlib)
	if err != nil || !filepath.IsLocal(lib) {
		return fmt.Errorf("the standard library lies outside of the distribution's directory: %s", stdlib)
	}
	to := w.path("python")
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(root)); err != nil {
		return err
	}
	if err := overlay(filepath.Join(to, lib), w.path("tests")); err != nil {
		return err
	}
	if err := overlay(filepath.Join(to, lib, "lib-dynload"), w.path("extensions")); err != nil {
		return err
	}
	interpreter := filepath.Join(to, "bin", filepath.Base(d.Interpreter))
	w.python = contender{name: "python", path: interpreter, args: []string{"-m", driverModule}}
	return nil
}

// freeze builds the executable.
func (w *workshop) freeze(ctx context.Context, python string) error {
	w.tell("building the executable")
	oxgen := w.path("oxgen")
	_, err := w.run(ctx, pyexec.Command{
		Path: "go", Args: []string{"build", "-buildvcs=false", "-o", oxgen, "github.com/oxgen/oxgen"}, Env: environment(),
	})
	if err != nil {
		return err
	}
	dir := w.path("frozen")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	env := append(environment(), "OXGEN_CACHE="+w.path("cache"), "GOWORK=off", "CGO_ENABLED=0")
	init := pyexec.Command{Path: oxgen, Args: []string{"--quiet", "init", "--run-module", driverModule, dir}, Env: env}
	if _, err := w.run(ctx, init); err != nil {
		return err
	}
	toml := fmt.Appendf(nil, configuration, python, w.path("extensions"))
	if err := os.WriteFile(filepath.Join(dir, "oxgen.toml"), toml, 0o644); err != nil {
		return err
	}
	w.frozen = contender{name: "frozen", path: filepath.Join(dir, "bin", "conformance")}
	build := pyexec.Command{Path: oxgen, Args: []string{"--quiet", "build", dir, "-o", w.frozen.path}, Env: env}
	_, err = w.run(ctx, build)
	return err
}

// call has the executable run by the name python, if asPython, and told to run the driver. Otherwise it runs that by itself.
func (w *workshop) call(asPython bool) error {
	if !asPython {
		return nil
	}
	link := filepath.Join(filepath.Dir(w.frozen.path), filepath.Base(w.python.path))
	if err := os.Symlink(filepath.Base(w.frozen.path), link); err != nil {
		return err
	}
	w.frozen.path, w.frozen.args = link, w.python.args
	return nil
}

// environment returns the caller's environment without what would change how Python or oxgen work.
func environment() []string { return pyexec.Environ("PYTHON*", "OXGEN_*") }

// overlay copies the files in the directory from to the directory to, which may have files already. What symbolic links
// point at is copied, compiled bytecode is not.
func overlay(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "__pycache__":
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		return copyFile(filepath.Join(to, rel), name)
	})
}

// copyFile copies a file with its permissions.
func copyFile(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm()|0o200)
}

// module runs the tests of a module by both contenders, and again while there are differences, up to the given number of
// rounds.
func (w *workshop) module(ctx context.Context, name string, parts []string, rounds int) (*module, error) {
	m := &module{name: name}
	for round := range rounds {
		start := time.Now()
		python, frozen, err := w.both(ctx, name, parts, round)
		if err != nil {
			return nil, err
		}
		m.add(python, frozen)
		w.tell("%s: %d tests, %d differ (%.0f s)", name, len(m.python), len(m.differences()), time.Since(start).Seconds())
		if len(m.differences()) == 0 {
			break
		}
	}
	return m, nil
}

// both runs the tests by both contenders at once.
func (w *workshop) both(ctx context.Context, name string, parts []string, round int) (python, frozen outcomes, err error) {
	var group errgroup.Group // which doesn't end the one when the other fails: they are killed by ctx
	group.Go(func() (err error) { python, err = w.tests(ctx, w.python, name, parts, round); return err })
	group.Go(func() (err error) { frozen, err = w.tests(ctx, w.frozen, name, parts, round); return err })
	return python, frozen, group.Wait()
}
