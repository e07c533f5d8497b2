package table

import (
	"errors"
	"io"
)

// Magic opens every table. The first byte is not ASCII and not valid UTF-8 at the start of a text, so that no source
// file and no string constant holds it by accident; oxgen finds tables in executables of any kind by it.
const Magic = "\x89OXTABLE"

// FormatVersion is the version of the grammar that this package writes, and the only one that it reads.
const FormatVersion = 3

// MaxSize is the size that no table reaches, in bytes.
const MaxSize = 1<<31 - 1

// MaxPage is the number of entries above which a page is split.
const MaxPage = 256

// A Section is one part of a table; the value is its place in the header.
type Section int

// The sections, in the order in which they lie in the table.
const (
	Bootstrap Section = iota // code of the frozen package that CPython imports first
	Importer                 // code of the importer
	Code                     // bytecode of the modules
	Source                   // their sources
	Data                     // all other files
	Index                    // all pages but one
	Root                     // the page that names the others
	Manifest                 // what tools print about the program

	sectionCount
)

// String returns the name that the grammar uses.
func (s Section) String() string {
	names := [...]string{"bootstrap", "importer", "code", "source", "data", "index", "root", "manifest"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Offsets within the header.
const (
	atVersion       = 8
	atPythonMagic   = 12
	atPythonVersion = 16
	atFlags         = 20
	atSize          = 24
	atFingerprint   = 32
	atSections      = 64

	// HeaderSize is the size of the header in bytes.
	HeaderSize = atSections + int(sectionCount)*16
)

// flagCommon is the flag of a common part.
const flagCommon = 1

// The flags of a module.
const (
	ModulePackage    = 1 << iota // has a __path__
	ModuleNamespace              // a package without code of its own (PEP 420); ModulePackage is set as well
	ModuleZlibSource             // the source is stored as a zlib stream
	ModuleSourceless             // the program has no source of it; its file is a .pyc
	ModuleExtracted              // a package whose files are put on disk before it is imported; what is below it has no such flag
	ModuleExtension              // an extension module; its code is the file that the dynamic linker loads
	ModuleZstdSource             // the source is stored as a zstd frame
)

// The flags of a Native.
const (
	NativeLocated = 1 << iota // see Native.Located
)

// The kinds of a file.
const (
	FilePlain = iota // stored as it is
	FileZlib         // stored as a zlib stream
	FileDir          // a directory
	FilePyc          // a .pyc file: PycHeader bytes that the reader makes, then the code object that is stored
	FileZstd         // stored as a zstd frame
)

// PycHeader is the size in bytes of what stands before the code object in a .pyc file (PEP 552): the magic number of the
// table, flags 0, and two words of 0 where the time and the size of the source would be.
const PycHeader = 16

// A Module is one module, package or namespace package of the program.
type Module struct {
	Name      string // dotted, as imported
	Package   bool
	Namespace bool // implies Package; then it has neither code nor source

	// Code is the module's code object, marshalled: one for each of Contents.Levels, in their order, or a single one that
	// serves them all. It is empty for a module that is compiled from its source when it is imported. A Reader gives one
	// for each level or none.
	Code [][]byte

	Source     Stored // zero when the program carries no source, and for an empty one
	Sourceless bool   // the program carries no source; then it has code
	Extension  string // path of the File that is this extension module; then it has neither code nor source
	Extracted  bool   // set by the Reader for the packages of Contents.Extract
}

// A Compression is a form in which bytes are stored.
type Compression uint8

// The compressions.
const (
	Uncompressed Compression = iota
	Zlib                     // a zlib stream (RFC 1950)
	Zstd                     // a zstd frame (RFC 8878), which Python decompresses from 3.14 on (PEP 784)
)

// Stored is a run of bytes and how it is stored.
type Stored struct {
	Bytes       []byte
	Compression Compression
	Length      int    // of the original; that of Bytes when they are uncompressed
	Large       *Large // when set, Length uncompressed bytes that are not in Bytes; a Reader never gives it
}

// Large is contents that nobody holds in memory: they are read whenever a table with them is written.
type Large struct {
	Sum  [digestSize]byte // of the contents
	Open func() (io.ReadCloser, error)
}

// size returns how many bytes are stored.
func (s *Stored) size() int {
	if s.Large != nil {
		return s.Length
	}
	return len(s.Bytes)
}

// sum returns the digest of the bytes that are stored.
func (s *Stored) sum() [digestSize]byte {
	if s.Large != nil {
		return s.Large.Sum
	}
	return digest(s.Bytes)
}

// A File is anything that a program can read below its virtual root: package data, metadata, and the sources of modules.
type File struct {
	Path   string // slash-separated, relative to the virtual root, clean, no "." and no ".."
	Stored        // zero for a file that is the source of Module
	Module string // when set, the file is the source of this module, or a .pyc of a sourceless one, and its bytes are stored there
}

// A Distribution is an installed distribution (PyPA's term) whose metadata is among the files.
type Distribution struct {
	Name string // normalised as in PEP 503
	Info string // its .dist-info or .egg-info, a file or directory at the virtual root
}

// An Extraction is a package whose files are put on disk, for what can't do without real ones.
type Extraction struct {
	Package     string   // dotted name
	Digest      string   // that stands for the paths, modes and contents of all files of the package; a file name
	Executables []string // paths, as in File, of the files with an execute bit, sorted
}

// A Native is a file that the dynamic linker loads: an extension module or a shared library.
type Native struct {
	Path    string   // as in File
	Digest  string   // that stands for the contents; a file name
	Name    string   // by which others are linked with it (ELF: DT_SONAME); "" for none
	Located bool     // its code asks the dynamic linker where it lies, so that its file must be one that can be opened
	Needs   []string // paths of the Natives that it is linked with, in that order; there are no cycles
}

// Contents is all that goes into a table.
type Contents struct {
	PythonMagic   [4]byte // of all bytecode
	PythonVersion uint32  // sys.hexversion of the interpreter that compiled it
	Levels        []int   // of optimisation that modules have code for, ascending, from 0 to 2; nil is level 0 alone
	Bootstrap     []byte
	Importer      []byte
	Modules       []Module       // in any order
	First         []string       // names of modules whose code lies in front of that of others, in this order; those of none are passed over
	Files         []File         // in any order; directories are implied
	Distributions []Distribution // in any order
	Extract       []Extraction   // in any order; no package lies within another one
	Natives       []Native       // in any order
	Manifest      []byte
}

// Errors of Open. They are wrapped with what was found; test with errors.Is.
var (
	ErrNotTable  = errors.New("not an oxgen table")
	ErrVersion   = errors.New("unknown table format")
	ErrTruncated = errors.New("truncated table")
	ErrCorrupt   = errors.New("corrupt table")
)
