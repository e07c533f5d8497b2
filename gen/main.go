package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/pyc"
)

// A launch is one of the things that an executable can run, as pyembed.Config and pyembed.Choice have it.
type launch struct {
	key  string // what messages call it: "run", "program NAME"
	name string // of a [[program]]; "" for that of [run]
	argv []string
	text string // a line for people, see runText

	// One of these is set.
	module  string
	file    string // path below the virtual root
	command string
	repl    bool
}

// A script is Python that runs as __main__ from a file of its own. Its code is a module of the table with a name that no
// import statement can have.
type script struct {
	path string // below the virtual root
	name string // what messages call it
	text []byte
}

// runInput is the origin of scripts: the table [run] of the configuration.
const runInput = "run"

func (s *script) resource() collector.Resource {
	return collector.Resource{Kind: collector.Module, Path: s.path, Module: manifest.ScriptModule(s.path), Origin: collector.Origin{Input: runInput}}
}

func (s *script) source() pyc.Source {
	return pyc.Source{Path: s.path, Name: s.name, Read: func() ([]byte, error) { return s.text, nil }}
}

// setLaunches decides what runs, and adds the scripts that this needs.
func (prog *program) setLaunches(ctx context.Context) error {
	c := prog.plan.config
	var problems []error
	add := func(key, name string, run config.Run) {
		l := launch{key: key, name: name, argv: run.Argv, text: runText(run)}
		problems = append(problems, prog.setLaunch(&l, run))
		prog.launches = append(prog.launches, l)
	}
	if !c.Run.IsZero() {
		add("run", "", c.Run)
	}
	for _, p := range c.Programs {
		add("program "+p.Name, p.Name, p.Run)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return prog.checkCommands(ctx)
}

func (prog *program) setLaunch(l *launch, run config.Run) error {
	switch {
	case run.REPL:
		l.repl = true
	case run.Module != "":
		l.module = run.Module
	case run.Command != "":
		l.command = run.Command
		if prog.plan.interp.Version.Minor >= 14 {
			l.command = dedent(run.Command)
		}
	case run.File != "":
		return prog.setFile(l, run.File)
	case run.Entry != "":
		return prog.setEntry(l, l.name, run.Entry)
	default:
		entry, err := prog.plan.consoleScript(l.key, run.ConsoleScript)
		if err != nil {
			return err
		}
		return prog.setEntry(l, run.ConsoleScript, entry)
	}
	return nil
}

// setEntry adds a script as pip writes it for an entry point: below the prefix in bin, under the name of the program.
func (prog *program) setEntry(l *launch, name, entry string) error {
	ref, err := pyname.ParseReference(entry)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", prog.plan.config.File, l.key, err)
	}
	if name == "" {
		name = prog.plan.config.Name
	}
	first, _, _ := strings.Cut(ref.Object, ".")
	text := fmt.Appendf(nil, "import sys\n\nfrom %s import %s\n\nif __name__ == \"__main__\":\n    sys.exit(%s())\n", ref.Module, first, ref.Object)
	l.file = prog.addScript(script{name: prog.plan.config.File, text: text}, "bin/"+name, "bin/"+name+".d/"+name)
	return nil
}

// setFile finds the place of a script: its own among the sources, so that it finds what lies beside it; else at the root, or
// where that is taken, in bin.
func (prog *program) setFile(l *launch, file string) error {
	p := prog.plan
	place, err := p.absolute(file)
	if err != nil {
		return err
	}
	text, err := inputs.ReadFile(place)
	if err != nil {
		return diag.Errorf(p.config.File, "correct "+l.key+".file", "can't read the script %q: %w", file, err)
	}
	for i, r := range p.collection.Resources {
		if !isFileOf(&r, place) {
			continue
		}
		l.file = r.Path
		if r.Kind != collector.Module { // what does not end in .py
			p.collection.Resources = slices.Delete(p.collection.Resources, i, i+1)
			prog.scripts = append(prog.scripts, script{path: r.Path, name: file, text: text})
		}
		return nil
	}
	base := filepath.Base(place)
	l.file = prog.addScript(script{name: file, text: text}, base, "bin/"+base, "bin/"+l.name+".d/"+base)
	return nil
}

// isFileOf tells whether a resource is the file at place.
func isFileOf(r *collector.Resource, place string) bool {
	if filepath.Base(place) != path.Base(r.Path) || r.Disk() == "" || r.Bytecode {
		return false
	}
	a, err := inputs.Stat(place)
	if err != nil {
		return false
	}
	b, err := inputs.Stat(r.Disk())
	return err == nil && os.SameFile(a, b)
}

// addScript adds a script at the first of the paths that is free, and returns that. One that is there already is taken.
func (prog *program) addScript(s script, paths ...string) string {
	for i, path := range paths {
		for _, other := range prog.scripts {
			if other.path == path && other.name == s.name && bytes.Equal(other.text, s.text) {
				return path
			}
		}
		if i == len(paths)-1 || !prog.taken(path) {
			s.path = path
			break
		}
	}
	prog.scripts = append(prog.scripts, s)
	return s.path
}

