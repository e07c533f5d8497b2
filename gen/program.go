package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/objfile"
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
	extractions   []table.Extraction
	brings        map[string]bool // names by which files are linked with libraries of the program; nil for none
	requires      []manifest.Requirement
	manifest      *manifest.Manifest

	plan *plan
}

// A unit is one file of the program with its contents.
type unit struct {
	collector.Resource
	digest [sha256.Size]byte
	length int      // of the contents, in bytes
	data   []byte   // of anything but a module
	code   [][]byte // of a module: for each level of optimisation, or one for all; nil when it is compiled at import
	source table.Stored
	stored table.Stored  // of anything but a module, when it is not stored as it is
	object *objfile.File // what data is as an object file; nil for none, and as long as nobody asked

	sourced   bool        // source is that of the module, which may be empty
	broken    *diag.Error // why it does not compile
	extracted bool        // its package is put on disk at run time
}

// program has everything compiled and read.
func (p *plan) program(ctx context.Context) (*program, error) {
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
	prog.findDistributions()
	if err := prog.findExtractions(); err != nil {
		return nil, err
	}
	prog.manifest = p.manifest(prog)
	return prog, nil
}

// A boot is the code that starts before the program's own.
type boot struct {
	bootstrap, importer pyc.Result
	helpers             []table.Module // that the importer imports from the table when they are needed
}

// helpers are the templates of those modules.
var helpers = []struct{ template, module string }{
	{"files.py", "_oxgen_files"},
	{"certificates.py", "_oxgen_certificates"},
	{"extract.py", "_oxgen_extract"},
	{"native.py", "_oxgen_native"},
	{"process.py", "_oxgen_process"},
	{"resources.py", "_oxgen_resources"},
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
	for _, h := range helpers {
		sources = append(sources, template(h.template, importerFilename))
	}
	results, err := pyc.Compile(ctx, p.interp, sources, p.compileOptions(0, nil))
	if err != nil {
		return boot{}, err
	}
	for _, r := range results {
		if r.Err != nil {
			return boot{}, fmt.Errorf("oxgen's own %w", r.Err)
		}
	}
	b := boot{bootstrap: results[0], importer: results[1]}
	for i, h := range helpers {
		b.helpers = append(b.helpers, table.Module{Name: h.module, Code: [][]byte{results[2+i].Code}, Sourceless: true})
	}
	return b, nil
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
		if !p.config.Bytecode {
			u.code = nil
		}
		prog.units = append(prog.units, *u)
	}
	if p.opts.Strict {
		return errors.Join(problems...)
	}
	for _, problem := range problems {
		p.opts.Warn(problem)
	}
	return nil
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
	levels := p.levels()
	for i, level := range levels {
		opts := p.compileOptions(level, func(done, total int) {
			p.opts.Progress("compiling", i*total+done, len(levels)*total)
		})
		if i == 0 && p.config.IncludeSource {
			opts.Also, opts.AlsoName = packSource, packedSource
		}
		results, err := pyc.Compile(ctx, p.interp, sources, opts)
		if err != nil {
			return nil, err
		}
		for k, r := range results {
			u := &units[k]
			u.Resource, u.digest = modules[k], r.Hash
			if r.Err != nil && u.broken == nil {
				u.broken = r.Err
			}
			u.code = append(u.code, r.Code)
			if r.Also != nil {
				u.source, u.sourced = unpackSource(r.Also), true
				u.length = u.source.Length
			}
		}
	}
	return units, nil
}

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
	keep := prog.plan.config.IncludeSource && !unread
	if keep {
		v.Kind, v.Path = collector.VerdictModule, u.Path
		v.Reason += " (kept as a source: importing it raises the error)"
	}
	prog.plan.overrule(u.Origin, v)
	return !keep
}

// findDistributions reads the names of distributions off their metadata directories.
func (prog *program) findDistributions() {
	seen := map[string]bool{}
	for _, u := range prog.units {
		info, _, _ := strings.Cut(u.Path, "/")
		if u.Kind != collector.Metadata || u.Distribution == "" || seen[u.Distribution] || path.Ext(info) == "" {
			continue
		}
		seen[u.Distribution] = true
		prog.distributions = append(prog.distributions, table.Distribution{Name: u.Distribution, Info: info})
	}
}

// A packed program is a table with what the Go source says about it.
type packedTable struct {
	data        []byte
	fingerprint string
}

// table packs the program.
func (prog *program) table() (*packedTable, error) {
	c := &table.Contents{
		PythonMagic:   prog.plan.interp.Magic,
		PythonVersion: prog.plan.interp.Hex,
		Levels:        prog.plan.levels(),
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
	if c.Manifest, err = prog.manifest.Encode(); err != nil {
		return nil, err
	}
	data, err := table.Encode(c)
	if err != nil {
		return nil, err
	}
	h, err := table.ReadHeader(string(data[:table.HeaderSize]))
	return &packedTable{data: data, fingerprint: h.Fingerprint}, err
}

// file returns what the program sees of u as a file.
func (u *unit) file() table.File {
	switch {
	case u.Kind == collector.Module:
		return table.File{Path: u.Path, Module: u.Module}
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
