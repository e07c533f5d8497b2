package gen

import (
	"bytes"
	"encoding/hex"
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
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// libraryDir is where libraries lie in the program that come with no package; templates/native.py knows it too.
const libraryDir = "oxgen.libs"

// A linking is the search for the libraries that the program's machine code is linked with.
type linking struct {
	*program
	platform target.Target
	host     *dynlink.Host
	given    map[string]string // name → file of a library of the configuration
	bundled  map[string]string // name → file of a library of the distribution
	nodes    []dynlink.Node
	lenient  map[string]bool // paths of files of the standard library, and what is linked with: the host is part of their distribution
}

// libpythonNode stands for libpython, which is no file of the program.
const libpythonNode = "libpython"

// findNatives says of the extension modules and shared libraries what they are linked with, and adds the libraries that no
// input has. The errors name what nobody has.
func (prog *program) findNatives() error {
	p := prog.plan
	l := &linking{
		program:  prog,
		platform: p.platforms[0].Target,
		given:    map[string]string{},
		bundled:  map[string]string{},
		lenient:  map[string]bool{},
	}
	if err := l.collect(); err != nil {
		return err
	}
	if len(l.nodes) == 0 && len(p.config.Libraries) == 0 {
		return nil
	}
	if err := l.stock(); err != nil {
		return err
	}
	graph, err := l.resolve()
	if err != nil {
		return err
	}
	return l.settle(graph)
}

// collect reads the program's object files, and libpython.
func (l *linking) collect() error {
	var problems []error
	for i := range l.units {
		u := &l.units[i]
		if u.Kind != collector.Extension && u.Kind != collector.Library {
			continue
		}
		f, err := objfile.Read(u.Origin.String(), bytes.NewReader(u.data))
		switch fits := err == nil && f.Target == l.platform && f.Class == objfile.Library; {
		case fits:
			l.nodes = append(l.nodes, dynlink.Node{Path: u.Path, File: f})
			l.lenient[u.Path] = u.Distribution == collector.StdlibDistribution
		case u.Kind == collector.Library: // a linker's script, or for another platform: data like any other
		case err != nil:
			problems = append(problems, err)
		default:
			problems = append(problems, diag.Errorf(u.Origin.String(), "take a build for "+l.platform.String()+", or leave the file out",
				"is an extension module by its name, and a %s for %s", f.Class, machineOf(f)))
		}
	}
	if l.plan.config.Link == config.Mapped {
		f, err := readObject(l.plan.platforms[0].Libpython)
		if err != nil {
			return err
		}
		l.nodes = append(l.nodes, dynlink.Node{Path: libpythonNode, File: f})
		l.lenient[libpythonNode] = true
	}
	return errors.Join(problems...)
}

func machineOf(f *objfile.File) string {
	if f.Target != (target.Target{}) {
		return f.Target.String()
	}
	return f.Machine
}

func readObject(name string) (*objfile.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return objfile.Read(name, f)
}

// stock notes where libraries can be taken from.
func (l *linking) stock() error {
	p := l.plan
	if l.platform == target.Host() {
		l.host = dynlink.NewHost(l.platform)
	}
	for _, file := range p.platforms[0].Libraries {
		if f, err := readObject(file); err == nil && f.Class == objfile.Library && f.Target == l.platform {
			note(l.bundled, f, file)
		}
	}
	var problems []error
	for _, pattern := range p.config.Libraries {
		files, err := p.matches("libraries", pattern)
		problems = append(problems, err)
		for _, file := range files {
			problems = append(problems, l.take(file))
		}
	}
	return errors.Join(problems...)
}

// note enters a library under its names. The first one of a name stays.
func note(libraries map[string]string, f *objfile.File, file string) {
	for _, name := range []string{filepath.Base(file), f.SOName} {
		if _, taken := libraries[name]; name != "" && !taken {
			libraries[name] = file
		}
	}
}

// take embeds a library of the configuration, whether anything is linked with it or not: ctypes may open it.
func (l *linking) take(label string) error {
	file, err := l.plan.absolute(label)
	if err != nil {
		return err
	}
	f, err := readObject(file)
	if err != nil {
		return diag.Errorf(label, "correct `libraries`", "%w", err)
	}
	if f.Class != objfile.Library || f.Target != l.platform {
		return diag.Errorf(label, "take a build for "+l.platform.String(), "is a %s for %s", f.Class, machineOf(f))
	}
	name := f.SOName
	if name == "" {
		name = filepath.Base(file)
	}
	return l.add(name, file, collector.Origin{Input: label})
}

// add makes a unit of a library that is no input's.
func (l *linking) add(name, file string, origin collector.Origin) error {
	if strings.ContainsAny(name, "/\\") {
		return diag.Errorf(origin.String(), "", "its SONAME %q is no file name", name)
	}
	u := unit{Resource: collector.LibraryAt(libraryDir+"/"+name, file, origin)}
	if slices.ContainsFunc(l.nodes, func(n dynlink.Node) bool { return n.Path == u.Path }) {
		return nil // two names of one library
	}
	if err := l.load(&u); err != nil {
		return err
	}
	f, err := objfile.Read(origin.String(), bytes.NewReader(u.data))
	if err != nil {
		return err
	}
	l.nodes = append(l.nodes, dynlink.Node{Path: u.Path, File: f})
	l.units = append(l.units, u)
	slices.SortFunc(l.units, func(a, b unit) int { return strings.Compare(a.Path, b.Path) })
	l.plan.collection.Verdicts = append(l.plan.collection.Verdicts, collector.Verdict{Origin: origin, Kind: collector.VerdictLibrary, Path: u.Path})
	return nil
}

// provides tells whether the target has a library of that name: glibc's, the linked or loaded libpython, and those that the
// configuration promises.
func (l *linking) provides(name string) bool {
	if glibc.Provides(name) {
		return true
	}
	for _, pattern := range l.plan.config.SystemLibraries {
		if ok, err := path.Match(pattern, name); err == nil && ok {
			return true
		}
	}
	return l.plan.config.Link != config.Static && name == filepath.Base(l.plan.platforms[0].Libpython)
}

// resolve finds libraries until nothing is missing, or nothing more is to be had.
func (l *linking) resolve() (*dynlink.Graph, error) {
	for {
		graph := dynlink.Resolve(l.nodes, l.provides)
		found := false
		for i := range graph.Links {
			link := &graph.Links[i]
			for _, name := range link.Missing {
				added, err := l.supply(link, name)
				if err != nil {
					return nil, err
				}
				found = found || added
			}
		}
		if !found {
			return graph, nil
		}
	}
}

// supply adds a library that a file is linked with, from the distribution or this machine. It tells whether it did.
func (l *linking) supply(link *dynlink.Link, name string) (bool, error) {
	at := libraryDir + "/" + name
	if file, ok := l.bundled[name]; ok {
		l.lenient[at] = true
		return true, l.add(name, file, collector.Origin{Input: "distribution", File: filepath.Base(file)})
	}
	lenient := l.lenient[link.Node.Path]
	if l.host == nil || !lenient && !l.plan.config.HostLibraries {
		return false, nil
	}
	file, _, ok := l.host.Find(name, absoluteDirs(link.Node.File.RunPath)...)
	if !ok {
		return false, nil
	}
	l.lenient[at] = l.lenient[at] || lenient
	return true, l.add(name, file, collector.Origin{Input: "host-libraries", File: name})
}

func absoluteDirs(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(dir string) bool { return !filepath.IsAbs(dir) })
}

