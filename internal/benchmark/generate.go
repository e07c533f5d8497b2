package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/oxgen/oxgen/internal/pyexec"
)

const generateText = "`oxgen generate` of a project with the whole standard library: cold, with the distribution " +
	"unpacked but no bytecode in the cache and no generated package, and unchanged, when there is nothing to do but to " +
	"find that out, by its receipt or, with --force, by doing everything. Python's own `compileall`, with `%s` over the same source files, is what to compare the cold one " +
	"with. Its CPU time and memory are left out: its main process does not wait for those that compile, so the system " +
	"does not tell."

// newGenerate compares oxgen generate with compileall.
func newGenerate(ctx context.Context, w *workshop) (*benchmark, error) {
	cold, err := w.project(ctx, "cold", "--run-command", "pass")
	if err != nil {
		return nil, err
	}
	unchanged, err := w.project(ctx, "unchanged", "--run-command", "pass")
	if err != nil {
		return nil, err
	}
	sources := w.path("sources")
	if err := copySources(sources, w.lib); err != nil {
		return nil, err
	}
	return w.generating("generate", "Generating", fmt.Sprintf(generateText, w.jobs()), cold, unchanged, sources, 0.2), nil
}

// jobs is the argument of compileall that lets as many processes compile as oxgen takes.
func (w *workshop) jobs() string { return "-j" + strconv.Itoa(runtime.NumCPU()) }

// generating compares oxgen generate of two equal projects, one of them generated already, with compileall over the same sources. For the
// second one there are so many seconds.
func (w *workshop) generating(name, title, text, cold, unchanged, sources string, seconds float64) *benchmark {
	const first, again, compileall = "oxgen generate, cold", "oxgen generate, unchanged", "`python -m compileall`"
	const force = "oxgen generate --force, unchanged"
	cache := w.path(name + "-cold-cache") // the other cache stays warm
	return &benchmark{
		name:  name,
		title: title,
		text:  text,
		contenders: []contender{
			{
				name:   first,
				before: w.clearing(filepath.Join(cache, "pyc"), filepath.Join(cache, "graph"), filepath.Join(cold, "pyapp")),
				turn:   w.generateTurn(cold, cache),
			},
			{name: again, turn: w.generateTurn(unchanged, w.path("cache"))},
			{name: force, turn: w.generateTurn(unchanged, w.path("cache"), "--force")},
			{
				name:   compileall,
				before: func(context.Context) error { return w.clearBytecode(sources) },
				turn:   w.compileTurn(w.jobs(), sources),
			},
		},
		rows: []row{
			{contender: compileall, measure: wall},
			{contender: first, measure: wall, against: compileall, goal: 1},
			{contender: again, measure: wall, goal: seconds},
			{contender: force, measure: wall},
			{contender: first, measure: cpu},
			{contender: again, measure: cpu},
			{contender: first, measure: peak},
			{contender: again, measure: peak},
		},
	}
}

func (w *workshop) generateTurn(dir, cache string, flags ...string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, _, err := w.measure(ctx, pyexec.Command{
			Path: w.oxgen, Args: append([]string{"--quiet", "generate", dir}, flags...), Env: w.environ(cache),
		})
		return s, err
	}
}

// compileTurn returns a turn that compiles what lies below a directory. Its processes are started by a fork server,
// which nobody waits for: only the wall time is known.
func (w *workshop) compileTurn(jobs, dir string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		s, _, err := w.measure(ctx, pyexec.Command{
			Path: w.python, Args: []string{"-I", "-S", "-m", "compileall", "-q", jobs, dir},
		})
		return sample{wall: s[wall]}, err
	}
}

// clearing returns a function that takes files and directories away, whether they are there or not. They are moved, not removed:
// ext4 does not use the numbers of files again that were removed in the last five seconds, and searches long for others.
func (w *workshop) clearing(names ...string) func(context.Context) error {
	return func(context.Context) error {
		for _, name := range names {
			if err := w.clear(name); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *workshop) clear(name string) error {
	trash, err := os.MkdirTemp(w.dir, "trash-")
	if err != nil {
		return err
	}
	err = os.Rename(name, filepath.Join(trash, "old"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// copySources copies the .py files of the standard library in lib.
func copySources(to, lib string) error {
	return walkStdlib(lib, ".py", func(file, rel string) error {
		return copyFile(filepath.Join(to, rel), file)
	})
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// clearBytecode takes the .pyc files below dir away.
func (w *workshop) clearBytecode(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || d.Name() != "__pycache__" {
			return err
		}
		if err := w.clear(file); err != nil {
			return err
		}
		return filepath.SkipDir
	})
}
