package pyc

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// assemble writes the bytecode of one version: meanings or opcodes with arguments, which may need EXTENDED_ARG.
func assemble(v Version, lines ...any) string {
	codes := opcodesOf(v)
	var b strings.Builder
	for i := 0; i < len(lines); i += 2 {
		arg := lines[i+1].(int)
		if arg > 0xFF {
			b.Write([]byte{byte(slices.Index(codes.ops[:], opExtendedArg)), byte(arg >> 8)})
		}
		number := 2 // an opcode that means nothing here
		if opcode, ok := lines[i].(byte); ok {
			number = int(opcode)
		} else if op := lines[i].(op); op != opOther {
			number = slices.Index(codes.ops[:], op)
		} else if v == py311 || v == py312 {
			number = 12 // UNARY_NOT
		}
		b.Write([]byte{byte(number), byte(arg)})
	}
	return bytesOf(b.String())
}

func TestImports(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("N", 300)
	for _, v := range []Version{py310, py311, py312, py313, py314} {
		t.Run(v.Feature(), func(t *testing.T) {
			t.Parallel()
			zero := []any{opLoadConst, 0}
			if v == py314 {
				zero = []any{opLoadSmallInt, 0}
			}
			program := append(zero,
				opLoadConst, 300, opImportName, 0, // import os.path, past an EXTENDED_ARG
				opLoadConst, 301, opNop, 0, opLoadConst, 302, opImportName, 1, // from ..a import b, *
				opLoadConst, 0, opOther, 0, opLoadConst, 300, opImportName, 0, // not what the compiler makes
				opLoadConst, 9999, opLoadConst, 300, opImportName, 0, // no such constant
				opLoadConst, 0, opLoadConst, 300, opImportName, 99, // no such name
				opLoadConst, 303, // the function
			)
			if v != py310 {
				program = append(program, opCache, 0, opCache, 0)
			}
			inner := codeOf(v, codeParts{
				code:   assemble(v, opLoadConst, 0, opLoadConst, 1, opImportName, 0),
				consts: tuple("i"+le32(0), "N"), names: tuple(short("json")),
			})
			code, err := ReadCode([]byte(codeOf(v, codeParts{
				code:   assemble(v, program...),
				consts: "(" + le32(304) + "i" + le32(0) + many[1:] + "N" + "i" + le32(2) + tuple(short("b"), short("*")) + inner,
				names:  tuple(short("os.path"), short("a")),
			})), v)
			if err != nil {
				t.Fatal(err)
			}
			want := []Import{{Name: "os.path"}, {Name: "a", Level: 2, From: []string{"b", "*"}}, {Name: "json"}}
			if diff := cmp.Diff(want, code.Imports("linux").List, cmpopts.IgnoreFields(Import{}, "In", "Line", "Context")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every line with a comment holds one import, and the comment says when it runs.
const contextsSource = `
import sys, os, importlib
import typing as t
import a1  # always
if t.TYPE_CHECKING:
    import a2  # conditional, type checking
try:
    import b1  # tried
except ImportError:
    import b2  # conditional
import b3  # always
try:
    import b4  # tried
except (KeyError, ImportError):
    pass
try:
    import b5  # always
except KeyError:
    pass
try:
    import b6  # always
finally:
    import b7  # always
try:
    try:
        import b8  # tried
    finally:
        del a1
except:
    import b9  # conditional
with open("x") as f:
    import c1  # always
for x in f:
    import c2  # conditional
while x:
    import c3  # conditional
if sys.platform == "win32":
    import d1  # conditional, other platform
else:
    import d2  # conditional
if sys.platform.startswith(("win", "cygwin")):
    import d3  # conditional, other platform
if sys.platform != "linux":
    import d4  # conditional, other platform
if os.name in ("nt", "ce"):
    import d5  # conditional, other platform
if sys.version_info >= (3, 8):
    import d6  # conditional
else:
    import d7  # conditional, other platform
if sys.platform == "linux" and x:
    import d8  # conditional
class C:
    import e1  # always
    def f():
        import e2  # function
        try:
            import e3  # function, tried
        except ModuleNotFoundError as e:
            raise
def g():
    if sys.platform == "win32":
        def h():
            import e4  # function, other platform
    return h
def i():
    import sys
    if sys.platform == "win32":
        import e5  # function, conditional, other platform
importlib.import_module("f1")  # always
importlib.import_module(".f2", __package__)  # always
importlib.import_module(".f3", package=__name__)  # always
importlib.import_module("..f4", "a.b.c")  # always
__import__("f5")  # always
__import__("f6", globals(), locals(), ["x"])  # always
if importlib.util.find_spec("f7"):  # always
    import f8  # conditional
import g1 ; import_module = importlib.import_module  # always
x = 3
importlib.import_module("computed" + x)
importlib.import_module(f"computed.{x}")
importlib.import_module(x)
if __name__ == "__main__":
    import z1  # conditional, main
    def z():
        import z2  # function, main
`

func TestContexts(t *testing.T) {
	t.Parallel()
	interp := python(t)
	results := compileAll(t, interp, Options{}, source("m.py", contextsSource))
	if results[0].Err != nil {
		t.Fatal(results[0].Err)
	}
	code, err := ReadCode(results[0].Code, interp.Version)
	if err != nil {
		t.Fatal(err)
	}
	found := code.Imports("linux")
	var got []string
	for _, i := range found.List {
		when := strings.Join(i.Context.Names(), ", ")
		if when == "" {
			when = "always"
		}
		if !slices.Contains([]string{"sys", "os", "importlib", "typing"}, i.Name) {
			got = append(got, fmt.Sprintf("%s:%d %s", i.Name, i.Line, when))
		}
	}
	slices.Sort(got)
	got = slices.CompactFunc(got, func(a, b string) bool { // the compiler writes a finally twice
		a, _, _ = strings.Cut(a, " ")
		b, _, _ = strings.Cut(b, " ")
		return a == b
	})
	var want []string
	for n, line := range strings.Split(contextsSource, "\n") {
		text, when, ok := strings.Cut(line, "  # ")
		if !ok {
			continue
		}
		at := strings.IndexAny(text, "123456789")
		want = append(want, fmt.Sprintf("%s:%d %s", text[at-1:at+1], n+1, when))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(found.Computed) != 3 {
		t.Errorf("computed: %v", found.Computed)
	}
	for _, i := range found.List {
		if i.Name == "f4" && (i.Package != "a.b.c" || i.Level != 2) {
			t.Errorf("f4: %+v", i)
		}
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	interp := python(t)
	for text, want := range map[string][]string{
		"x = 1":                                      nil,
		"__all__ = ['b', 'a']":                       {"a", "b"},
		"__all__ = ('a', 'b')\n__all__ += ['c']":     {"a", "b", "c"},
		"y = 'z'\n__all__ = [x, 'a', 'b', 'c', 'd']": {"a", "b", "c", "d"},
		"def f():\n  __all__ = ['a']":                nil,
		"__all__ = ['a']\n__all__.extend(['c', 'd', 'e', 'b'])\n__all__.append('f')":       {"a", "b", "c", "d", "e", "f"},
		"__all__ = []\n__all__.extend(('a', 'b'))\n__all__.extend([x, 'c'])":               {"a", "b", "c"},
		"__all__.extend(x.__all__)\n__all__.append(x)":                                     nil,
		"__all__.extend('ab')\n__all__.append(['c'])":                                      nil,
		"__all__.append(f('a'))\n__all__.index('b')\nx.append('c')\nx.__all__.append('d')": nil,
		"def f():\n  __all__.append('a')":                                                  nil,
	} {
		results := compileAll(t, interp, Options{}, source("m.py", text))
		code, err := ReadCode(results[0].Code, interp.Version)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, code.Imports("").All); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	interp := python(t)
	results := compileAll(t, interp, Options{}, source("m.py", "a.f(a.g, b.h, x.a.i)\ndef d(y):\n  y.z(); c = a.j; return a.k(a, a.l.m)\n"))
	code, err := ReadCode(results[0].Code, interp.Version)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for c := range code.All() {
		got[c.Name] = c.Attributes("a")
	}
	if diff := cmp.Diff(map[string][]string{"<module>": {"f", "g"}, "d": {"j", "k", "l"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// statements returns the import statements of c alone, in the order of the code.
func (c *Code) statements() []Import {
	found := &Imports{}
	f := c.analyse("", 0)
	f.scope = scope{module: &moduleScope{}}
	f.collect(found)
	return slices.DeleteFunc(found.List, func(i Import) bool { return i.Call != "" })
}

// TestReadImportsTexts finds the strings among constants, however deep, and no names.
func TestReadImportsTexts(t *testing.T) {
	t.Parallel()
	inner := codeOf(py314, codeParts{consts: tuple(tuple(short("b"), "N"), "N")})
	data := codeOf(py314, codeParts{consts: tuple(short("a"), "u"+le32(3)+"\xe2\x82\xac", inner, frozenset(short("c"))), names: tuple(short("name"))})
	var got []string
	_, err := ReadImports([]byte(data), py314, "linux", func(text []byte) { got = append(got, string(text)) })
	slices.Sort(got)
	if diff := cmp.Diff([]string{"a", "b", "c", "€"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := ReadImports([]byte(codeOf(py314, codeParts{consts: short("no tuple")})), py314, "linux", func([]byte) {}); err == nil {
		t.Error("no error for constants that are no tuple")
	}
}
