package pyc

import (
	"strings"
	"testing"
)

// TestRelocate compares code that was moved with code that was compiled where it is moved to.
func TestRelocate(t *testing.T) {
	t.Parallel()
	interp := python(t)
	const text = `
"""A module."""
PATHS = "/build/machine/mod.py", "pkg/mod.py", frozenset({"a", "/build/machine/mod.py", 1.5})
class C:
    def method(self, x=lambda: [y for y in PATHS]):
        "/build/machine/mod.py"
        return x
`
	results := compileAll(t, interp, Options{}, source("/build/machine/mod.py", text), source("pkg/mod.py", text))
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	got, err := Relocate(results[0].Code, interp.Version, "pkg/mod.py")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(results[1].Code) {
		t.Errorf("moved code differs from code compiled there\ngot  %q\nwant %q", got, results[1].Code)
	}
}

func TestRelocateLeavesOthers(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{py310, py312, py314} {
		foreign := codeOf(v, codeParts{filename: short("/other/template.html")})
		own := codeOf(v, codeParts{filename: short("/build/m.py")})
		out, err := Relocate([]byte(codeOf(v, codeParts{filename: short("/build/m.py"), consts: tuple(foreign, own)})), v, "m.py")
		if err != nil {
			t.Fatal(err)
		}
		code, err := ReadCode(out, v)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{code.Filename}
		for _, c := range code.Consts {
			names = append(names, c.(*Code).Filename)
		}
		if got, want := strings.Join(names, " "), "m.py /other/template.html m.py"; got != want {
			t.Errorf("Python %s: files %s, want %s", v.Feature(), got, want)
		}
		if _, err := Relocate([]byte(codeOf(v, codeParts{filename: "N"})), v, "m.py"); err == nil {
			t.Errorf("Python %s: a code object without a file is taken", v.Feature())
		}
	}
}
