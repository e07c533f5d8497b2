package gen

import (
	"bytes"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

// The origins of libraries that are no input's.
const (
	distributionInput = "distribution"
	hostInput         = "host-libraries" // the key that asks for them
)

func readObject(name string) (*objfile.File, error) {
	f, err := inputs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return objfile.Read(name, f)
}

// libpythonObject returns what a libpython needs and has. Several steps ask for it, some at once; it is read once.
func (p *plan) libpythonObject(file string) (*objfile.File, error) {
	read, _ := p.objects.LoadOrStore(file, sync.OnceValues(func() (*objfile.File, error) { return readObject(file) }))
	return read.(func() (*objfile.File, error))()
}

// stock notes where libraries can be taken from.
func (l *linking) stock() error {
	p := l.plan
	for _, file := range p.platform.Libraries {
		if f, err := readObject(file); err == nil && f.Class == objfile.Library && f.Target == l.platform {
			l.note(f, file)
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

// note enters a library of the distribution under its names. The first one of a name stays.
func (l *linking) note(f *objfile.File, file string) {
	for _, name := range []string{filepath.Base(file), f.SOName} {
		name = l.fold(name)
		if _, taken := l.bundled[name]; name != "" && !taken {
			l.bundled[name] = file
		}
	}
}

// fold returns the name of a library as the target compares it.
func (l *linking) fold(name string) string {
	if l.platform.GOOS == "windows" {
		return strings.ToLower(name)
	}
	return name
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
	if dynlink.System(l.platform)(name) {
		return true
	}
	for _, pattern := range l.plan.config.SystemLibraries {
		if ok, err := path.Match(pattern, name); err == nil && ok {
			return true
		}
	}
	libpython := filepath.Base(l.plan.platform.Libpython)
	return l.plan.config.Link != config.Static && (path.Base(name) == libpython || l.platform.GOOS == "windows" && strings.EqualFold(name, libpython))
}

// supply adds a library that a file is linked with, from the distribution or this machine. It tells whether it did.
func (l *linking) supply(m dynlink.Missing) (bool, error) {
	at := libraryDir + "/" + m.Library
	if l.platform.GOOS == "darwin" {
		return false, nil // dyld looks for it where the module says, and that is not beside the module
	}
	if file, ok := l.bundled[l.fold(m.Library)]; ok {
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
	return l.host.Find(library, l.platform)
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
	if l.platform.GOOS != "darwin" { // it is so for everybody's
		l.plan.opts.Warn(why)
	}
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
	var mends []string
	if len(here) > 0 {
		mends = append(mends, "`host-libraries = true` takes from this machine what is missing and it has: "+strings.Join(here, ", "))
	}
	if len(nowhere) > 0 {
		mends = append(mends, "this machine has no "+strings.Join(nowhere, ", "))
	}
	return strings.Join(append(mends, "`libraries` takes files that you list, `system-libraries` the names of those that the target has"), "; ")
}
