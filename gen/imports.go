package gen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/hooks"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/tracefile"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/pyc"
)

// ownDir is where messages say that the sources of oxgen's own modules are.
const ownDir = "<oxgen>/"

// analyse makes the graph of imports.
func (prog *program) analyse(ctx context.Context) error {
	p := prog.plan
	in := graph.Input{
		Version: p.interp.Version,
		GOOS:    p.platform.Target.GOOS,
		Builtin: p.builtins(),
		Jobs:    p.opts.Jobs,

		CacheDir: p.opts.Store.CacheDir,
	}
	for i := range prog.units {
		if m, ok := prog.graphModule(&prog.units[i]); ok {
			in.Modules = append(in.Modules, m)
		}
	}
	for i, own := range p.helpers() {
		h := prog.boot.helpers[i]
		in.Modules = append(in.Modules, graph.Module{Name: h.Name, File: ownDir + own.template, Code: h.Code[0], Size: len(h.Code[0])})
	}
	var err error
	if in.Hooks, err = p.hooks(); err != nil {
		return err
	}
	if prog.trace, err = p.trace(); err != nil {
		return err
	}
	in.Conditions = prog.conditions()
	in.Roots = append(prog.roots(), prog.commandRoots...)
	in.EntryPoints = prog.entryPoints()
	in.Distributions = prog.versions()
	if prog.graph, err = graph.Build(ctx, in); err != nil {
		return err
	}
	prog.graphInput = in
	prog.warnIncludes()
	prog.warnExtractions()
	return nil
}

// warnExtractions says which packages that the program uses need real files and have none.
func (prog *program) warnExtractions() {
	for _, k := range prog.graph.Extract {
		onDisk := slices.ContainsFunc(prog.plan.config.Extract, func(name string) bool {
			return k.Pattern == name || strings.HasPrefix(k.Pattern, name+".")
		})
		if _, there := prog.graph.Node(k.Pattern); there && !onDisk && prog.graph.Reached(k.Module) {
			prog.plan.opts.Warn(diag.Errorf(k.Pattern, fmt.Sprintf("add %q to `extract` in %s", k.Pattern, prog.plan.config.File),
				"needs real files, says the hook %s", k.Hook))
		}
	}
}

// builtins returns the modules inside of the executable: those of the interpreter, and extension modules that are linked with it.
func (p *plan) builtins() []string {
	names := slices.Clone(p.builtin)
	if p.config.Link == config.Static {
		for i := range p.config.Extensions {
			names = append(names, p.config.Extensions[i].Name)
		}
	}
	return names
}

// graphModule returns what the graph has to know of a unit; ok is false for what can't be imported.
func (prog *program) graphModule(u *unit) (m graph.Module, ok bool) {
	if u.Kind != collector.Module && u.Kind != collector.Extension {
		return m, false
	}
	m = graph.Module{
		Name:         u.Module,
		Package:      u.IsPackage,
		File:         u.Origin.String(),
		Path:         u.Path,
		Distribution: u.Distribution,
		Own:          prog.plan.isOwn(&u.Resource),
		Extension:    u.Kind == collector.Extension,
		Size:         len(u.data) + len(u.source.Bytes),
	}
	for i := range prog.scripts {
		if u.Module == manifest.ScriptModule(prog.scripts[i].path) {
			m.File = prog.scripts[i].name
		}
	}
	for _, code := range u.code {
		m.Size += len(code)
	}
	if len(u.code) > 0 {
		m.Code = u.code[0]
	}
	if m.Extension && u.Distribution != collector.StdlibDistribution {
		m.Native = u.data
	}
	return m, true
}

// isOwn tells whether a file is among the user's own sources.
func (p *plan) isOwn(r *collector.Resource) bool {
	return slices.Contains([]string{runInput, extensionInput}, r.Origin.Input) || slices.Contains(p.own, r.Origin.Input)
}

// roots returns what is in the program whether it is imported or not.
func (prog *program) roots() []graph.Root {
	p := prog.plan
	var roots []graph.Root
	add := func(kind, why string, modules ...string) {
		for _, m := range modules {
			roots = append(roots, graph.Root{Module: m, Kind: kind, Why: why})
		}
	}
	for _, l := range prog.launches {
		switch {
		case l.module != "":
			add(graph.RootRun, l.key, l.module, l.module+".__main__")
		case l.file != "":
			add(graph.RootRun, l.key, manifest.ScriptModule(l.file))
			if name, _, ok := pyname.ModuleOf(l.file); ok {
				add(graph.RootRun, l.key, name)
			}
		}
	}
	for i := range prog.units {
		u := &prog.units[i]
		if (u.Kind == collector.Module || u.Kind == collector.Extension) && p.isOwn(&u.Resource) {
			add(graph.RootSource, u.Origin.Input, u.Module)
		}
	}
	for _, pattern := range p.config.Include {
		add(graph.RootInclude, pattern, pattern)
	}
	for _, name := range p.config.Extract {
		add(graph.RootInclude, "extract", name, name+".*")
	}
	for _, place := range p.zstdRules() {
		add(graph.RootInclude, p.rules.Name(place), zstdModule)
	}
	add(graph.RootTrace, "oxgen trace", prog.trace.Modules...)
	add(graph.RootStart, "CPython", "builtins", "sys")
	add(graph.RootStart, "oxgen", "_oxgen_process", "_oxgen_native", "_oxgen_extension")
	if p.config.VirtualFiles {
		add(graph.RootStart, "virtual-files", "_oxgen_files")
	}
	if len(p.config.Extract) > 0 {
		add(graph.RootStart, "extract", "_oxgen_extract")
	}
	if len(p.config.Lazy) > 0 {
		add(graph.RootStart, "lazy", "_oxgen_lazy")
	}
	return roots
}

