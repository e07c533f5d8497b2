package collector

import (
	"bytes"
	"fmt"
	"io"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/wheel"
)

// StdlibDistribution is the Distribution of what comes from the standard library. No distribution of that name can be
// installed beside it: the index reserves the name.
const StdlibDistribution = "python"

// A Kind says how a resource is used.
type Kind uint8

// The kinds of resources.
const (
	Module    Kind = iota + 1 // Python source, or bytecode without a source
	Extension                 // extension module
	Library                   // shared library that extension modules link with or load
	Data                      // any other file, byte for byte
	Metadata                  // file of a distribution's .dist-info or .egg-info
	Script                    // program of a distribution; none is embedded so far
)

var kindNames = [...]string{
	Module: "module", Extension: "extension", Library: "library", Data: "resource",
	Metadata: "metadata", Script: "script",
}

// String returns the kind in lower case; Data is "resource".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// An Origin says where something comes from, in the user's words.
type Origin struct {
	Input string // label of the input
	File  string // slash path inside it; "" for an input that is a single file
}

// String returns "app/util.py" for a file of a tree and "wheels/x-1-py3-none-any.whl!x/util.py" for one of a wheel.
func (o Origin) String() string {
	switch {
	case o.File == "":
		return o.Input
	case isWheelName(o.Input):
		return o.Input + "!" + o.File
	}
	return o.Input + "/" + o.File
}

// A Resource is one file that goes into the program.
type Resource struct {
	Kind         Kind
	Path         string // slash path below the virtual root, unique: "json/decoder.py", "requests-2.0.dist-info/METADATA"
	Module       string // dotted name of a Module or an Extension: "json.decoder", "json" for json/__init__.py; "" otherwise
	IsPackage    bool   // it is the __init__ of Module
	Bytecode     bool   // a Module without source: its content is that of a .pyc file
	Distribution string // normalised name (PEP 503), StdlibDistribution for the standard library; "" when unknown
	Origin       Origin
	Size         int64 // in bytes, when it was collected
	Executable   bool  // an exec bit is set

	disk   string        // file to read; "" for a member of a wheel
	member *wheel.Member // nil for a file
}

// LibraryAt returns the resource of a shared library that is none of an input: the file disk of this machine, whose path in
// the program is path.
func LibraryAt(path, disk string, origin Origin) Resource {
	return Resource{Kind: Library, Path: path, Origin: origin, disk: disk}
}

// Read returns the content. A member of a wheel is checked against the archive and RECORD again. A file that became
// unreadable, or a wheel that changed, gives a *diag.Error.
func (r *Resource) Read() ([]byte, error) {
	if r.member != nil {
		return r.member.Read()
	}
	data, err := inputs.ReadFile(r.disk)
	if err != nil {
		return nil, unreadable(r.Origin.String(), err)
	}
	return data, nil
}

// Open returns a reader of the content, with the errors of Read. A member of a wheel is unpacked into memory.
func (r *Resource) Open() (io.ReadCloser, error) {
	if r.member != nil {
		data, err := r.member.Read()
		return io.NopCloser(bytes.NewReader(data)), err
	}
	f, err := inputs.Open(r.disk)
	if err != nil {
		return nil, unreadable(r.Origin.String(), err)
	}
	return f, nil
}

// Disk returns the absolute path of the file that the content is read from, "" for a member of a wheel.
func (r *Resource) Disk() string { return r.disk }

// unreadable is the error of a file or directory that the system does not let us read.
func unreadable(name string, err error) error {
	return diag.Errorf(name, "make it readable (chmod u+r), or leave it out of the sources", "%w", cause(err))
}
