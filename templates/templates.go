// Package templates holds the fixed texts that oxgen puts into programs and projects.
package templates

import (
	"embed"
	"io/fs"
)

// Files holds:
//
//	bootstrap.py      the first Python code that runs in a program, as the frozen package encodings
//	importer.py       the importer, module _oxgen_importer
//	files.py          the program's files for the functions of os and io, module _oxgen_files
//	disk.py           what is Linux's and macOS's own about them, module _oxgen_disk; disk_windows.py, what is Windows's
//	guards_windows.py the guards around those functions on Windows, module _oxgen_guards
//	certificates.py   the same for the module ssl, module _oxgen_certificates
//	extract.py        packages that are put on disk, module _oxgen_extract
//	cache.py          the user's directory for them, module _oxgen_cache; cache_windows.py, the same for Windows
//	native.py         extension modules and shared libraries, module _oxgen_native
//	native_windows.py and native_darwin.py, the same for Windows and macOS
//	process.py        the main module, children, what C prints of errors, module _oxgen_process
//	resources.py      what importlib.resources and importlib.metadata ask of it, module _oxgen_resources
//
//go:embed *.py
var Files embed.FS

// Has tells whether there is a text of that name.
func Has(name string) bool {
	_, err := fs.Stat(Files, name)
	return err == nil
}
