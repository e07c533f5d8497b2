package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/tracefile"
	"github.com/oxgen/oxgen/pyc"
	"github.com/oxgen/oxgen/pyembed/table"
	"github.com/oxgen/oxgen/templates"
)

// A program is what goes into the table.
type program struct {
	launches      []launch // that of [run] first, if there is one; then those of [[program]], in their order
	scripts       []script
	boot          boot
	units         []unit // by path
	natives       []table.Native
	needs         []string // paths of the libraries that libpython is linked with, in the order of loading
	distributions []table.Distribution
	described     []manifest.Distribution // by normalised name
	bundled       []manifest.Bundled      // by name
	extractions   []table.Extraction
	lazy          []string        // modules that are loaded when they are first used, by name
	brings        map[string]bool // names by which files are linked with libraries of the program; nil for none
	requires      []manifest.Requirement
	manifest      *manifest.Manifest
	fingerprint   string // of the table

	graph        *graph.Graph
	graphInput   graph.Input
	commandRoots []graph.Root // what the commands of launches import
	trace        *tracefile.Trace

	plan *plan
}

// A unit is one file of the program with its contents.
type unit struct {
	collector.Resource
	digest [sha256.Size]byte
	length int      // of the contents, in bytes
	data   []byte   // of anything but a module; nil of what is large
	code   [][]byte // of a module: for each level of optimisation, or one for all; nil when it is compiled at import
	source table.Stored
	stored table.Stored  // of anything but a module, when it is not stored as it is
	object *objfile.File // what data is as an object file; nil for none, and as long as nobody asked

	how       storage     // as the configuration and the rules say, which are heard once
	sourced   bool        // source is that of the module, which may be empty
	broken    *diag.Error // why it does not compile
	extracted bool        // its package is put on disk at run time
	large     bool        // data is nil, and read when it is needed
}

// program has everything compiled and read.
func (p *plan) program(ctx context.Context) (*program, error) {
	prog, err := p.analysed(ctx)
	if err != nil {
		return nil, err
	}
	prog.trim()
	prog.findLazy()
	prog.dropCode()
	if err := prog.findNatives(); err != nil {
		return nil, err
	}
	if err := prog.findRequirements(); err != nil {
		return nil, err
	}
	p.checkLevels()
	if err := prog.checkModules(); err != nil {
		return nil, err
	}
	if err := prog.describe(); err != nil {
		return nil, err
	}
	prog.findDistributions()
	if err := prog.findBundled(ctx); err != nil {
		return nil, err
	}
	prog.stateLicences()
	if err := prog.checkLicences(); err != nil {
		return nil, err
	}
	if err := prog.findExtractions(); err != nil {
		return nil, err
	}
	prog.manifest = p.manifest(prog)
	return prog, nil
}

// analysed has everything compiled and read that may go into the program, and looks for imports.
func (p *plan) analysed(ctx context.Context) (*program, error) {
	prog := &program{plan: p}
	if err := prog.setLaunches(ctx); err != nil {
		return nil, err
	}
	var err error
	if prog.boot, err = p.compileBoot(ctx); err != nil {
		return nil, err
	}
	if err := prog.compile(ctx); err != nil {
		return nil, err
	}
	if err := prog.read(ctx); err != nil {
		return nil, err
	}
	if err := prog.addExtensions(ctx); err != nil {
		return nil, err
	}
	return prog, prog.analyse(ctx)
}

// A boot is the code that starts before the program's own.
type boot struct {
	bootstrap, importer pyc.Result
	helpers             []table.Module // that the importer imports from the table when they are needed
}

// A helper is the template of one of those modules.
type helper struct {
	template, module string
	wanted           func(*config.Config) bool // nil is always
}

// helpers returns those of a program for the plan's target: a template that has its GOOS in the name takes the place of the one
// without, and comes in where there is none without.
func (p *plan) helpers() []helper {
	var list []helper
	for _, h := range helpers {
		if h.wanted != nil && !h.wanted(p.config) {
			continue
		}
		name := h.template + ".py"
		if own := h.template + "_" + p.platform.Target.GOOS + ".py"; templates.Has(own) {
			name = own
		} else if !templates.Has(name) {
			continue
		}
		list = append(list, helper{template: name, module: h.module})
	}
	return list
}

