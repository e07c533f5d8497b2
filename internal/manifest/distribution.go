package manifest

import "strconv"

// A Distribution is a Python distribution whose metadata the program holds.
type Distribution struct {
	Name       string `json:"name"`       // as its metadata writes it
	Normalized string `json:"normalized"` // the name that Files have (PEP 503)
	Version    string `json:"version"`    // "" when the metadata do not say
	Info       string `json:"info"`       // its directory of metadata in the program, or a file: "requests-2.32.dist-info"
	Input      string `json:"input"`      // what it comes from, as the user wrote it

	Wheel  string `json:"wheel,omitempty"`  // file name, when Input is a wheel
	SHA256 string `json:"sha256,omitempty"` // of the wheel, in hexadecimal digits

	Summary  string   `json:"summary,omitempty"`
	Homepage string   `json:"homepage,omitempty"`
	Licence  Licence  `json:"licence"`
	Requires []string `json:"requires,omitempty"` // dependency specifiers (PEP 508), in the order of the metadata

	Vendored []Vendored `json:"vendored,omitempty"` // copies of other distributions among its files, by name
}

// A Licence is what is known about the licence of something.
type Licence struct {
	Expression string   `json:"expression,omitempty"` // SPDX; "" when it is not known
	From       string   `json:"from,omitempty"`       // where that was found: "License-Expression", "License", "classifiers", "texts"
	Stated     string   `json:"stated,omitempty"`     // what the metadata say, when no expression could be made of it
	Files      []string `json:"files,omitempty"`      // texts: paths in the program, sorted
}

// Known tells whether there is an expression.
func (l *Licence) Known() bool { return l.Expression != "" }

// Text returns the licence for people: the expression, else what the metadata say in quotes, else "unknown".
func (l *Licence) Text() string {
	switch {
	case l.Expression != "":
		return l.Expression
	case l.Stated != "":
		return strconv.Quote(l.Stated)
	}
	return "unknown"
}

// A Vendored distribution is a copy inside of another.
type Vendored struct {
	Name    string  `json:"name"` // as it is written where it was found
	Version string  `json:"version"`
	List    string  `json:"list"` // the file of the program that says so: "pip/_vendor/vendor.txt"
	Licence Licence `json:"licence"`
}

// A Bundled is a C library that CPython's modules are made with.
type Bundled struct {
	Name    string `json:"name"`              // of internal/bundled: "openssl"
	Version string `json:"version,omitempty"` // "" when nobody could tell
	Licence string `json:"licence,omitempty"` // SPDX expression
	In      string `json:"in"`                // the file of the program that holds it, or Libpython
}

// Libpython stands for libpython where a file of the program may stand.
const Libpython = "libpython"

// A Runtime is libpython as it was for one target.
type Runtime struct {
	Target string   `json:"target"`           // "linux/amd64"
	Link   string   `json:"link"`             // how it comes into the executable: "mapped", "static", "shared"
	Name   string   `json:"name,omitempty"`   // file name: "libpython3.14.so.1.0"
	SHA256 string   `json:"sha256,omitempty"` // of the file, before it was divided
	Size   int64    `json:"size,omitempty"`   // in bytes
	Needs  []string `json:"needs,omitempty"`  // names of the libraries that it is linked with

	Extensions []Linked `json:"extensions,omitempty"` // with Link "static", in the order of the configuration
}

// A Linked is an extension module that is linked into the executable.
type Linked struct {
	Module    string   `json:"module"`              // "shop._fast"
	Object    string   `json:"object"`              // the generated file that it comes from
	SHA256    string   `json:"sha256"`              // of that file
	Libraries []string `json:"libraries,omitempty"` // that it is linked with, named as after -l
}
