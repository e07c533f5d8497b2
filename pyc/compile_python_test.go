package pyc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Sources as they are found in the wild, and what each interpreter says about them.
func TestCompileSources(t *testing.T) {
	t.Parallel()
	interp := python(t)
	tests := map[string]struct {
		source string
		want   string // in the error; "" if there must be none
	}{
		"empty":                   {"", ""},
		"no newline at the end":   {"x = 1", ""},
		"carriage returns":        {"if 1:\r\n  x = 1\r\n", ""},
		"byte order mark":         {"\xef\xbb\xbfx = 'é'\n", ""},
		"Latin-1":                 {"# coding: latin-1\nx = '\xe9'\n", ""},
		"encoding with a codec":   {"# -*- coding: cp1252 -*-\nx = '\x80'\n", ""},
		"warning":                 {"x = '\\d' is 'y'\nassert (x, 'y')\n", ""},
		"form feed":               {"\fx = 1\n", ""},
		"long":                    {strings.Repeat("x = [1, 2, 3]\n", 50_000), ""},
		"lone surrogate":          {"x = '\\ud800'\n", ""},
		"null byte":               {"x = 1\ny\x00 = 2\n", "app/m.py:2:2: source contains null bytes"},
		"not UTF-8":               {"x = '\xe9'\n", "app/m.py:1"},
		"unknown encoding":        {"# coding: klingon\n", "unknown encoding: klingon"},
		"Python 2":                {"x = 1\nprint 'x'\n", "app/m.py:2:1: Missing parentheses in call to 'print'"},
		"template":                {"import {{ name }}\n", "app/m.py:1:8: invalid syntax"},
		"column counts bytes":     {"é = 'é' 'é' x\n", "app/m.py:1:16: invalid syntax"},
		"indentation":             {"if 1:\nx = 1\n", "app/m.py:2:1: expected an indented block"},
		"error after the parser":  {"def f():\n  x = 1\n  nonlocal x\n", "app/m.py:3:3: name 'x' is assigned to before nonlocal declaration"},
		"many parentheses":        {strings.Repeat("(", 5_000), "too many nested parentheses"},
		"return outside function": {"return\n", "app/m.py:1:1: 'return' outside function"},
	}
	var sources []Source
	names := make([]string, 0, len(tests))
	for name, test := range tests {
		names = append(names, name)
		s := source("m.py", test.source)
		sources = append(sources, s)
	}
	results := compileAll(t, interp, Options{}, sources...)
	for i, name := range names {
		want := tests[name].want
		switch err := results[i].Err; {
		case err == nil && want != "":
			t.Errorf("%s: no error, want %q", name, want)
		case err != nil && (want == "" || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %q, want %q", name, err, want)
		}
	}
}

// Nesting ends in an error of the file, or, on interpreters that have no guard, of the worker; never of the run.
func TestCompileNesting(t *testing.T) {
	t.Parallel()
	interp := python(t)
	results := compileAll(t, interp, Options{Jobs: 1},
		source("a.py", strings.Repeat("-", 300_000)+"1"),
		source("b.py", "x = "+strings.Repeat("x.", 200_000)+"x"),
		source("c.py", strings.Repeat("x+", 200_000)+"x"),
		source("d.py", "x = 1\n"),
	)
	for i, r := range results[:3] {
		if r.Err == nil && r.Code == nil || r.Err != nil && !strings.Contains(r.Err.Error(), "nests too deeply") && !strings.Contains(r.Err.Error(), "broke down") {
			t.Errorf("source %d: error %v and %d bytes of code", i, r.Err, len(r.Code))
		}
	}
	if results[3].Err != nil {
		t.Errorf("the source after them: %v", results[3].Err)
	}
}

func TestCompileOptimize(t *testing.T) {
	t.Parallel()
	interp := python(t)
	src := source("pkg/m.py", "'the docstring'\nassert x, 'the message'\n")
	for level, want := range []string{"docstring message", "docstring", ""} {
		r := compileAll(t, interp, Options{Optimize: level}, src)[0]
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		var got []string
		for _, word := range []string{"docstring", "message"} {
			if bytes.Contains(r.Code, []byte("the "+word)) {
				got = append(got, word)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("level %d keeps %q, want %q", level, got, want)
		}
		if code, err := ReadCode(r.Code, interp.Version); err != nil || code.Filename != "pkg/m.py" {
			t.Errorf("level %d: %v, %+v", level, err, code)
		}
	}
}

// A name that is not UTF-8 becomes a co_filename with lone surrogates, as os.fsdecode has it.
func TestCompileForeignName(t *testing.T) {
	t.Parallel()
	interp := python(t)
	r := compileAll(t, interp, Options{}, source("caf\xe9.py", "x = 1\n"))[0]
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if code, err := ReadCode(r.Code, interp.Version); err != nil || code.Filename != "caf\xed\xb3\xa9.py" {
		t.Errorf("filename %q, %v", code.Filename, err)
	}
}

// The bytes of a module must not depend on what was compiled before it, in which process, or on the hash seed.
func TestCompileIsDeterministic(t *testing.T) {
	t.Parallel()
	interp := python(t)
	library := libraryOf(t, interp)
	var sources []Source
	var want [][]byte
	stdlib(t, interp, "10", func(name string, marshalled []byte, _ string) {
		code, err := Canonical(marshalled, interp.Version)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want = append(want, code)
		sources = append(sources, Source{Path: name, Name: name, Read: func() ([]byte, error) {
			return os.ReadFile(filepath.Join(library, filepath.FromSlash(name)))
		}})
	})
	for _, jobs := range []int{1, 3} {
		slices.Reverse(sources)
		slices.Reverse(want)
		for i, r := range compileAll(t, interp, Options{Jobs: jobs}, sources...) {
			if r.Err != nil || !bytes.Equal(r.Code, want[i]) {
				t.Errorf("%s with %d jobs: error %v, or other bytes than from a process with another history", sources[i].Name, jobs, r.Err)
			}
		}
	}
}

// What depended on history: strings that another module interned, sets by hash, and reference counts.
func TestCompileForgetsHistory(t *testing.T) {
	t.Parallel()
	interp := python(t)
	var items []string
	for i := range 200 {
		items = append(items, fmt.Sprintf("'word %d', %d, None, 'w%d'", i, i*1000, i))
	}
	subject := source("m.py", "import sys\ndef f(x, *a):\n  return x in {"+strings.Join(items, ", ")+"} or x == '*' or x == 'a b'\n")
	alone := compileAll(t, interp, Options{Jobs: 1}, subject)[0]
	crowd := compileAll(t, interp, Options{Jobs: 1},
		source("n.py", "from os import *\nfrom sys import *\nx = '*', 'a b', 'word 7', 7000\n"),
		source("m.py", "x = {'word 7', 7000}\n"), subject)[2]
	if alone.Err != nil || crowd.Err != nil {
		t.Fatal(alone.Err, crowd.Err)
	}
	if !bytes.Equal(alone.Code, crowd.Code) {
		t.Error("a module has other bytes when others were compiled before it")
	}
}
