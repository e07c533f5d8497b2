package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/jail"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// A Program is an executable that is tried.
type Program struct {
	File    string // the executable, absolute
	Program *program.Program
	Oxgen   string // the executable of oxgen, for jails
	Limit   time.Duration
}

// environment is that of both worlds: nothing of the user's, no display to open a window on, and a browser that shows nothing.
func environment(home string) []string {
	return []string{"HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "PYTHONHASHSEED=0", "BROWSER=true", "TMPDIR=" + home}
}

// Inside returns the world of the program, in the emptiest surroundings that this system allows, and says what these are. Dir is
// an empty directory.
func (p *Program) Inside(ctx context.Context, dir string) (w *World, surroundings string, err error) {
	files := p.files()
	var reasons []error
	for _, proc := range []string{"new", "bind"} {
		name := "/" + filepath.Base(p.File)
		j := jail.Jail{Root: dir, Files: files, Proc: proc, Path: name, Env: append(environment("/tmp"), "OXGEN_PYTHON=1")}
		j.Files = append(j.Files, jail.File{From: p.File, To: name})
		j.Args = arguments(p.Limit)
		command, err := j.Command(p.Oxgen)
		if err != nil {
			return nil, "", err
		}
		w := &World{command, p.Limit, []string{name}}
		if err = w.Try(ctx); err == nil {
			return w, "a root directory with nothing but the program and the C library", nil
		}
		if ctx.Err() != nil {
			return nil, "", context.Cause(ctx)
		}
		reasons = append(reasons, err)
	}
	bare := pyexec.Command{Path: p.File, Dir: dir, Env: append(environment(dir), "OXGEN_PYTHON=1")}
	w = NewWorld(bare, p.Limit, p.File)
	if err := w.Try(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, "", context.Cause(ctx)
		}
		return nil, "", p.mute(err)
	}
	return w, fmt.Sprintf("an empty directory and environment: that a module needs a file or a library of this machine is not noticed, "+
		"because the system refuses a root directory of its own (%s)", refusal(reasons[0])), nil
}

// refusal returns what the system has said: the last line of what the way into the jail wrote, or why that could not be started.
func refusal(err error) string {
	var failed *pyexec.Failure
	if errors.As(err, &failed) && failed.Stderr != "" {
		lines := strings.Split(failed.Stderr, "\n")
		return strings.TrimPrefix(lines[len(lines)-1], "oxgen: ")
	}
	var path *fs.PathError
	if errors.As(err, &path) { // of fork and exec, with a path of this machine
		return "namespaces: " + path.Err.Error()
	}
	return err.Error()
}

// mute says why a program does not answer as a python.
func (p *Program) mute(err error) error {
	if errors.Is(err, errNoDriver) {
		return diag.Errorf(p.File, "its Go code must call Program.Main, which knows OXGEN_PYTHON=1, and not Program.Run",
			"the program %w", err)
	}
	return diag.Errorf(p.File, "it must be an executable for this machine, on a file system that is not mounted noexec", "starting the program: %w", err)
}

// files returns what the program finds on every system that it is made for: glibc, and what system-libraries promises; and
// devices.
func (p *Program) files() []jail.File {
	files := jail.Devices()
	exe, err := os.Open(p.File)
	if err != nil {
		return files // starting it will tell
	}
	defer exe.Close()
	f, err := objfile.Read(p.File, exe)
	if err != nil {
		return files
	}
	s := shelf{seen: map[string]bool{}}
	if f.Interpreter != "" {
		s.add(f.Interpreter)
	}
	s.find(glibc.Libraries()...)
	s.find(f.Needed...)
	s.find(p.linked()...)
	return append(files, s.files...)
}

// linked returns the names of the libraries that the program's files are linked with and that it does not bring, and of the
// system's libpython.
func (p *Program) linked() []string {
	var needed []string
	brought := map[string]bool{}
	for e, err := range p.Program.Table.Files() {
		if err != nil || e.Dir || e.Compression != table.Uncompressed || !objfile.Is(e.Bytes[:min(len(e.Bytes), objfile.HeadSize)]) {
			continue
		}
		brought[filepath.Base(e.Path)] = true
		if f, err := objfile.Read(e.Path, bytes.NewReader(e.Bytes)); err == nil {
			brought[f.SOName] = true
			needed = append(needed, f.Needed...)
		}
	}
	for _, l := range p.Program.Manifest.Runtimes {
		if l.SHA256 == "" {
			needed = append(needed, l.Name)
		} else {
			brought[l.Name] = true
		}
	}
	return slices.DeleteFunc(needed, func(name string) bool { return brought[name] })
}

// A shelf is libraries of this machine with what they are linked with.
type shelf struct {
	host  dynlink.Host
	seen  map[string]bool // names, and paths
	files []jail.File
}

func (s *shelf) find(names ...string) {
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if s.seen[name] {
			continue
		}
		s.seen[name] = true
		if found := s.host.Find(name, target.Host()); len(found) > 0 {
			s.add(found[0].Path)
			names = append(names, found[0].File.Needed...)
		}
	}
}

func (s *shelf) add(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || s.seen[path] {
		return
	}
	s.seen[path] = true
	s.files = append(s.files, jail.File{From: real, To: path})
}

// Outside returns the world of an interpreter that finds the program's files in a directory, which Unpack has filled. Bytecode
// goes to another one.
func (p *Program) Outside(interpreter, tree, bytecode, home string) *World {
	env := append(environment(home), "PYTHONPATH="+tree, "PYTHONPYCACHEPREFIX="+bytecode)
	if libs := filepath.Join(tree, "oxgen.libs"); exists(libs) {
		env = append(env, "LD_LIBRARY_PATH="+libs)
	}
	return NewWorld(pyexec.Command{Path: interpreter, Dir: home, Env: env}, p.Limit, tree)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