var helpers = []helper{
	{template: "cache", module: "_oxgen_cache"},
	{template: "files", module: "_oxgen_files"},
	{template: "certificates", module: "_oxgen_certificates"},
	{template: "disk", module: "_oxgen_disk"},
	{template: "extension", module: "_oxgen_extension"},
	{template: "extract", module: "_oxgen_extract"},
	{template: "guards", module: "_oxgen_guards"},
	{template: "lazy", module: "_oxgen_lazy", wanted: func(c *config.Config) bool { return len(c.Lazy) > 0 }},
	{template: "native", module: "_oxgen_native"},
	{template: "process", module: "_oxgen_process"},
	{template: "resources", module: "_oxgen_resources"},
}

// importerFilename makes CPython leave the importer's frames out of tracebacks, as it does for its own
// (Python/import.c, remove_importlib_frames).
const importerFilename = "<frozen importlib._bootstrap_external>"

func (p *plan) compileBoot(ctx context.Context) (boot, error) {
	template := func(name, filename string) pyc.Source {
		return pyc.Source{Path: filename, Name: name, Read: func() ([]byte, error) { return templates.Files.ReadFile(name) }}
	}
	sources := []pyc.Source{
		template("bootstrap.py", "<oxgen>"),
		template("importer.py", importerFilename),
	}
	for _, h := range p.helpers() {
		sources = append(sources, template(h.template, importerFilename))
	}
	if p.opts.Trace != "" {
		sources = append(sources, pyc.Source{Path: importerFilename, Name: traceTemplate, Read: p.tracer})
	}
	results, err := p.compiler.Compile(ctx, sources, p.compileOptions(0, nil))
	if err != nil {
		return boot{}, err
	}
	for _, r := range results {
		if r.Err != nil {
			return boot{}, fmt.Errorf("oxgen's own %w", r.Err)
		}
	}
	b := boot{bootstrap: results[0], importer: results[1]}
	for i, h := range p.helpers() {
		b.helpers = append(b.helpers, table.Module{Name: h.module, Code: [][]byte{results[2+i].Code}, Sourceless: true})
	}
	if p.opts.Trace != "" {
		b.helpers = append(b.helpers, table.Module{Name: "_oxgen_trace", Code: [][]byte{results[len(results)-1].Code}, Sourceless: true})
	}
	return b, nil
}

// traceTemplate notes what a program uses; only programs of `oxgen trace` have it.
const traceTemplate = "trace.py"

// tracer returns the source of that module: the template, with the place of the file for notes.
func (p *plan) tracer() ([]byte, error) {
	text, err := templates.Files.ReadFile(traceTemplate)
	return fmt.Appendf(text, "\n\nPATH = %+q\n", p.opts.Trace), err
}

func (p *plan) compileOptions(optimize int, progress func(done, total int)) pyc.Options {
	return pyc.Options{
		Optimize: optimize,
		Jobs:     p.opts.Jobs,
		CacheDir: p.opts.Store.CacheDir,
		Progress: progress,
		Warn:     p.opts.Warn,
	}
}

// compile makes a unit of each module. One that does not compile gets a warning and a verdict. It is compiled again when it
// is imported, for the error that python raises; without sources it is left out.
func (prog *program) compile(ctx context.Context) error {
	p := prog.plan
	var modules []collector.Resource
	var sources []pyc.Source
	for i := range prog.scripts {
		modules = append(modules, prog.scripts[i].resource())
		sources = append(sources, prog.scripts[i].source())
	}
	for i := range p.collection.Resources {
		r := p.collection.Resources[i]
		if r.Kind != collector.Module || r.Bytecode {
			continue
		}
		modules = append(modules, r)
		sources = append(sources, pyc.Source{Path: r.Path, Name: r.Origin.String(), Read: r.Read})
	}
	units, err := prog.compileLevels(ctx, modules, sources)
	if err != nil {
		return err
	}
	var problems []error
	for i := range units {
		u := &units[i]
		if u.broken != nil {
			if i < len(prog.scripts) || prog.runs(u) {
				return u.broken // the program would do nothing else than say so
			}
			problems = append(problems, u.broken)
			if prog.leaveOut(u) {
				continue
			}
		}
		prog.units = append(prog.units, *u)
	}
	return p.complain(problems)
}

