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
	given    map[string]string // name → file of a library of the configuration
	bundled  map[string]string // name → file of a library of the distribution
	nodes    []dynlink.Node
	located  map[string]bool // paths of files whose code asks where it lies
	lenient  map[string]bool // paths of files of the standard library, and what is linked with: the host is part of their distribution
}

// The origins of libraries that are no input's.
const (
	distributionInput = "distribution"
	hostInput         = "host-libraries" // the key that asks for them
)

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
		located:  map[string]bool{},
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
	result, err := l.resolve()
	if err != nil {
		return err
	}
	return l.settle(result)
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
			l.join(u, f)
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
		l.nodes = append(l.nodes, dynlink.NodeOf(libpythonNode, f))
		l.lenient[libpythonNode] = true
	}
	return errors.Join(problems...)
}

// join enters a unit among the files that are linked with each other.
func (l *linking) join(u *unit, f *objfile.File) {
	n := dynlink.NodeOf(u.Path, f)
	n.Digest = hex.EncodeToString(u.digest[:])
	l.nodes = append(l.nodes, n)
	l.located[u.Path] = f.Imports("dladdr")
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
	l.join(&u, f)
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
func (l *linking) resolve() (*dynlink.Result, error) {
	for {
		result := dynlink.Resolve(l.nodes, l.provides)
		found := false
		for _, m := range result.Missing {
			added, err := l.supply(m)
			if err != nil {
				return nil, err
			}
			found = found || added
		}
		if !found {
			return result, nil
		}
	}
}

// supply adds a library that a file is linked with, from the distribution or this machine. It tells whether it did.
func (l *linking) supply(m dynlink.Missing) (bool, error) {
	at := libraryDir + "/" + m.Library
	if file, ok := l.bundled[m.Library]; ok {
		l.lenient[at] = true
		return true, l.add(m.Library, file, collector.Origin{Input: distributionInput, File: filepath.Base(file)})
	}
	lenient := l.lenient[m.File]
	if !lenient && !l.plan.config.HostLibraries {
		return false, nil
	}
	found := l.candidates(m.Library)
	if len(found) == 0 {
		return false, nil
	}
	l.lenient[at] = l.lenient[at] || lenient
	return true, l.add(m.Library, found[0].Path, collector.Origin{Input: hostInput, File: m.Library})
}

// candidates returns the libraries of that name on this machine, none for a platform that is not this machine's.
func (l *linking) candidates(library string) []dynlink.Candidate {
	if l.platform != target.Host() {
		return nil
	}
	var host dynlink.Host
	return host.Find(library, l.platform)
}

// settle gives the table what it has to know, or says what is wrong.
func (l *linking) settle(result *dynlink.Result) error {
	var problems []error
	for _, ring := range result.Cycles {
		problems = append(problems, diag.Errorf(ring[0], "list their package in `extract`, or build them without the ring",
			"can't be loaded from memory: these libraries need each other: %s", strings.Join(ring, ", ")))
	}
	if err := errors.Join(append(problems, l.missing(result)...)...); err != nil {
		return err
	}
	for _, c := range result.Clashes {
		l.plan.opts.Warn(diag.Errorf(c.Paths[0], "", "has the same name, %s, as %s: the one that is loaded first serves all, as under python",
			c.SOName, strings.Join(c.Paths[1:], ", ")))
	}
	renamed := map[string]bool{}
	for _, f := range result.Files {
		for _, link := range f.Links {
			renamed[link.Path] = renamed[link.Path] || link.Renamed
		}
	}
	l.needs = result.Load(libpythonNode)
	for _, n := range l.nodes {
		if u := l.unit(n.Path); u != nil {
			l.natives = append(l.natives, l.native(u, n, result.File(n.Path), renamed[n.Path]))
		}
	}
	return l.compressSeldom(result)
}

// native returns the row of a file for the table. One that is needed by another name than its own is known by its file's.
func (l *linking) native(u *unit, n dynlink.Node, f *dynlink.File, renamed bool) table.Native {
	row := table.Native{Path: u.Path, Digest: hex.EncodeToString(u.digest[:16]), Located: l.located[u.Path]}
	if !renamed {
		row.Name = n.SOName
	}
	for _, link := range f.Links {
		row.Needs = append(row.Needs, link.Path)
	}
	return row
}

func (prog *program) unit(path string) *unit {
	i, ok := slices.BinarySearchFunc(prog.units, path, func(u unit, path string) int { return strings.Compare(u.Path, path) })
	if !ok {
		return nil
	}
	return &prog.units[i]
}

// missing returns an error for each file that is linked with what nobody has. An extension module of the standard library is
// left out instead: the host's Python could not import it either.
func (l *linking) missing(result *dynlink.Result) []error {
	var problems []error
	hint := l.mend(result.Missing)
	for _, f := range result.Files {
		if len(f.Missing) == 0 {
			continue
		}
		name, u := f.Path, l.unit(f.Path)
		if u != nil {
			name = u.Origin.String()
		}
		problem := diag.Errorf(name, hint, "is linked with %s, which neither the program nor %s has", strings.Join(f.Missing, ", "), l.platform)
		if u != nil && u.Kind == collector.Extension && u.Distribution == collector.StdlibDistribution {
			l.leaveOutExtension(u, problem)
			continue
		}
		problems = append(problems, problem)
	}
	return problems
}

func (l *linking) leaveOutExtension(u *unit, why *diag.Error) {
	l.plan.opts.Warn(why)
	l.plan.overrule(u.Origin, collector.Verdict{Kind: collector.VerdictUnsupported, Reason: why.Problem})
	path := u.Path
	l.units = slices.DeleteFunc(l.units, func(u unit) bool { return u.Path == path })
}

// mend says where the missing libraries are to be had.
func (l *linking) mend(missing []dynlink.Missing) string {
	var here, nowhere []string
	for _, m := range missing {
		switch found := l.candidates(m.Library); {
		case len(found) == 0:
			nowhere = append(nowhere, m.Library)
		case found[0].Package != "":
			here = append(here, found[0].Path+" (package "+found[0].Package+")")
		default:
			here = append(here, found[0].Path)
		}
	}
	slices.Sort(here)
	slices.Sort(nowhere)
	here, nowhere = slices.Compact(here), slices.Compact(nowhere)
	if len(nowhere) > 0 {
		return fmt.Sprintf("list the files of %s in `libraries`, or the names in `system-libraries` if the target has them", strings.Join(nowhere, ", "))
	}
	return fmt.Sprintf("`host-libraries = true` takes what is missing from this machine, which has %s; `libraries` takes files that you list", strings.Join(here, ", "))
}

// seldom are the extension modules of the standard library that few programs use and that are large, or linked with large
// libraries. They are stored compressed.
var seldom = []string{"_dbm", "_gdbm", "_tkinter"}

// compressSeldom compresses them, and the libraries of the distribution that only they are linked with.
func (l *linking) compressSeldom(result *dynlink.Result) error {
	often := map[string]bool{}
	for _, f := range result.Files {
		if u := l.unit(f.Path); u == nil || !isSeldom(u) {
			often[f.Path] = true
			for _, path := range result.Load(f.Path) {
				often[path] = true
			}
		}
	}
	for _, n := range l.natives {
		if often[n.Path] {
			continue
		}
		u := l.unit(n.Path)
		var err error
		if u.stored, err = compress(u.data); err != nil {
			return err
		}
	}
	return nil
}

func isSeldom(u *unit) bool {
	return u.Distribution == collector.StdlibDistribution && slices.Contains(seldom, u.Module) || u.Origin.Input == distributionInput
}