// settle gives the table what it has to know, or says what is wrong.
func (l *linking) settle(graph *dynlink.Graph) error {
	var problems []error
	for _, ring := range graph.Cycles {
		problems = append(problems, diag.Errorf(ring[0], "list their package in `extract`, or build them without the ring",
			"can't be loaded from memory: libraries need each other (%s)", strings.Join(ring, " → ")))
	}
	problems = append(problems, l.missing(graph)...)
	if err := errors.Join(problems...); err != nil {
		return err
	}
	for _, twins := range graph.Twins {
		l.plan.opts.Warn(diag.Errorf(twins[0], "", "has the name of %s: the one that is loaded first serves all, as under python", strings.Join(twins[1:], ", ")))
	}
	for i := range graph.Links {
		link := &graph.Links[i]
		if link.Node.Path == libpythonNode {
			l.needs = l.order(graph, link)
			continue
		}
		u := l.unit(link.Node.Path)
		l.natives = append(l.natives, table.Native{
			Path:    u.Path,
			Digest:  hex.EncodeToString(u.digest[:16]),
			Name:    link.Name,
			Located: link.Node.File.Imports("dladdr"),
			Needs:   link.Needs,
		})
	}
	return l.compressSeldom(graph)
}

func (prog *program) unit(path string) *unit {
	i, ok := slices.BinarySearchFunc(prog.units, path, func(u unit, path string) int { return strings.Compare(u.Path, path) })
	if !ok {
		return nil
	}
	return &prog.units[i]
}