// dropCode leaves the bytecode of sources out when the configuration wants none. Until here it was there to be looked at.
func (prog *program) dropCode() {
	if prog.plan.config.Bytecode {
		return
	}
	for i := range prog.units {
		if u := &prog.units[i]; u.Kind == collector.Module && !u.Bytecode {
			u.code = nil
		}
	}
}

// runs tells whether a module is what a launch runs.
func (prog *program) runs(u *unit) bool {
	return slices.ContainsFunc(prog.launches, func(l launch) bool {
		return l.module != "" && (u.Module == l.module || u.Module == l.module+".__main__") || l.file == u.Path
	})
}

// compileLevels compiles modules for all levels of optimisation.
func (prog *program) compileLevels(ctx context.Context, modules []collector.Resource, sources []pyc.Source) ([]unit, error) {
	p := prog.plan
	units := make([]unit, len(modules))
	count := 0
	for k := range modules {
		units[k] = unit{Resource: modules[k], how: p.storage(&modules[k])}
		units[k].code = make([][]byte, len(units[k].how.levels))
		count += len(slices.Compact(slices.Sorted(slices.Values(units[k].how.levels))))
	}
	compiled := 0
	for level := range highestLevel + 1 {
		var some []pyc.Source
		var places []int
		packs := false
		for k := range modules {
			if slices.Contains(units[k].how.levels, level) {
				some, places = append(some, sources[k]), append(places, k)
				packs = packs || units[k].how.packs() && !units[k].sourced
			}
		}
		if len(some) == 0 {
			continue
		}
		opts := p.compileOptions(level, func(done, _ int) { p.opts.Progress("compiling", compiled+done, count) })
		if packs {
			opts.Also, opts.AlsoName = packSource, packedSource
		}
		results, err := p.compiler.Compile(ctx, some, opts)
		if err != nil {
			return nil, err
		}
		compiled += len(some)
		for i, r := range results {
			units[places[i]].compiled(level, r)
		}
	}
	return units, nil
}

// compiled takes over what became of a module at one level.
func (u *unit) compiled(level int, r pyc.Result) {
	u.digest = r.Hash
	if r.Err != nil && u.broken == nil {
		u.broken = r.Err
	}
	if r.Also != nil && u.how.packs() && !u.sourced {
		u.source, u.sourced = unpackSource(r.Also), true
		u.length = u.source.Length
	}
	for i, want := range u.how.levels {
		if want == level {
			u.code[i] = r.Code
		}
	}
}

// highestLevel is the highest level of optimisation.
const highestLevel = 2

// levels returns the levels of optimisation that modules are compiled for, ascending. To learn what does not compile, one
// will do.
func (p *plan) levels() []int {
	levels := slices.Sorted(slices.Values(p.config.Optimize))
	if !p.config.Bytecode {
		return levels[:1]
	}
	return levels
}

// checkLevels warns when the interpreter's own level is none of those stored: that works, and costs time at every start.
func (p *plan) checkLevels() {
	c := p.config
	if level := c.Interpreter.Optimize; c.Bytecode && c.IncludeSource && !slices.Contains(c.Optimize, level) {
		p.opts.Warn(diag.Errorf(c.File, fmt.Sprintf("add %d to `optimize`", level),
			"interpreter.optimize is %d, a level without bytecode: modules are compiled whenever they are imported", level))
	}
}

// leaveOut gives a module that does not compile its verdict, and tells whether it is left out.
func (prog *program) leaveOut(u *unit) bool {
	u.code = nil
	unread := u.digest == [sha256.Size]byte{}
	v := collector.Verdict{Kind: collector.VerdictUnsupported, Reason: "does not compile: " + u.broken.Problem}
	keep := u.how.source && !unread
	if keep {
		v.Kind, v.Path = collector.VerdictModule, u.Path
		v.Reason += " (kept as a source: importing it raises the error)"
	}
	prog.plan.overrule(u.Origin, v)
	return !keep
}

