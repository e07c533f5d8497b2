package pyembed

import (
	"slices"
	"strings"

	"github.com/oxgen/oxgen/pyembed/internal/loader"
)

// The versions of generated code that this version of the package runs.
const (
	MinVersion = 1
	MaxVersion = 1
)

// EnforceVersion makes the compiler check that generated code and this package fit together:
//
//	const (
//		_ = pyembed.EnforceVersion(1 - pyembed.MinVersion)
//		_ = pyembed.EnforceVersion(pyembed.MaxVersion - 1)
//	)
//
// does not compile when 1 lies outside the range, because the difference is negative.
type EnforceVersion uint

// A Program is a Python program with its interpreter. Generated packages hold one; its fields may be changed before
// Main or Run.
type Program struct {
	Name        string // for messages
	Table       string // the packed modules and files, see package table; it may be compact
	Common      string // what the tables for several platforms have in common; "" in a program for one; it may be compact
	Fingerprint string // of Table, as it was when the Go source was generated: 64 hexadecimal digits
	Library     *Library
	Needs       []string // paths in Table of the libraries that Library is linked with, in the order of loading
	Config      Config
}

// A Library is libpython as an executable carries it.
type Library = loader.Library

// A LinkedExtension is an extension module that is part of the executable.
type LinkedExtension = loader.LinkedExtension

// An Extent is a part of a Library's file.
type Extent = loader.Extent

// A Row says of one module or file that it is in the table. Rows are for people: generated code lists them, one a line,
// so that a diff shows what came into a program. The program itself reads the table.
type Row struct {
	Path      string // below the virtual root
	Kind      Kind
	Size      int    // of the file or source, in bytes; of a .pyc file for a module without its source
	Digest    string // the first 8 hexadecimal digits of the SHA-256 of the file or source that it was made from
	Extracted bool   // put into the user's cache directory at run time
}

// MergeRows returns the rows of two lists in the order of their paths: those that all platforms have, and those of one.
func MergeRows(common, own []Row) []Row {
	all := slices.Concat(common, own)
	slices.SortFunc(all, func(a, b Row) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// A Kind says what a Row stands for.
type Kind string

// The kinds of rows.
const (
	Module        Kind = "module"
	Package       Kind = "package"
	Extension     Kind = "extension"
	SharedLibrary Kind = "library"
	Data          Kind = "data"
	Metadata      Kind = "metadata"
)