// order returns all that a node is linked with, each after what it is linked with itself.
func (l *linking) order(graph *dynlink.Graph, link *dynlink.Link) []string {
	var order []string
	var visit func(link *dynlink.Link)
	visit = func(link *dynlink.Link) {
		for _, need := range link.Needs {
			if i := slices.IndexFunc(graph.Links, func(other dynlink.Link) bool { return other.Node.Path == need }); i >= 0 {
				visit(&graph.Links[i])
			}
			if !slices.Contains(order, need) {
				order = append(order, need)
			}
		}
	}
	visit(link)
	return order
}

// missing returns an error for each file that is linked with what nobody has. An extension module of the standard library is
// left out instead: the host's Python could not import it either.
func (l *linking) missing(graph *dynlink.Graph) []error {
	var problems []error
	for i := range graph.Links {
		link := &graph.Links[i]
		if len(link.Missing) == 0 {
			continue
		}
		name := link.Node.Path
		u := l.unit(name)
		if u != nil {
			name = u.Origin.String()
		}
		problem := diag.Errorf(name, l.mend(link), "is linked with %s, which neither the program nor %s has",
			strings.Join(link.Missing, ", "), l.platform)
		if u != nil && u.Kind == collector.Extension && u.Distribution == collector.StdlibDistribution {
			l.leaveOutExtension(u, problem)
			link.Node.Path = ""
			continue
		}
		problems = append(problems, problem)
	}
	graph.Links = slices.DeleteFunc(graph.Links, func(link dynlink.Link) bool { return link.Node.Path == "" })
	return problems
}

func (l *linking) leaveOutExtension(u *unit, why *diag.Error) {
	l.plan.opts.Warn(why)
	l.plan.overrule(u.Origin, collector.Verdict{Kind: collector.VerdictUnsupported, Reason: why.Problem})
	path := u.Path
	l.units = slices.DeleteFunc(l.units, func(u unit) bool { return u.Path == path })
}

// mend says where the missing libraries are to be had.
func (l *linking) mend(link *dynlink.Link) string {
	var here []string
	for _, name := range link.Missing {
		if l.host == nil {
			continue
		}
		file, _, ok := l.host.Find(name, absoluteDirs(link.Node.File.RunPath)...)
		if !ok {
			continue
		}
		if pkg := l.host.Package(file); pkg != "" {
			file += " (package " + pkg + ")"
		}
		here = append(here, file)
	}
	if len(here) > 0 {
		return fmt.Sprintf("this machine has %s: `host-libraries = true` takes what is missing from here, `libraries` what you list", strings.Join(here, ", "))
	}
	return "list the files in `libraries`, or in `system-libraries` the names of those that the target has"
}

// seldom are the extension modules of the standard library that few programs use and that are large, or linked with large
// libraries. They are stored compressed.
var seldom = []string{"_dbm", "_gdbm", "_tkinter"}

// compressSeldom compresses them, and the libraries that nobody else is linked with.
func (l *linking) compressSeldom(graph *dynlink.Graph) error {
	often := map[string]bool{}
	var use func(path string)
	use = func(path string) {
		if often[path] {
			return
		}
		often[path] = true
		for i := range graph.Links {
			if graph.Links[i].Node.Path == path {
				for _, need := range graph.Links[i].Needs {
					use(need)
				}
			}
		}
	}
	rare := func(u *unit) bool {
		return u.Distribution == collector.StdlibDistribution && slices.Contains(seldom, u.Module) ||
			u.Origin.Input == "distribution"
	}
	for i := range graph.Links {
		path := graph.Links[i].Node.Path
		if u := l.unit(path); u == nil || !rare(u) {
			use(path)
		}
	}
	for i := range l.natives {
		if often[l.natives[i].Path] {
			continue
		}
		u := l.unit(l.natives[i].Path)
		var err error
		if u.stored, err = compress(u.data); err != nil {
			return err
		}
	}
	return nil
}
