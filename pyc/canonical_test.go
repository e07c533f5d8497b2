package pyc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func canonical(t *testing.T, stream string, v Version) string {
	t.Helper()
	out, err := Canonical([]byte(stream), v)
	if err != nil {
		t.Fatalf("Canonical: %v", err)
	}
	return string(out)
}

// Streams of equal values that processes with different histories write.
func TestCanonicalJoins(t *testing.T) {
	t.Parallel()
	interned := func(s string) string { return "Z" + short(s)[1:] }
	text := func(s string) string { return "a" + le32(len(s)) + s }
	tests := map[string]struct{ one, other codeParts }{
		"flag without a reference": {
			codeParts{name: short("f")},
			codeParts{name: flagged(short("f"))},
		},
		"reference or repetition": {
			codeParts{consts: tuple(flagged(short("a b")), ref(0))},
			codeParts{consts: tuple(short("a b"), short("a b"))},
		},
		"equal tuples": {
			codeParts{consts: tuple(tuple(short("a b"), "N"), tuple(short("a b"), "N"))},
			codeParts{consts: tuple(flagged(tuple(short("a b"), "N")), ref(0))},
		},
		"interned by another module": {
			codeParts{consts: tuple(interned("a b"))},
			codeParts{consts: tuple(short("a b"))},
		},
		"a name that is not interned": {
			codeParts{names: tuple(short(".0"))},
			codeParts{names: tuple(interned(".0"))},
		},
		"order of a frozenset": {
			codeParts{consts: tuple(frozenset(short("x"), short("y"), "N", tuple("T")))},
			codeParts{consts: tuple(frozenset("N", tuple("T"), short("y"), short("x")))},
		},
		"long and short forms": {
			codeParts{consts: tuple(text("x"), "("+le32(1)+"N", "u"+le32(1)+"y")},
			codeParts{consts: tuple(short("x"), tuple("N"), short("y"))},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range []Version{py310, py311, py314} {
				one, other := canonical(t, codeOf(v, test.one), v), canonical(t, codeOf(v, test.other), v)
				if one != other {
					t.Errorf("Python %s:\n%q\n%q", v.Feature(), one, other)
				}
			}
		})
	}
}

// Values that are equal in Python but not the same constant stay apart.
func TestCanonicalKeepsApart(t *testing.T) {
	t.Parallel()
	code := codeOf(py314, codeParts{})
	tests := map[string][2]string{
		"zero and minus zero":      {"g" + le32(0) + le32(0), "g" + le32(0) + le32(-1<<31)},
		"int and float":            {"i" + le32(1), "g" + le32(0) + le32(0x3FF00000)},
		"int and bool":             {"i" + le32(1), "T"},
		"str and bytes":            {short("x y"), bytesOf("x y")},
		"tuple and frozenset":      {tuple("N"), frozenset("N")},
		"tuples of such":           {tuple("i" + le32(1)), tuple("T")},
		"code objects that happen": {code, code},
	}
	for name, pair := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _, err := decode([]byte(canonical(t, codeOf(py314, codeParts{consts: tuple(pair[0], pair[1])}), py314)), 0, py314)
			if err != nil {
				t.Fatal(err)
			}
			consts := g.kidsOf(&g.nodes[g.kidsOf(&g.nodes[g.root()])[g.layout.consts]])
			if consts[0] == consts[1] {
				t.Error("joined")
			}
		})
	}
}

// Only what is referred to is flagged: here x and its tuple, but not the name, small ints or the empty tuple.
func TestCanonicalFlags(t *testing.T) {
	t.Parallel()
	x := tuple(short("a b"), "i"+le32(5))
	got := canonical(t, codeOf(py314, codeParts{consts: tuple(flagged(x), x, short("a b"), flagged(tuple()), tuple())}), py314)
	want := tuple(flagged(tuple(flagged(short("a b")), "i"+le32(5))), ref(0), ref(1), tuple(), tuple())
	if !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

// What the interpreter interns differs: of these 3.12 interns the name only, 3.13 all.
func TestCanonicalInterns(t *testing.T) {
	t.Parallel()
	parts := codeParts{consts: tuple(short("a_Z9"), short("-"), short("a-b"), short("")), names: tuple(short(".0")), filename: short("a/b.py")}
	tests := map[Version]string{
		py312: "a_Z9:yes -:no a-b:no :yes .0:yes a/b.py:no",
		py313: "a_Z9:yes -:yes a-b:no :yes .0:yes a/b.py:yes",
	}
	for v, want := range tests {
		g, _, err := decode([]byte(canonical(t, codeOf(v, parts), v)), 0, v)
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]string)
		for _, n := range g.nodes {
			switch n.kind {
			case typeInterned:
				got[string(n.text)] = "yes"
			case typeUnicode:
				got[string(n.text)] = "no"
			}
		}
		line := ""
		for _, s := range []string{"a_Z9", "-", "a-b", "", ".0", "a/b.py"} {
			line += " " + s + ":" + got[s]
		}
		if line[1:] != want {
			t.Errorf("Python %s: %s, want %s", v.Feature(), line[1:], want)
		}
	}
}

// FuzzCanonical holds Canonical to its word: same values, and canonical already.
func FuzzCanonical(f *testing.F) {
	for _, v := range []Version{py310, py312, py314} {
		f.Add([]byte(codeOf(v, codeParts{
			consts: tuple(frozenset(short("b"), short("a")), flagged(tuple("N", ":NNN")), ref(0), "i"+le32(1000), codeOf(v, codeParts{})),
			names:  tuple(short("os")),
		})), v.Minor)
	}
	f.Fuzz(func(t *testing.T, data []byte, minor int) {
		v := Version{3, minor, 0}
		once, err := Canonical(data, v)
		if err != nil {
			return
		}
		twice, err := Canonical(once, v)
		if err != nil {
			t.Fatalf("canonical form can't be read: %v", err)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("not canonical (-once +twice):\n%s", cmp.Diff(once, twice))
		}
		before, err := ReadCode(data, v)
		if err != nil {
			return
		}
		if moved, err := Relocate(data, v, before.Filename); err != nil || !bytes.Equal(moved, once) {
			t.Errorf("moved to where it is, it changed: %v (-canonical +moved):\n%s", err, cmp.Diff(once, moved))
		}
		after, err := ReadCode(once, v)
		if err != nil {
			t.Fatalf("canonical form is no code object: %v", err)
		}
		if b, a := render(before), render(after); b != a {
			t.Errorf("values changed (-before +after):\n%s", cmp.Diff(b, a))
		}
	})
}
