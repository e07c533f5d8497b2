package analysis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

// Who has a library that is needed.
const (
	ByGlibc   = "glibc"
	ByMusl    = "musl"
	ByMacOS   = "macOS"
	ByWindows = "Windows"
	ByPython  = "Python"
	ByFile    = "file"    // Path names it: of the same group, or in the run path or the directory of the file
	ByMachine = "machine" // Path names it, in the directories of this machine
	ByNobody  = "missing"
)

// A Need is a library that a file is linked with.
type Need struct {
	Library string `json:"library"`
	By      string `json:"by"`
	Path    string `json:"path,omitempty"`    // of ByFile and ByMachine
	Package string `json:"package,omitempty"` // Debian package of ByMachine
	Weak    bool   `json:"weak,omitempty"`    // the file runs without it
}

// A File is what is said about one object file.
type File struct {
	Name      string         `json:"name"`
	Format    string         `json:"format"`             // ELF, PE, Mach-O
	Class     string         `json:"class"`              // executable, library, relocatable, other
	Platform  string         `json:"platform,omitempty"` // GOOS/GOARCH; "" when oxgen does not know it
	Machine   string         `json:"machine"`
	SOName    string         `json:"soname,omitempty"`
	Modules   []string       `json:"modules,omitempty"` // that it initialises
	RunPath   []string       `json:"run_path,omitempty"`
	Linker    string         `json:"linker,omitempty"` // dynamic linker of an executable
	Needs     []Need         `json:"needs,omitempty"`
	ExecStack bool           `json:"executable_stack,omitempty"`
	MinOS     string         `json:"minimum_os,omitempty"` // macOS version, PE subsystem version
	Systems                  // of ELF files for Linux with glibc
	Excess    []glibc.Excess `json:"excess,omitempty"` // above Options.MaxGlibc

	glibc bool // Systems says something
}

// Systems says which systems something runs on. Versions of libraries that come with it don't count.
type Systems struct {
	Versions  glibc.Needs `json:"versions,omitzero"`
	Oldest    []string    `json:"oldest,omitempty"`    // releases that have the versions, one a family: "Debian 12"
	Manylinux []string    `json:"manylinux,omitempty"` // tag and old name of it; none when a library is missing that a wheel must hold
}

// A Report is what is said about all.
type Report struct {
	Files []File   `json:"files"`           // in the order of the arguments, then by path
	Notes []string `json:"notes,omitempty"` // what would not work as it looks
	All   *All     `json:"all,omitempty"`   // nil unless several files are for glibc, and all of them for one machine
}

// All says which systems several files run on together.
type All struct {
	Files int `json:"files"` // how many
	Systems
}

// Unsatisfied tells whether something is missing or above the limit.
func (r *Report) Unsatisfied() bool {
	return slices.ContainsFunc(r.Files, func(f File) bool {
		return len(f.Excess) > 0 || slices.ContainsFunc(f.Needs, func(n Need) bool { return n.By == ByNobody && !n.Weak })
	})
}

// Options say what is looked for.
type Options struct {
	MaxGlibc string        // glibc that all files have to run with, and the GCC's libraries of its time: "2.28"; "" is any
	Host     *dynlink.Host // the machine on which libraries are looked for; nil for none
}

// Analyze reads the object files that the names stand for: files, directories and wheels. What could not be read is in the
// error, joined; the report is that of the others.
func Analyze(ctx context.Context, names []string, opts Options) (*Report, error) {
	r := &Report{Files: []File{}}
	var problems []error
	for _, name := range names {
		g, err := open(ctx, name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, g.problems...)
		r.add(g, opts)
	}
	r.All = together(r.Files)
	return r, errors.Join(problems...)
}

