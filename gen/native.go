package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// libraryDir is where libraries lie in the program that come with no package; templates/native.py knows it too.
const libraryDir = "oxgen.libs"

// A linking is the search for the libraries that the program's machine code is linked with.
type linking struct {
	*program
	platform target.Target
	host     dynlink.Host      // this machine
	bundled  map[string]string // name → file of a library of the distribution
	nodes    []dynlink.Node
	located  map[string]bool // paths of files whose code asks where it lies
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
		platform: p.platform.Target,
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
			problems = append(problems, unreadable(u, err))
		default:
			problems = append(problems, diag.Errorf(u.Origin.String(), "take a build for "+l.platform.String()+", or leave the file out",
				"is an extension module by its name, and a %s for %s", f.Class, machineOf(f)))
		}
	}
	if l.plan.config.Link == config.Mapped {
		f, err := l.plan.libpythonObject(l.plan.platform.Libpython)
		if err != nil {
			return err
		}
		l.nodes = append(l.nodes, dynlink.NodeOf(libpythonNode, f))
		l.lenient[libpythonNode] = true
	}
	return errors.Join(problems...)
}

// unreadable gives the error of an extension module that is no object file, or a damaged one, a hint of how to go on: that of objfile
// is for those who name a file.
func unreadable(u *unit, err error) error {
	var d *diag.Error
	if !errors.As(err, &d) {
		return err
	}
	with := *d
	with.Hint = fmt.Sprintf("build it, or get the wheel, again; or leave it out by a [[rule]]: match = %q, include = false", u.Module)
	return &with
}

// join enters a unit among the files that are linked with each other.
func (l *linking) join(u *unit, f *objfile.File) {
	n := dynlink.NodeOf(u.Path, f)
	n.Digest = hex.EncodeToString(u.digest[:])
	l.nodes = append(l.nodes, n)
	l.located[u.Path] = f.Imports("dladdr")
	u.object = f
}

func machineOf(f *objfile.File) string {
	if f.Target != (target.Target{}) {
		return f.Target.String()
	}
	return f.Machine
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

// settle gives the table what it has to know, or says what is wrong.
func (l *linking) settle(result *dynlink.Result) error {
	var problems []error
	for _, ring := range result.Cycles {
		problems = append(problems, diag.Errorf(ring[0], "link them into one library, or without the ring",
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
	l.brings = map[string]bool{}
	for _, f := range result.Files {
		for _, link := range f.Links {
			l.brings[link.Library] = true
		}
	}
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

// seldom are the extension modules of the standard library that few programs use and that are large, or linked with large
// libraries. They are stored compressed.
var seldom = []string{"_dbm", "_gdbm", "_tkinter"}

// compressSeldom compresses them, and the libraries of the distribution that only they are linked with; and what rules want
// compressed. What libpython is linked with, and what decompresses, stays as it is.
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
	plain := map[string]bool{}
	for _, f := range result.Files {
		if u := l.unit(f.Path); f.Path == libpythonNode || u != nil && (u.Module == "zlib" || u.Module == zstdModule) {
			plain[f.Path] = true
			for _, path := range result.Load(f.Path) {
				plain[path] = true
			}
		}
	}
	var some []*unit
	for _, n := range l.natives {
		u := l.unit(n.Path)
		wanted := u.how.compression() != table.Uncompressed && !plain[n.Path]
		if !wanted && (often[n.Path] || u.how.compress == rule.None) {
			continue
		}
		some = append(some, u)
	}
	var group errgroup.Group
	group.SetLimit(l.plan.jobs())
	for _, u := range some {
		group.Go(func() (err error) {
			u.stored, err = l.plan.compressed(u)
			return err
		})
	}
	return group.Wait()
}

// compressed returns the contents of a unit as a zlib stream, where that is shorter. Machine code is large, and the same for all programs, so the cache keeps
// it.
func (p *plan) compressed(u *unit) (table.Stored, error) {
	if p.opts.Store.CacheDir == "" {
		return compression.Store(u.data, table.Zlib)
	}
	key := sha256.Sum256(append([]byte(packedSource), u.digest[:]...))
	place := filepath.Join(p.opts.Store.CacheDir, "native", hex.EncodeToString(key[:16]))
	packed, err := cachedir.Keep(place, func() ([]byte, error) { return packSource(u.data), nil })
	return unpackSource(packed), err
}

func isSeldom(u *unit) bool {
	return u.Distribution == collector.StdlibDistribution && slices.Contains(seldom, u.Module) || u.Origin.Input == distributionInput
}
