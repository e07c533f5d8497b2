package graph

import (
	"context"
	"slices"

	"github.com/oxgen/oxgen/internal/parallel"
	"github.com/oxgen/oxgen/pyc"
)

// A scanned module is what its code says, without the code.
type scanned struct {
	Refs     []ref
	Computed []Computed
	All      []string
	Strings  []string // names of modules in machine code
	Groups   []string // of entry points, that the code has as strings
	Unread   bool
}

// A ref is one reference to a module, as it is written.
type ref struct {
	Name, Pkg string // Pkg is the package of a relative call, "" for the module's own
	Level     int
	From      []string
	Call      string
	Builtin   bool
	Line      int
	Context   pyc.Context
}

// scan reads the code of all modules, several at once.
func scan(ctx context.Context, in *Input, known func(string) bool) ([]scanned, error) {
	found := make([]scanned, len(in.Modules))
	cache := newScanCache(in)
	all := shelves(in.Modules)
	if err := parallel.Each(ctx, in.Jobs, len(all), func(i int) { cache.read(&all[i], found) }); err != nil {
		return nil, err
	}
	var places []int
	for i := range all {
		if all[i].empty {
			places = append(places, all[i].places...)
		}
	}
	err := parallel.Each(ctx, in.Jobs, len(places), func(i int) {
		found[places[i]] = scanModule(in, &in.Modules[places[i]], cache.groups, known)
	})
	if err != nil {
		return nil, err
	}
	return found, parallel.Each(ctx, in.Jobs, len(all), func(i int) { cache.write(&all[i], found) })
}

func scanModule(in *Input, m *Module, groups map[string]bool, known func(string) bool) scanned {
	var s scanned
	if m.Extension {
		s.Strings = namesIn(m.Native, m.Name, known)
		s.Unread = m.Native == nil
		return s
	}
	if m.Code == nil {
		s.Unread = true
		return s
	}
	imports, err := pyc.ReadImports(m.Code, in.Version, in.GOOS, func(text []byte) {
		if groups[string(text)] {
			s.Groups = append(s.Groups, string(text))
		}
	})
	if err != nil {
		return scanned{Unread: true}
	}
	slices.Sort(s.Groups)
	s.Groups = slices.Compact(s.Groups)
	for _, i := range imports.List {
		s.Refs = append(s.Refs, ref{Name: i.Name, Pkg: i.Package, Level: i.Level, From: i.From, Call: i.Call, Line: i.Line, Context: i.Context})
	}
	for _, b := range imports.Builtins {
		s.Refs = append(s.Refs, ref{Name: builtinModules[b.Name], Call: b.Name, Builtin: true, Line: b.Line, Context: b.Context})
	}
	for _, c := range imports.Computed {
		s.Computed = append(s.Computed, Computed{From: m.Name, Line: c.Line, Call: c.Call, When: c.Context.Names()})
	}
	s.All = imports.All
	return s
}

// builtinModules are what functions of builtins import.
var builtinModules = map[string]string{"breakpoint": "pdb", "help": "pydoc"}

// namesIn returns the names of modules that an extension module holds as strings of C, sorted: all that its code can import
// by a literal is among them. A name without a dot may also be one beside the module.
func namesIn(data []byte, module string, known func(string) bool) []string {
	var names []string
	pkg := parentOf(module)
	for i := 0; i < len(data); {
		if !isNameByte(data[i]) {
			i++
			continue
		}
		end := i
		for end < len(data) && isNameByte(data[end]) {
			end++
		}
		if whole := i == 0 || data[i-1] == 0; whole && end < len(data) && data[end] == 0 && end-i > 1 && end-i < 200 {
			name := string(data[i:end])
			if known(name) {
				names = append(names, name)
			}
			if beside := pkg + "." + name; pkg != "" && known(beside) {
				names = append(names, beside)
			}
		}
		i = end + 1
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == module })
}

func isNameByte(c byte) bool {
	return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