// contentsOfTable returns what is packed into the program's table.
func (prog *program) contentsOfTable() (*table.Contents, error) {
	c := &table.Contents{
		PythonMagic:   prog.plan.interp.Magic,
		PythonVersion: prog.plan.interp.Hex,
		Levels:        prog.plan.levels(),
		First:         slices.Concat([]string{"_oxgen_process", "_sitebuiltins"}, startModules), // what a start imports comes with fewer pages
		Bootstrap:     prog.boot.bootstrap.Code,
		Importer:      prog.boot.importer.Code,
		Distributions: prog.distributions,
		Extract:       prog.extractions,
		Natives:       prog.natives,
	}
	c.Modules = append(c.Modules, prog.boot.helpers...)
	for i := range prog.units {
		u := &prog.units[i]
		switch u.Kind {
		case collector.Module:
			c.Modules = append(c.Modules, table.Module{Name: u.Module, Package: u.IsPackage, Code: u.code, Source: u.source, Sourceless: !u.sourced})
		case collector.Extension:
			c.Modules = append(c.Modules, table.Module{Name: u.Module, Package: u.IsPackage, Extension: u.Path})
		}
		c.Files = append(c.Files, u.file())
	}
	c.Modules = append(c.Modules, namespaces(c.Modules, withoutScripts(c.Files))...)
	var err error
	c.Manifest, err = prog.manifest.Encode()
	return c, err
}

// file returns what the program sees of u as a file.
func (u *unit) file() table.File {
	switch {
	case u.Kind == collector.Module:
		return table.File{Path: u.Path, Module: u.Module}
	case u.large:
		return table.File{Path: u.Path, Stored: table.Stored{Length: u.length, Large: &table.Large{Sum: u.digest, Open: u.open}}}
	case u.stored.Bytes != nil:
		return table.File{Path: u.Path, Stored: u.stored}
	}
	return table.File{Path: u.Path, Stored: table.Stored{Bytes: u.data, Length: len(u.data)}}
}

// withoutScripts leaves out what makes no package of its directory.
func withoutScripts(files []table.File) []table.File {
	return slices.DeleteFunc(slices.Clone(files), func(f table.File) bool { return manifest.IsScript(f.Module) })
}

// namespaces returns the namespace packages: directories without a module of their own, with modules below them or with
// data alone (PEP 420 asks for nothing in the directory).
func namespaces(modules []table.Module, files []table.File) []table.Module {
	packages := map[string]bool{"": true} // name → may have modules below it
	for _, m := range modules {
		packages[m.Name] = m.Package
	}
	var missing []table.Module
	add := func(parts []string) {
		name := ""
		for i, part := range parts {
			if part == "" || strings.Contains(part, ".") {
				return // no module can have the name
			}
			name = strings.Join(parts[:i+1], ".")
			if _, known := packages[name]; !known {
				packages[name] = true
				missing = append(missing, table.Module{Name: name, Package: true, Namespace: true})
			}
			if !packages[name] {
				return // a module of the same name hides the directory
			}
		}
	}
	for _, m := range modules {
		parts := strings.Split(m.Name, ".")
		add(parts[:len(parts)-1])
	}
	for _, f := range files {
		parts := strings.Split(f.Path, "/")
		add(parts[:len(parts)-1])
	}
	return missing
}

// bytecode takes the code out of a .pyc file, in the form that oxgen's own has: without the path of the machine that
// compiled it.
func bytecode(r *collector.Resource, data []byte, interp *pyc.Interpreter) ([]byte, error) {
	hint := "compile it with Python " + interp.Version.Feature() + ", or embed the source instead"
	file, err := pyc.ReadPyc(data)
	switch {
	case err != nil:
		return nil, diag.Errorf(r.Origin.String(), hint, "no valid bytecode: %w", err)
	case file.Magic != interp.Magic:
		return nil, diag.Errorf(r.Origin.String(), hint, "bytecode of Python %s, and the program's is %s (magic number % x, not % x)",
			file.Version.Feature(), interp.Version.Feature(), file.Magic, interp.Magic)
	}
	code, err := pyc.Relocate(data[pyc.HeaderSize:], interp.Version, strings.TrimSuffix(r.Path, "c"))
	if err != nil {
		return nil, diag.Errorf(r.Origin.String(), hint, "no valid bytecode: %w", err)
	}
	return code, nil
}

func shortDigest(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:4]) }
