// Package templates holds the fixed texts that oxgen puts into programs and projects.
package templates

import "embed"

// Files holds:
//
//	bootstrap.py   the first Python code that runs in a program, as the frozen package encodings
//	importer.py    the importer, module _oxgen_importer
//	extract.py     packages that are put on disk, module _oxgen_extract
//	native.py      extension modules and shared libraries, module _oxgen_native
//	process.py     the main module, children, what C prints of errors, module _oxgen_process
//	resources.py   what importlib.resources and importlib.metadata ask of it, module _oxgen_resources
//
//go:embed *.py
var Files embed.FS
