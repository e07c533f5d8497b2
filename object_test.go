package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/oxgen/oxgen/internal/objfile/objfiletest"
)

// elfFile FILE [KEY=VALUE]... writes an ELF library for linux/amd64. The keys soname, run, needed, version (LIBRARY:NAME), import
// and export are those of objfiletest.ELF; all but the first two may stand several times.
func elfFile(ts *testscript.TestScript, _ bool, args []string) {
	var x objfiletest.ELF
	for _, arg := range args[1:] {
		switch key, value, _ := strings.Cut(arg, "="); key {
		case "soname":
			x.SOName = value
		case "run":
			x.RunPath = value
		case "needed":
			x.Needed = append(x.Needed, value)
		case "version":
			library, name, _ := strings.Cut(value, ":")
			x.Versions = append(x.Versions, objfiletest.Version{Library: library, Name: name})
		case "import":
			x.Imports = append(x.Imports, value)
		case "export":
			x.Exports = append(x.Exports, value)
		default:
			ts.Fatalf("elf: unknown key %q", key)
		}
	}
	name := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
	ts.Check(os.WriteFile(name, x.Bytes(), 0o666))
}
