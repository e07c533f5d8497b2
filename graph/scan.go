package graph

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/pyc"
)

// A scanned module is what its code says, without the code.
type scanned struct {
	refs     []ref
	computed []Computed
	all      []string
	strings  []string // names of modules in machine code
	groups   []string // of entry points, that the code has as strings
	unread   bool
}

// A ref is one reference to a module, as it is written.
type ref struct {
	name, pkg string // pkg is the package of a relative call, "" for the module's own
	level     int
	from      []string
	call      string
	builtin   bool
	line      int
	context   pyc.Context
}

// scan reads the code of all modules.
func scan(ctx context.Context, in *Input, known func(string) bool) ([]scanned, error) {
	found := make([]scanned, len(in.Modules))
	jobs := in.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := range in.Modules {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range jobs {
		group.Go(func() error {
			for i := range next {
				found[i] = scanModule(in, &in.Modules[i], known)
			}
			return nil
		})
	}
	return found, group.Wait()
}

func scanModule(in *Input, m *Module, known func(string) bool) scanned {
	var s scanned
	if m.Extension {
		s.strings = namesIn(m.Native, m.Name, known)
		s.unread = m.Native == nil
		return s
	}
	if m.Code == nil {
		s.unread = true
		return s
	}
	code, err := pyc.ReadCode(m.Code, in.Version)
	if err != nil {
		s.unread = true
		return s
	}
	imports := code.Imports(in.GOOS)
	for _, i := range imports.List {
		s.refs = append(s.refs, ref{name: i.Name, pkg: i.Package, level: i.Level, from: i.From, call: i.Call, line: i.Line, context: i.Context})
	}
	for _, b := range imports.Builtins {
		s.refs = append(s.refs, ref{name: builtinModules[b.Name], call: b.Name, builtin: true, line: b.Line, context: b.Context})
	}
	for _, c := range imports.Computed {
		s.computed = append(s.computed, Computed{From: m.Name, Line: c.Line, Call: c.Call, When: c.Context.Names()})
	}
	s.all = imports.All
	if len(in.EntryPoints) > 0 {
		s.groups = groupsIn(code, in.EntryPoints)
	}
	return s
}

// groupsIn returns the groups of entry points that stand as strings in code, sorted.
func groupsIn(code *pyc.Code, points []EntryPoint) []string {
	var found []string
	look := func(v any) {
		if s, ok := v.(string); ok && slices.ContainsFunc(points, func(p EntryPoint) bool { return p.Group == s }) {
			found = append(found, s)
		}
	}
	for c := range code.All() {
		for _, v := range c.Consts {
			switch v := v.(type) {
			case pyc.Tuple:
				for _, item := range v {
					look(item)
				}
			case pyc.FrozenSet:
				for _, item := range v {
					look(item)
				}
			default:
				look(v)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
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
