package pyc

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestReadCodeRefuses(t *testing.T) {
	t.Parallel()
	constant := func(stream string) string { return codeOf(py314, codeParts{consts: tuple(stream)}) }
	const first = 1 + 5*4 + 5 + 2 // where the first constant begins
	good := codeOf(py314, codeParts{})
	tests := map[string]struct {
		stream  string
		offset  int
		problem string
	}{
		"empty":               {"", 0, "not a code object"},
		"not code":            {"N", 0, "not a code object"},
		"cut in integers":     {good[:9], 1, "20 bytes wanted, 8 left"},
		"cut at the end":      {good[:len(good)-1], len(good) - 3, "3 bytes wanted, 2 left"},
		"trailing":            {good + "N", len(good), "1 bytes after the end"},
		"unknown type":        {constant("?"), first, `type '?'`},
		"list":                {constant("[" + le32(0)), first, `type '['`},
		"future reference":    {constant(ref(0)), first, "reference to object 0"},
		"reference to itself": {constant(flagged(tuple(ref(0)))), first + 2, "reference to object 0"},
		"negative size":       {constant("s" + le32(-1)), first + 1, "negative size -1"},
		"huge tuple":          {constant("")[:first] + "(" + le32(1<<31-1), first + 5, "1 bytes wanted, 0 left"},
		"huge int":            {constant("l" + le32(-1<<31)), first, "int of 2147483648 digits is cut off"},
		"not UTF-8":           {constant("u" + le32(2) + "\xff\xfe"), first, "str is not UTF-8"},
		"half a surrogate":    {constant("u" + le32(2) + "\xed\xa0"), first, "str is not UTF-8"},
		"not ASCII":           {constant(short("\xe9")), first, "str is not ASCII"},
		"names no tuple":      {codeOf(py314, codeParts{names: "N"}), 0, "names of the code object"},
		"name no str":         {codeOf(py314, codeParts{names: tuple("N")}), 0, "names of the code object"},
		"kinds too short":     {codeOf(py314, codeParts{locals: tuple(short("x"))}), 0, "localspluskinds"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadCode([]byte(test.stream), py314)
			var bad *MarshalError
			if !errors.As(err, &bad) {
				t.Fatalf("ReadCode: error %v, want a *MarshalError", err)
			}
			if bad.Offset != test.offset || !strings.Contains(bad.Problem, test.problem) {
				t.Errorf("ReadCode: %v, want byte %d and %q", bad, test.offset, test.problem)
			}
		})
	}
}

func TestReadCodeOfUnknownVersion(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{{}, {2, 7, 18}, {3, 9, 0}, {3, 15, 0}, {4, 10, 0}} {
		if _, err := ReadCode([]byte(codeOf(py314, codeParts{})), v); err == nil {
			t.Errorf("ReadCode of a Python %s: no error", v)
		}
	}
}

func TestReadCodeDepth(t *testing.T) {
	t.Parallel()
	nested := func(depth int) []byte {
		return []byte(codeOf(py314, codeParts{consts: strings.Repeat(")\x01", depth) + "N"}))
	}
	if _, err := ReadCode(nested(maxDepth-1), py314); err != nil {
		t.Errorf("as deep as marshal goes: %v", err)
	}
	if _, err := ReadCode(nested(1_000_000), py314); err == nil || !strings.Contains(err.Error(), "nest deeper") {
		t.Errorf("a million deep: error %v", err)
	}
}

// What a stream shares must not be copied out: here names and locals of 100,000 entries are shared by 1,000 functions.
func TestReadCodeSharesMemory(t *testing.T) {
	const entries, functions = 100_000, 1_000
	items := "(" + le32(entries) + flagged(short("x")) + strings.Repeat(ref(2), entries-1)
	kinds := bytesOf(strings.Repeat(" ", entries))
	inner := codeOf(py314, codeParts{names: ref(1), locals: ref(1), kinds: ref(3), name: ref(2)})
	outer := flagged(codeOf(py314, codeParts{
		names: flagged(items), locals: ref(1), kinds: flagged(kinds), name: ref(2),
		consts: tuple(),
	}))
	// The constants come before the names, so the functions go in front of another code object's last part.
	stream := codeOf(py314, codeParts{consts: "(" + le32(functions+1) + outer + strings.Repeat(inner, functions)})
	// outer is object 0; names, its first item and kinds follow.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	code, err := ReadCode([]byte(stream), py314)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(code.Consts); got != functions+1 {
		t.Errorf("%d functions, want %d", got, functions+1)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64*uint64(len(stream)) {
		t.Errorf("%d bytes allocated for a stream of %d", used, len(stream))
	}
}

func FuzzReadCode(f *testing.F) {
	for _, v := range []Version{py310, py314} {
		f.Add([]byte(codeOf(v, codeParts{})), v.Minor)
		f.Add([]byte(codeOf(v, codeParts{
			code:   bytesOf("\x52\x00\x52\x01\x49\x00"),
			consts: tuple("i"+le32(0), tuple(short("path")), "g"+le32(0)+le32(1), "l"+le32(-2)+"\x01\x00\x02\x00", frozenset("N", "T"), ":NNN", codeOf(v, codeParts{})),
			names:  tuple(flagged(short("os")), ref(0)),
		})), v.Minor)
	}
	f.Fuzz(func(t *testing.T, data []byte, minor int) {
		v := Version{3, minor, 0}
		_, readErr := ReadImports(data, v, "linux", func([]byte) {})
		code, err := ReadCode(data, v)
		if err != nil {
			return
		}
		if readErr != nil {
			t.Errorf("ReadImports: %v", readErr)
		}
		for _, i := range code.Imports("linux").List {
			if i.In == nil {
				t.Error("an import that is nowhere")
			}
		}
		for c := range code.All() {
			for _, name := range slices.Concat(c.Varnames(), c.Cellvars(), c.Freevars()) {
				if !validText([]byte(name)) {
					t.Errorf("variable %q", name)
				}
			}
		}
	})
}
