package pyc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// assemble writes the bytecode of one version: mnemonics with their arguments, which may need EXTENDED_ARG.
func assemble(v Version, lines ...any) string {
	op := opcodesOf(v)
	numbers := map[string]byte{"NOP": op.nop, "LOAD_CONST": op.loadConst, "LOAD_SMALL_INT": op.loadSmallInt, "IMPORT_NAME": op.importName, "OTHER": 2, "CACHE": 0}
	var b strings.Builder
	for i := 0; i < len(lines); i += 2 {
		arg := lines[i+1].(int)
		if arg > 0xFF {
			b.Write([]byte{op.extendedArg, byte(arg >> 8)})
		}
		b.Write([]byte{numbers[lines[i].(string)], byte(arg)})
	}
	return bytesOf(b.String())
}

func TestImports(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("N", 300)
	for _, v := range []Version{py310, py311, py312, py313, py314} {
		t.Run(v.Feature(), func(t *testing.T) {
			t.Parallel()
			zero := []any{"LOAD_CONST", 0}
			if v == py314 {
				zero = []any{"LOAD_SMALL_INT", 0}
			}
			program := append(zero,
				"LOAD_CONST", 300, "IMPORT_NAME", 0, // import os.path, past an EXTENDED_ARG
				"LOAD_CONST", 301, "NOP", 0, "LOAD_CONST", 302, "IMPORT_NAME", 1, // from ..a import b, *
				"LOAD_CONST", 0, "OTHER", 0, "LOAD_CONST", 300, "IMPORT_NAME", 0, // not what the compiler makes
				"LOAD_CONST", 9999, "LOAD_CONST", 300, "IMPORT_NAME", 0, // no such constant
				"LOAD_CONST", 0, "LOAD_CONST", 300, "IMPORT_NAME", 99, // no such name
			)
			if v != py310 {
				program = append(program, "CACHE", 0, "CACHE", 0)
			}
			inner := codeOf(v, codeParts{
				code:   assemble(v, "LOAD_CONST", 0, "LOAD_CONST", 1, "IMPORT_NAME", 0),
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
			if diff := cmp.Diff(want, code.Imports(), cmpopts.IgnoreFields(Import{}, "In")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