// taken tells whether the program has a file at path, or a file or directory that is in its way.
func (prog *program) taken(path string) bool {
	inWay := func(other string) bool {
		return other == path || strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/")
	}
	return slices.ContainsFunc(prog.scripts, func(s script) bool { return inWay(s.path) }) ||
		slices.ContainsFunc(prog.plan.collection.Resources, func(r collector.Resource) bool { return inWay(r.Path) })
}

// consoleScript returns the object reference of a console or GUI script that an embedded distribution declares.
func (p *plan) consoleScript(key, name string) (string, error) {
	found := map[string]string{}
	for i := range p.collection.Resources {
		r := &p.collection.Resources[i]
		if r.Kind != collector.Metadata || path.Base(r.Path) != "entry_points.txt" {
			continue
		}
		data, err := r.Read()
		if err != nil {
			return "", err
		}
		points, err := wheel.ParseEntryPoints(data)
		if err != nil {
			p.opts.Warn(diag.Errorf(r.Origin.String(), "the console scripts of the distribution can't be run by name", "%w", err))
		}
		for _, e := range points {
			if e.Group != wheel.ConsoleScripts && e.Group != wheel.GUIScripts {
				continue
			}
			if other, ok := found[e.Name]; ok && other != e.Value && e.Name == name {
				return "", diag.Errorf(p.config.File, "give `entry`, one of the two", "%s: two distributions have a console script %q: %s and %s", key, name, other, e.Value)
			}
			found[e.Name] = e.Value
		}
	}
	if value, ok := found[name]; ok {
		return value, nil
	}
	return "", diag.Errorf(p.config.File, scriptHint(name, found), "%s: no embedded distribution has a console script %q", key, name)
}

// scriptHint names the scripts that may be meant.
func scriptHint(name string, found map[string]string) string {
	names := make([]string, 0, len(found))
	for n := range found {
		names = append(names, n)
	}
	slices.Sort(names)
	near := config.Nearest(name, names)
	switch {
	case near != "":
		return fmt.Sprintf("did you mean %q?", near)
	case len(names) == 0:
		return "no distribution has any; they come from `wheels` and `site-packages`"
	case len(names) > 20:
		return "there are " + strings.Join(names[:20], ", ") + " …"
	}
	return "there are " + strings.Join(names, ", ")
}

// dedent takes the white space away that all lines of a command begin with, as python has done since 3.14
// (Objects/unicodeobject.c, _PyUnicode_Dedent). Lines of white space alone don't count.
func dedent(text string) string {
	lines := strings.SplitAfter(text, "\n")
	margin, first := "", true
	for _, line := range lines {
		if strings.TrimLeft(line, " \t\n") == "" {
			continue
		}
		blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if first {
			margin, first = blank, false
		}
		for !strings.HasPrefix(blank, margin) {
			margin = margin[:len(margin)-1]
		}
	}
	for i, line := range lines {
		if strings.TrimLeft(line, " \t\n") == "" {
			lines[i] = strings.TrimLeft(line, " \t")
		} else {
			lines[i] = line[len(margin):]
		}
	}
	return strings.Join(lines, "")
}

// checkCommands compiles the commands, so that a mistake is an error of `oxgen generate` and not of the program. The program
// compiles them itself, as python does.
func (prog *program) checkCommands(ctx context.Context) error {
	p := prog.plan
	var sources []pyc.Source
	var keys []string
	for _, l := range prog.launches {
		if l.command != "" {
			keys = append(keys, l.key)
			text := []byte(l.command)
			sources = append(sources, pyc.Source{Path: "<string>", Name: p.config.File + " (" + l.key + ".command)", Read: func() ([]byte, error) { return text, nil }})
		}
	}
	if len(sources) == 0 {
		return nil
	}
	results, err := p.compiler.Compile(ctx, sources, p.compileOptions(0, nil))
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err != nil {
			return r.Err
		}
		prog.commandRoots = append(prog.commandRoots, p.rootsOf(keys[i], r.Code)...)
	}
	return nil
}

// checkModules looks up the modules that run, so that a wrong name is an error of `oxgen generate` and not of the program.
func (prog *program) checkModules() error {
	var problems []error
	for _, l := range prog.launches {
		if l.module != "" {
			problems = append(problems, prog.checkModule(&l))
		}
	}
	return errors.Join(problems...)
}

func (prog *program) checkModule(l *launch) error {
	has := func(name string) int {
		return slices.IndexFunc(prog.units, func(u unit) bool { return u.Module == name })
	}
	found, file := has(l.module), prog.plan.config.File
	switch {
	case has(l.module+".__main__") >= 0: // of a package, or a namespace package
	case found < 0:
		return diag.Errorf(file, "`oxgen scan` lists the modules that are found", "%s: no module named %q among the sources", l.key, l.module)
	case prog.units[found].IsPackage:
		return diag.Errorf(file, "add the module, or name another one", "%s: %q is a package and has no module __main__", l.key, l.module)
	}
	return nil
}
