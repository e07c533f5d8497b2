package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
)

const peersText = "A program that prints a line, from its start to its end, by other ways to hand out a Python program as one file. " +
	"`zipapp` and pex need a Python on the target; go-embed-python, PyInstaller and Nuitka bring one, and unpack it: go-embed-python once, " +
	"if the directory is kept, the other two at every start. PyInstaller, Nuitka and pex are compared where they are found and make a file that runs: in `PATH` " +
	"or by `OXGEN_BENCHMARK_PYINSTALLER`, `_NUITKA` and `_PEX`, with the Python that they are installed for."

// peerLine is the program.
const peerLine = "print('hello')"

// newPeers compares the start of a program with those that other tools make.
func newPeers(ctx context.Context, w *workshop) (*benchmark, error) {
	const bare = "`python -I -c`"
	exe, err := w.program(ctx, "peer", peerLine, "")
	if err != nil {
		return nil, err
	}
	b := &benchmark{
		name: "peers", title: "Other ways to one file", text: peersText,
		contenders: []contender{
			{name: bare, turn: w.turn(w.python, "-I", "-c", peerLine)},
			{name: "oxgen", turn: w.sizedTurn(exe, exe)},
		},
	}
	for _, add := range []func(context.Context) ([]contender, error){w.zipapp, w.embedPython, w.pex, w.pyInstaller, w.nuitka} {
		more, err := add(ctx)
		if err != nil {
			return nil, err
		}
		b.contenders = append(b.contenders, more...)
	}
	for _, c := range b.contenders {
		r := row{contender: c.name, measure: wall, against: bare}
		if c.name == bare {
			r.against = ""
		}
		b.rows = append(b.rows, r)
	}
	for _, c := range b.contenders[1:] {
		b.rows = append(b.rows, row{contender: c.name, measure: size})
	}
	return b, nil
}

// sizedTurn returns a turn that runs a command and tells the size of a file.
func (w *workshop) sizedTurn(file, path string, args ...string) func(context.Context) (sample, error) {
	run := w.turn(path, args...)
	return func(ctx context.Context) (sample, error) {
		s, err := run(ctx)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		s[size] = float64(info.Size())
		return s, nil
	}
}

// peerSource writes the program as a file, alone in a directory of the tool's, and returns its path.
func (w *workshop) peerSource(tool, name string) (string, error) {
	file := filepath.Join(w.path("peers"), tool, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	return file, os.WriteFile(file, []byte(peerLine+"\n"), 0o644)
}

func (w *workshop) zipapp(ctx context.Context) ([]contender, error) {
	source, err := w.peerSource("zipapp", "__main__.py")
	if err != nil {
		return nil, err
	}
	file := w.path("peer.pyz")
	_, err = w.run(ctx, pyexec.Command{Path: w.python, Args: []string{"-m", "zipapp", filepath.Dir(source), "-o", file}})
	return []contender{{name: "zipapp", turn: w.sizedTurn(file, w.python, file)}}, err
}

// embedMain is a program with go-embed-python, which runs python with its own arguments.
const embedMain = `package main

import (
	"fmt"
	"os"

	"github.com/kluctl/go-embed-python/python"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, args []string) error {
	embedded, err := python.NewEmbeddedPythonWithTmpDir(dir, true)
	if err != nil {
		return err
	}
	cmd, err := embedded.PythonCmd(args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
`

// embedPython builds a program with the go-embed-python that oxgen takes its Python from.
func (w *workshop) embedPython(ctx context.Context) ([]contender, error) {
	release := dist.DefaultRelease()
	dir := w.path("embed")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	gomod := fmt.Sprintf("module peer\n\ngo 1.26\n\nrequire %s %s\n", release.Module, release.ModuleVersion)
	for name, text := range map[string]string{"go.mod": gomod, "main.go": embedMain} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	w.tell("building a program with go-embed-python")
	exe := filepath.Join(dir, "program")
	build := []string{"build", "-mod=mod", "-trimpath", "-ldflags", "-s -w", "-o", exe, "."}
	if _, err := w.run(ctx, pyexec.Command{Path: "go", Args: build, Dir: dir}); err != nil {
		w.tell("peers: go-embed-python is left out: %v", err) // its own dependencies may not be to be had
		return nil, ctx.Err()
	}
	warm, cold := w.path("embed-warm"), w.path("embed-cold") // the digest becomes part of the name below
	return []contender{
		{name: "go-embed-python, unpacked before", turn: w.sizedTurn(exe, exe, filepath.Join(warm, "python"), "-I", "-c", peerLine)},
		{name: "go-embed-python, first start", before: w.clearing(cold), turn: w.sizedTurn(exe, exe, filepath.Join(cold, "python"), "-I", "-c", peerLine)},
	}, nil
}

// peer returns the path of a tool by its variable or its name, "" when there is none.
func (w *workshop) peer(name string) string {
	path, err := pyexec.LookPath(cmp.Or(os.Getenv("OXGEN_BENCHMARK_"+strings.ToUpper(name)), name))
	if err != nil {
		w.tell("peers: %s is left out, it is not there", name)
		return ""
	}
	return path
}

// frozen has a tool make a file of the program. A tool that can't, or whose file does not run, is left out: old ones do not know new
// Pythons.
func (w *workshop) frozen(ctx context.Context, tool, title string, args func(source, file string) []string) ([]contender, error) {
	path := w.peer(tool)
	if path == "" {
		return nil, nil
	}
	source, err := w.peerSource(tool, "program.py")
	if err != nil {
		return nil, err
	}
	w.tell("building a program with %s", title)
	dir := filepath.Dir(source)
	c := contender{name: title}
	file := filepath.Join(dir, "dist", "program")
	c.turn = w.sizedTurn(file, file)
	_, err = w.run(ctx, pyexec.Command{Path: path, Args: args(source, file), Dir: dir, Env: environment()})
	if err == nil {
		_, err = c.turn(ctx)
	}
	if err != nil && ctx.Err() == nil {
		w.tell("peers: %s is left out: %v", title, err)
		return nil, nil
	}
	return []contender{c}, err
}

func (w *workshop) pex(ctx context.Context) ([]contender, error) {
	return w.frozen(ctx, "pex", "pex", func(source, file string) []string {
		return []string{"--no-index", "-D", filepath.Dir(source), "-m", "program", "-o", file}
	})
}

func (w *workshop) pyInstaller(ctx context.Context) ([]contender, error) {
	return w.frozen(ctx, "pyinstaller", "PyInstaller", func(source, file string) []string {
		return []string{"--onefile", "--log-level", "ERROR", "--name", filepath.Base(file), "--distpath", filepath.Dir(file), source}
	})
}

func (w *workshop) nuitka(ctx context.Context) ([]contender, error) {
	return w.frozen(ctx, "nuitka", "Nuitka", func(source, file string) []string {
		return []string{"--onefile", "--quiet", "--output-dir=" + filepath.Dir(file), "--output-filename=" + filepath.Base(file), source}
	})
}
