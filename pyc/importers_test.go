package pyc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes calls that import as "Call ..Name from a,b in Package", computed ones as "Call ?".
func describe(found *Imports) []string {
	var all []string
	for _, i := range found.List {
		if i.Call == "" {
			continue
		}
		text := i.Call + " " + strings.Repeat(".", i.Level) + i.Name
		if i.From != nil {
			text += " from " + strings.Join(i.From, ",")
		}
		if i.Package != "" {
			text += " in " + i.Package
		}
		all = append(all, text)
	}
	for _, c := range found.Computed {
		all = append(all, c.Call+" ?")
	}
	return all
}

// TestImporters reads sources as the interpreter compiles them; "; " stands for a new line.
func TestImporters(t *testing.T) {
	t.Parallel()
	interp := python(t)
	const direct, renamed = "from importlib import import_module", "from importlib import import_module as im"
	for text, want := range map[string][]string{
		// Where the function is.
		"def f():;  " + direct + ";  import_module('a')":                               {"import_module a"},
		"def f(n):;  " + direct + ";  import_module(n)":                                {"import_module ?"},
		"def f():;  " + direct + ";  def g():;    import_module('a')":                  {"import_module a"},
		"def f(x):;  " + direct + ";  x = [x, import_module('a')]":                     {"import_module a"},
		"def f():;  " + direct + ";  x = 1\vimport_module('a')":                        {"import_module a"},
		"def f():;  " + direct + ";  return import_module":                             nil,
		"def f(import_module, x):;  if import_module:;    x('a')":                      nil,
		"def f():;  " + direct + ";  if x:;    del import_module;  import_module('a')": {"import_module a"},
		renamed + ";im('a')":            {"import_module a"},
		renamed + ";im(x)":              {"import_module ?"},
		renamed + ";def f():;  im('a')": {"import_module a"},
		renamed + ";class C:;  im('a');  def f(self):;    im('b')":                                {"import_module a", "import_module b"},
		"class C:;  " + renamed + ";  im('a');  def f(self):;    im('b')":                         {"import_module a"},
		"def f(im):;  class C:;    " + renamed + ";    def g(self):;      import x;      im('b')": nil,
		"class C:;  " + renamed + ";def f():;  im('b')":                                           nil,
		"def f():;  " + renamed + ";  im('a')":                                                    {"import_module a"},
		"def f():;  " + renamed + ";def g():;  im('b')":                                           nil,
		"def f():;  " + renamed + ";  im('a');  def g():;    im('b')":                             {"import_module a", "import_module b"},
		"def f():;  " + renamed + ";  def g(im):;    im('b');    def h():;      im('c')":          nil,
		"def f():;  global im;  " + renamed + ";def g():;  im('b')":                               {"import_module b"},
		"def f():;  from importlib.util import x, find_spec as fs;  fs('a')":                      {"find_spec a"},
		"def f():;  import importlib as il;  il.import_module('a')":                               {"import_module a"},
		"def f():;  import importlib as il\vil.import_module('a')":                                {"import_module a"},
		"def f():;  from importlib import util as u;  u.find_spec('a')":                           {"find_spec a"},
		"def f():;  import os as im;  im('a')":                                                    nil,
		"def f():;  from importlib import reload as im;  im('a')":                                 nil,
		"im = importlib.import_module;def f():;  im('a')":                                         {"import_module a"},
		"def f(x):;  im = a.find_spec if x else b.find_spec;  return im(x)":                       {"find_spec ?"},
		// What __import__ is given.
		"__import__('a.b', fromlist=['x'])":                     {"__import__ a.b from x"},
		"__import__('a', globals(), locals(), ['x'], 0)":        {"__import__ a from x"},
		"__import__('a', {}, {}, ['x', 'y', 'z'])":              {"__import__ a from x,y,z"},
		"__import__('a', {'k': v}, None, ('x', 'y'))":           {"__import__ a from x,y"},
		"__import__('a', fromlist=[x, 'y'])":                    {"__import__ a from y", "__import__ ?"},
		"__import__('a', globals(), locals(), x)":               {"__import__ a", "__import__ ?"},
		"__import__('a', fromlist=f(x, k=1), level=0)":          {"__import__ a", "__import__ ?"},
		"__import__('a', fromlist=x + y)":                       {"__import__ a", "__import__ ?"},
		"__import__('a', fromlist=None)":                        {"__import__ a"},
		"__import__('a', globals(), None, [], 1)":               {"__import__ .a"},
		"__import__('a', globals(), level=2)":                   {"__import__ ..a"},
		"__import__('a', globals(), level=x)":                   {"__import__ ?"},
		"__import__('a', x, level=1)":                           {"__import__ ?"},
		"__import__('a', level=-1)":                             {"__import__ ?"},
		"__import__(fromlist=('x',), name='a')":                 {"__import__ a from x"},
		"__import__('a' + x)":                                   {"__import__ ?"},
		"__import__('a%s' % x, fromlist=['y'])":                 {"__import__ ?"},
		"__import__(f'a{x}')":                                   {"__import__ ?"},
		"__import__('a.{}'.format(x))":                          {"__import__ ?"},
		"def f(n):;  __import__('a', globals(), locals(), [n])": {"__import__ a", "__import__ ?"},
		// What others are given.
		"m.import_module('a', package=x)":               {"import_module a"},
		"m.import_module('.a', package=x)":              {"import_module ?"},
		"m.import_module('.a', package=__package__)":    {"import_module .a"},
		"m.import_module(package='p', name='.a')":       {"import_module .a in p"},
		"m.find_spec('a', x)":                           {"find_spec ?"},
		"m.run_module('a', {}, run_name='__main__')":    {"run_module a"},
		"m.run_module(mod_name='a', alter_sys=f(x))":    {"run_module a"},
		"m.import_module('a').b(x)":                     {"import_module a"},
		"m.import_module(m.import_module('a').b)":       {"import_module a", "import_module ?"},
		"m.import_module()":                             nil,
		"m.import_module('')":                           nil,
		"x = [m.import_module, 'a']":                    nil,
		"f(m.import_module, 'a')":                       nil,
		"f(m.import_module.a('b'))":                     nil,
		"del m.x;if m.find_spec:;  f('a')":              nil,
		"x = m.import_module;f('a')":                    nil,
		"m.import_module(g('a', k=1), package=h(x)[0])": {"import_module ?"},
	} {
		src := strings.NewReplacer(";", "\n", "\v", ";").Replace(text) + "\n"
		result := compileAll(t, interp, Options{}, source("m.py", src))[0]
		if result.Err != nil {
			t.Fatal(text, result.Err)
		}
		found, err := ReadImports(result.Code, interp.Version, "linux", nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, describe(found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		code, err := ReadCode(result.Code, interp.Version)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, describe(code.Imports("linux"))); diff != "" {
			t.Errorf("%s: Code.Imports (-want +got):\n%s", text, diff)
		}
	}
}

// TestImportersOfVersions reads a function in the bytecode of each version: it has import_module as a variable and as im, which it shares with
// a function inside, and loads it by every instruction for variables.
func TestImportersOfVersions(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{py310, py311, py312, py313, py314} {
		t.Run(v.Feature(), func(t *testing.T) {
			t.Parallel()
			call := func(name int) []any { return []any{opNop, 0, opLoadConst, name, opCall, 1, opPopTop, 0} }
			inner := codeParts{consts: tuple(short("e")), function: true}
			outer := codeParts{names: tuple(short("importlib"), short("import_module")), function: true}
			shared, place := 2, 1 // of im among the variables of each
			if v == py310 {
				shared, inner.cells, inner.free, outer.cells, outer.locals = 0, tuple(short("y")), tuple(short("im")), tuple(short("im")), tuple(short("x"), short("import_module"))
			} else {
				inner.locals, inner.kinds = tuple(short("y"), short("im")), bytesOf("\x40\x80")
				outer.locals, outer.kinds = tuple(short("x"), short("import_module"), short("im")), bytesOf("\x20\x20\x40")
			}
			inner.code = assemble(v, append([]any{opLoadDeref, place}, call(0)...)...)
			outer.consts = tuple("i"+le32(0), tuple(short("import_module"), short("import_module")), short("a"), short("b"), short("c"), codeOf(v, inner))

			program := []any{
				opLoadConst, 0, opLoadConst, 1, opImportName, 0, opImportFrom, 1, opStoreFast, 1, opImportFrom, 1, opStoreDeref, shared,
				opPopTop, 0, opLoadConst, 5, opPopTop, 0,
			}
			var want []string
			for opcode, op := range opcodesOf(v).ops {
				load, arg, name := op == opLoadFast || op == opLoadFasts || op == opLoadDeref, 1, 2
				switch op {
				case opLoadFasts:
					name = 3
				case opLoadDeref:
					arg, name = shared, 4
				}
				if load {
					program = append(append(program, byte(opcode), arg), call(name)...)
					want = append(want, "import_module "+string("??abc"[name]))
				}
			}
			outer.code = assemble(v, program...)
			found, err := ReadImports([]byte(codeOf(v, outer)), v, "linux", nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append(want, "import_module e"), describe(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			loads := map[Version]int{py310: 3, py311: 3, py312: 4, py313: 6, py314: 8}[v]
			if len(want) != loads {
				t.Errorf("%d instructions load variables, want %d", len(want), loads)
			}
		})
	}
}
