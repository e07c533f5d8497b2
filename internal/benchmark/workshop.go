package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

// A workshop is the scratch directory of a run, with what all benchmarks need in it.
type workshop struct {
	dir    string
	oxgen  string // the command, built from this repository
	dist   *dist.Distribution
	lib    string    // the distribution's standard library, as it was unpacked
	python string    // the interpreter of a copy of the distribution that has its .pyc files
	warm   string    // directory of .py and .pyc files of the standard library, below that copy
	copies int       // of the standard library, for the project of many modules
	scale  int       // copies of it in a large program
	builds string    // Go's build cache, "" for the user's
	log    io.Writer // gets what is being done
}

// newWorkshop fills the directory dir.
func newWorkshop(ctx context.Context, dir string, log io.Writer) (*workshop, error) {
	w := &workshop{dir: dir, oxgen: filepath.Join(dir, "oxgen"), log: log}
	w.tell("building oxgen")
	_, err := w.run(ctx, pyexec.Command{
		Path: "go", Args: []string{"build", "-buildvcs=false", "-o", w.oxgen, "github.com/oxgen/oxgen"}, Env: environment(),
	})
	if err != nil {
		return nil, err
	}
	w.tell("unpacking the distribution")
	store := &dist.Store{CacheDir: w.path("cache"), Env: environment()}
	if w.dist, err = store.Resolve(ctx, dist.Want{}); err != nil {
		return nil, err
	}
	platform, err := w.dist.Target(ctx, target.Host())
	if err != nil {
		return nil, err
	}
	w.lib = platform.Stdlib
	return w, w.copyPython(ctx)
}

// copyPython copies the distribution, which must stay as it was unpacked, and compiles the copy's standard library.
func (w *workshop) copyPython(ctx context.Context) error {
	root := filepath.Dir(filepath.Dir(w.dist.Interpreter)) // of bin/python3.X
	interpreter, err := filepath.Rel(root, w.dist.Interpreter)
	if err != nil {
		return err
	}
	lib, err := filepath.Rel(root, w.lib)
	if err != nil || !filepath.IsLocal(lib) {
		return fmt.Errorf("the standard library lies outside of the distribution's directory: %s", lib)
	}
	to := w.path("python")
	if err := os.CopyFS(to, os.DirFS(root)); err != nil {
		return err
	}
	w.python, w.warm = filepath.Join(to, interpreter), filepath.Join(to, lib)
	_, err = w.run(ctx, pyexec.Command{Path: w.python, Args: []string{"-I", "-S", "-m", "compileall", "-q", w.warm}})
	return err
}

// path returns the path of a name in the scratch directory.
func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workshop) tell(format string, args ...any) { fmt.Fprintf(w.log, format+"\n", args...) }

// run runs a command that is not measured. Without a directory and an environment of its own it gets the usual ones.
func (w *workshop) run(ctx context.Context, c pyexec.Command) (string, error) {
	if c.Env == nil {
		c.Env = w.environ(w.path("cache"))
	}
	out, err := pyexec.Run(ctx, c)
	return string(out), explain(c, err)
}

// measure runs a command in the scratch directory and returns what it took and printed.
func (w *workshop) measure(ctx context.Context, c pyexec.Command) (sample, string, error) {
	if c.Env == nil {
		c.Env = w.environ(w.path("cache"))
	}
	if c.Dir == "" {
		c.Dir = w.dir
	}
	forgetPeak()
	u, out, err := pyexec.Measure(ctx, c)
	s := sample{wall: u.Wall.Seconds(), cpu: u.CPU().Seconds()}
	if u.MaxRSS > ownPeak() {
		s[peak] = float64(u.MaxRSS)
	}
	return s, string(out), explain(c, err)
}

// explain adds to the error of a program what it was told to do.
func explain(c pyexec.Command, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", filepath.Base(c.Path), strings.Join(c.Args, " "), err)
}

// environment returns the caller's environment without what would change how Python or oxgen work.
func environment() []string { return pyexec.Environ("PYTHON*", "OXGEN_*") }

// environ returns the environment of what is run in the scratch directory: the cache is there, go build makes what it
// makes on a machine without a C compiler, and no workspace is around.
func (w *workshop) environ(cache string) []string {
	env := pyexec.Environ("PYTHON*", "OXGEN_*", "CGO_ENABLED", "GOWORK", "GOOS", "GOARCH")
	env = append(env, "OXGEN_CACHE="+cache, "CGO_ENABLED=0", "GOWORK=off")
	if w.builds != "" {
		env = append(env, "GOCACHE="+w.builds)
	}
	return env
}

// apart returns a workshop whose builds leave nothing in the user's cache: those of large programs leave a gigabyte each.
func (w *workshop) apart() *workshop {
	other := *w
	other.builds = w.path("go-build")
	return &other
}

// project makes a project with oxgen init and returns its directory.
func (w *workshop) project(ctx context.Context, name string, flags ...string) (string, error) {
	dir := w.path(name)
	args := append([]string{"--quiet", "init"}, flags...)
	_, err := w.run(ctx, pyexec.Command{Path: w.oxgen, Args: append(args, dir)})
	return dir, err
}

// program builds a program that runs a command, with lines more in its configuration, and returns the executable's path.
func (w *workshop) program(ctx context.Context, name, command, lines string) (string, error) {
	dir, err := w.project(ctx, name, "--run-command", command)
	if err != nil {
		return "", err
	}
	return w.configured(ctx, dir, lines)
}

// scripted builds a program that runs a script, with lines more in its configuration, and returns where both are.
func (w *workshop) scripted(ctx context.Context, name string, text []byte, lines string) (script, exe string, err error) {
	script = filepath.Join(w.path(name+"-script"), name+".py")
	if err := os.Mkdir(filepath.Dir(script), 0o755); err != nil {
		return "", "", err
	}
	if err := os.WriteFile(script, text, 0o644); err != nil {
		return "", "", err
	}
	dir, err := w.project(ctx, name, "--run-file", script)
	if err != nil {
		return "", "", err
	}
	exe, err = w.configured(ctx, dir, lines)
	return script, exe, err
}

// configured builds a project, with lines more at the head of its configuration, and returns the executable's path.
func (w *workshop) configured(ctx context.Context, dir, lines string) (string, error) {
	if err := configure(dir, lines); err != nil {
		return "", err
	}
	return w.executable(ctx, dir)
}

// configure adds lines at the head of a project's configuration.
func configure(dir, lines string) error {
	file := filepath.Join(dir, "oxgen.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(lines), text...), 0o644)
}

// executable builds the program in a directory, and copies it, as it is when it is installed: what a linker has just written lies in the
// system's page cache in small pieces, and starts a tenth slower.
func (w *workshop) executable(ctx context.Context, dir string) (string, error) {
	w.tell("building the program %s", filepath.Base(dir))
	built := filepath.Join(dir, "bin", "built")
	_, err := w.run(ctx, pyexec.Command{Path: w.oxgen, Args: []string{"--quiet", "build", dir, "-o", built}})
	if err != nil {
		return "", err
	}
	installed := filepath.Join(dir, "bin", "program")
	return installed, install(installed, built)
}

// install copies an executable.
func install(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

// forgetPeak makes this process's peak of memory what it uses now, where Linux lets it: the peak that is measured of a
// child is never below it (see pyexec.Usage).
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // see proc(5); where it fails, the peak stays
}

// ownPeak returns the peak of memory of this process in bytes, 0 where there is no /proc. A child's peak that is not above
// it is only this process's own.
func ownPeak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