// add reports the objects of a group. Those of each machine are joined with each other.
func (r *Report) add(g *group, opts Options) {
	results := map[string]*dynlink.Result{}
	names := map[string]string{}
	for i := range g.objects {
		o := &g.objects[i]
		names[o.path] = o.name
		if results[kindOf(o)] == nil {
			results[kindOf(o)] = g.resolve(kindOf(o), systemOf(o.Format))
		}
	}
	for i := range g.objects {
		o := &g.objects[i]
		if !o.aside {
			r.Files = append(r.Files, report(g, o, results[kindOf(o)].File(o.path), names, opts))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(results)) {
		r.note(results[kind], names)
	}
}

// kindOf tells apart what can't be linked with each other.
func kindOf(o *object) string { return o.Format.String() + " " + o.Machine }

// systemOf returns the operating system that a format is of, also for processors that oxgen builds nothing for.
func systemOf(f objfile.Format) target.Target {
	switch f {
	case objfile.MachO:
		return target.Target{GOOS: "darwin"}
	case objfile.PE:
		return target.Target{GOOS: "windows"}
	}
	return target.Target{GOOS: "linux"}
}

func (g *group) resolve(kind string, t target.Target) *dynlink.Result {
	var nodes []dynlink.Node
	for i := range g.objects {
		if o := &g.objects[i]; kindOf(o) == kind {
			n := dynlink.NodeOf(o.path, o.File)
			n.Digest = o.digest
			nodes = append(nodes, n)
		}
	}
	system := dynlink.System(t)
	return dynlink.Resolve(nodes, func(library string) bool { return system(library) || dynlink.Musl(library) })
}

func report(g *group, o *object, joined *dynlink.File, names map[string]string, opts Options) File {
	f := File{
		Name: g.label(o), Format: o.Format.String(), Class: o.Class.String(), Machine: o.Machine, SOName: o.SOName, Modules: o.Inits,
		RunPath: o.RunPath, Linker: o.Interpreter, ExecStack: o.ExecStack && o.Class == objfile.Library, MinOS: o.MinOS,
	}
	if o.Target != (target.Target{}) {
		f.Platform = o.Target.String()
	}
	musl := strings.Contains(o.Interpreter, "ld-musl-")
	for i, library := range append(slices.Clone(o.Needed), o.Weak...) {
		n := need(o, library, joined, names, opts.Host)
		n.Weak = i >= len(o.Needed)
		musl = musl || n.By == ByMusl
		f.Needs = append(f.Needs, n)
	}
	if o.Format == objfile.ELF && o.Target.GOOS == "linux" && len(o.Needed) > 0 && !musl {
		f.glibc = true
		f.Systems = systems(neededOf(o.Versions, f.Needs), o.Machine, selfContained(f.Needs))
		if opts.MaxGlibc != "" {
			f.Excess = glibc.LimitOf(opts.MaxGlibc).Above(o.File, func(library string) bool { return comesWith(f.Needs, library) })
		}
	}
	return f
}

// need says who has a library.
func need(o *object, library string, joined *dynlink.File, names map[string]string, host *dynlink.Host) Need {
	n := Need{Library: library, By: ByNobody}
	at := slices.IndexFunc(joined.Links, func(l dynlink.Link) bool { return l.Library == library })
	switch {
	case dynlink.Musl(library):
		n.By = ByMusl
	case slices.Contains(joined.Provided, library):
		n.By = map[objfile.Format]string{objfile.ELF: ByGlibc, objfile.MachO: ByMacOS, objfile.PE: ByWindows}[o.Format]
	case at >= 0:
		n.By, n.Path = ByFile, names[joined.Links[at].Path]
	case dynlink.Python(library):
		n.By = ByPython
	case host != nil:
		if found := host.Find(library, o.Target); len(found) > 0 {
			n.By, n.Path, n.Package = ByMachine, found[0].Path, found[0].Package
		}
	}
	return n
}

// neededOf leaves out the versions of libraries that come with the file.
func neededOf(all []objfile.Version, needs []Need) glibc.Needs {
	return glibc.NeedsOf(slices.DeleteFunc(slices.Clone(all), func(v objfile.Version) bool {
		return comesWith(needs, v.Library)
	}))
}

// comesWith tells whether a library is one of the files.
func comesWith(needs []Need, library string) bool {
	return slices.ContainsFunc(needs, func(n Need) bool { return n.Library == library && n.By == ByFile })
}

// selfContained tells whether a wheel may take from the system all that comes from elsewhere.
func selfContained(needs []Need) bool {
	return !slices.ContainsFunc(needs, func(n Need) bool {
		return (n.By == ByMachine || n.By == ByNobody) && !n.Weak && !glibc.ManylinuxHas(n.Library)
	})
}

// systems says what has the versions; tagged, with the tag of a wheel.
func systems(needs glibc.Needs, machine string, tagged bool) Systems {
	s := Systems{Versions: needs}
	if needs.Private {
		return s
	}
	for _, release := range glibc.Oldest(needs) {
		s.Oldest = append(s.Oldest, release.String())
	}
	if !tagged {
		return s
	}
	tag, alias := glibc.Manylinux(needs, machine)
	for _, t := range []string{tag, alias} {
		if t != "" {
			s.Manylinux = append(s.Manylinux, t)
		}
	}
	return s
}

// together joins what files need; see Report.All.
func together(files []File) *All {
	var all glibc.Needs
	machine, count, tagged := "", 0, true
	for _, f := range files {
		if !f.glibc {
			continue
		}
		if count > 0 && f.Machine != machine {
			return nil
		}
		machine = f.Machine
		count++
		tagged = tagged && selfContained(f.Needs)
		all.Merge(f.Versions)
	}
	if count < 2 {
		return nil
	}
	return &All{count, systems(all, machine, tagged)}
}

// note says what would not work as it looks.
func (r *Report) note(joined *dynlink.Result, names map[string]string) {
	for _, cycle := range joined.Cycles {
		r.Notes = append(r.Notes, fmt.Sprintf("%s need each other: they can't be loaded from memory", named(cycle, names)))
	}
	for _, c := range joined.Clashes {
		r.Notes = append(r.Notes, fmt.Sprintf("%s are all %s: the one that is loaded first serves for all", named(c.Paths, names), c.SOName))
	}
}

func named(paths []string, names map[string]string) string {
	list := make([]string, len(paths))
	for i, p := range paths {
		list[i] = names[p]
	}
	return strings.Join(list, ", ")
}