// conditions returns those of hooks that are true.
func (prog *program) conditions() []string {
	c := &prog.plan.config.Interpreter
	repl := hooks.NoREPL
	if c.Interactive || c.Inspect != nil && *c.Inspect || slices.ContainsFunc(prog.launches, func(l launch) bool { return l.repl }) {
		repl = hooks.REPL
	}
	list := []string{repl}
	if c.SiteImport {
		list = append(list, hooks.Site)
	}
	if len(prog.plan.config.Extract) > 0 {
		list = append(list, hooks.Extract)
	}
	if prog.plan.config.VirtualFiles {
		list = append(list, hooks.Files)
	}
	return list
}

// hooks returns oxgen's own hooks and those of the configuration.
func (p *plan) hooks() ([]hooks.Hook, error) {
	builtin, err := hooks.Builtin()
	if err != nil {
		return nil, err
	}
	var own []hooks.Hook
	var problems []error
	for _, pattern := range p.config.Hooks {
		files, err := p.matches("hooks", pattern)
		problems = append(problems, err)
		for _, file := range files {
			h, err := p.readHook(file)
			problems = append(problems, err)
			if slices.ContainsFunc(own, func(o hooks.Hook) bool { return o.Name == h.Name }) {
				problems = append(problems, diag.Errorf(file, "rename it", "two hooks are called %s", h.Name))
			}
			own = append(own, h)
		}
	}
	return hooks.Merge(builtin, own), errors.Join(problems...)
}

func (p *plan) readHook(label string) (hooks.Hook, error) {
	text, err := p.readFile("hooks", label)
	if err != nil {
		return hooks.Hook{}, err
	}
	return hooks.Parse(label, text)
}

// trace returns what the trace files have together.
func (p *plan) trace() (*tracefile.Trace, error) {
	files := p.config.Trace
	if files == nil {
		files = []string{config.DefaultTrace}
	}
	all := &tracefile.Trace{}
	for _, label := range files {
		file, err := p.absolute(label)
		if err != nil {
			return nil, err
		}
		t, err := tracefile.Read(file, label)
		switch {
		case errors.Is(err, fs.ErrNotExist) && p.config.Trace == nil:
			continue
		case errors.Is(err, fs.ErrNotExist):
			return nil, diag.Errorf(p.config.File, "`oxgen trace` writes it", "trace: there is no file %q", label)
		case err != nil:
			return nil, err
		}
		all.Merge(t)
	}
	return all, nil
}

// entryPoints returns those that programs look up. The scripts of distributions are started by people, or by [run].
func (prog *program) entryPoints() []graph.EntryPoint {
	var list []graph.EntryPoint
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Metadata || path.Base(u.Path) != "entry_points.txt" {
			continue
		}
		points, _ := wheel.ParseEntryPoints(u.data) // what can't be read is no entry point for importlib either
		for _, e := range points {
			if e.Group == wheel.ConsoleScripts || e.Group == wheel.GUIScripts {
				continue
			}
			module, _, _ := strings.Cut(e.Value, ":")
			module, _, _ = strings.Cut(module, "[")
			list = append(list, graph.EntryPoint{Distribution: u.Distribution, Group: e.Group, Name: e.Name, Module: strings.TrimSpace(module)})
		}
	}
	return list
}

// versions returns the versions of the distributions whose metadata is in the program.
func (prog *program) versions() map[string]string {
	versions := map[string]string{collector.StdlibDistribution: prog.plan.python.Version}
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Metadata {
			continue
		}
		info, _, _ := strings.Cut(u.Path, "/")
		info = strings.TrimSuffix(strings.TrimSuffix(info, ".dist-info"), ".egg-info")
		if _, version, ok := strings.Cut(info, "-"); ok && u.Distribution != "" {
			version, _, _ = strings.Cut(version, "-py")
			versions[u.Distribution] = version
		}
	}
	return versions
}

// warnIncludes says which of the modules that the configuration wants are nowhere.
func (prog *program) warnIncludes() {
	for _, pattern := range prog.plan.config.Include {
		if !slices.ContainsFunc(prog.graph.Nodes, func(n graph.Node) bool { return hooks.Match(pattern, n.Name) }) {
			prog.plan.opts.Warn(diag.Errorf(prog.plan.config.File, "correct `include`", "include: no module is called %q", pattern))
		}
	}
}

// rootsOf returns what a line of Python imports.
func (p *plan) rootsOf(key string, code []byte) []graph.Root {
	imports, err := pyc.ReadImports(code, p.interp.Version, p.platform.Target.GOOS, nil)
	if err != nil {
		return nil
	}
	var roots []graph.Root
	for _, i := range imports.List {
		roots = append(roots, graph.Root{Module: i.Name, Kind: graph.RootRun, Why: key})
		for _, name := range i.From {
			if name != "*" {
				roots = append(roots, graph.Root{Module: i.Name + "." + name, Kind: graph.RootRun, Why: key})
			}
		}
	}
	return roots
}
