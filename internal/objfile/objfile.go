package objfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
)

// A Format is a format of object files.
type Format uint8

// The formats. The zero Format is none.
const (
	ELF Format = iota + 1
	PE
	MachO
)

// String returns "ELF", "PE" or "Mach-O".
func (f Format) String() string {
	switch f {
	case ELF:
		return "ELF"
	case PE:
		return "PE"
	case MachO:
		return "Mach-O"
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// A Class is what an object file is for.
type Class uint8

// The classes. Other are core dumps, files of debug information and the like.
const (
	Other Class = iota
	Executable
	Library     // a shared library; an extension module too, which is a Mach-O bundle
	Relocatable // input of a linker
)

// String returns "executable", "library", "relocatable" or "other".
func (c Class) String() string {
	switch c {
	case Executable:
		return "executable"
	case Library:
		return "library"
	case Relocatable:
		return "relocatable"
	}
	return "other"
}

// A File is what is known of one object file.
type File struct {
	Format Format
	Class  Class

	// Target is the platform that the code is for; zero when it is none of target.Known. An ELF file does not tell Linux
	// from systems that leave its ABI field at zero.
	Target target.Target
	// Machine is the processor, as the format's tools spell it ("x86_64", "aarch64"; "x64" in PE), with the system in
	// parentheses where that is why Target is zero: "x86_64 (FreeBSD)".
	Machine string

	SOName string   // DT_SONAME, the name of LC_ID_DYLIB, the DLL's name in its export directory; "" for none
	Needed []string // DT_NEEDED, LC_LOAD_DYLIB and its kin, import directory; in the file's order
	Weak   []string // that it also runs without: weak Mach-O libraries, PE libraries loaded on first use; in the file's order

	// RunPath has the directories of DT_RUNPATH, or without that of DT_RPATH, or of LC_RPATH, as in the file: with $ORIGIN
	// and @loader_path.
	RunPath []string
	// RPath says that RunPath is a DT_RPATH: it holds also for what the needed libraries need.
	RPath bool

	Versions []Version // symbol versions that it needs, sorted by Library, then Name; ELF only
	Defined  []string  // symbol versions that it defines, in the file's order; ELF only

	// Inits are the names of modules that the file has exported initialisation functions for (PEP 489): PyInit_NAME, and
	// PyInitU_NAME, whose name is decoded. Sorted.
	Inits []string

	StaticTLS   bool   // DF_STATIC_TLS: its thread-local storage must fit into what the C library keeps free
	TLSSize     uint64 // of the file's thread-local storage in each thread, in bytes; ELF only
	ExecStack   bool   // it asks for an executable stack, which glibc from 2.41 on refuses to a library that is opened
	Interpreter string // PT_INTERP, the dynamic linker, which tells musl from glibc; "" for none
	MinOS       string // the oldest macOS, "11.0"; the PE subsystem version, "6.0"; "" for none

	imports []symbol // undefined dynamic symbols, sorted by name
}

// A Version is a symbol version that a file needs of a library.
type Version struct {
	Library string // as in Needed: "libc.so.6"
	Name    string // "GLIBC_2.17"
	Weak    bool   // VER_FLG_WEAK: the dynamic linker goes on without it
}

// A symbol is one that a file imports.
type symbol struct {
	name   string
	needed int // index of its version in File.Versions; -1 for none
}

// Imports tells whether the file has an undefined dynamic symbol, by its name in C.
func (f *File) Imports(name string) bool {
	i := sort.Search(len(f.imports), func(i int) bool { return f.imports[i].name >= name })
	return i < len(f.imports) && f.imports[i].name == name
}

// SymbolsOf returns the symbols that the file imports with a version, sorted.
func (f *File) SymbolsOf(v Version) []string {
	var names []string
	for _, s := range f.imports {
		if s.needed >= 0 && f.Versions[s.needed] == v {
			names = append(names, s.name)
		}
	}
	return names
}

// finish sorts what is promised to be sorted.
func (f *File) finish() {
	slices.Sort(f.Inits)
	f.Inits = slices.Compact(f.Inits)
	slices.SortStableFunc(f.imports, func(a, b symbol) int { return strings.Compare(a.name, b.name) })
}

// ErrNotObject is the cause of the error for a file that is no object file at all.
var ErrNotObject = errors.New("not an object file (ELF, PE or Mach-O)")

// HeadSize is how many bytes from the start of a file Is wants to see, or all when there are fewer.
const HeadSize = 1024

// Is tells by the start of a file whether it is worth a Read.
func Is(head []byte) bool { return formatOf(head) != notObject }

// A kind is what the magic number of a file says.
type kind uint8

const (
	notObject kind = iota
	elfFile
	peFile
	machoFile
	universalFile // several Mach-O files, one for each architecture
)

func formatOf(head []byte) kind {
	if len(head) < 8 {
		return notObject
	}
	switch big := binary.BigEndian.Uint32(head); {
	case big == 0x7f454c46:
		return elfFile
	case big == 0xfeedface, big == 0xfeedfacf, big == 0xcefaedfe, big == 0xcffaedfe:
		return machoFile
	case big == fatMagic, big == fatMagic64:
		// The class files of Java have the same magic number, and their version, 45 or more, where the number of
		// architectures stands.
		if n := binary.BigEndian.Uint32(head[4:]); n > 0 && n <= maxArchitectures {
			return universalFile
		}
	case head[0] == 'M' && head[1] == 'Z' && len(head) >= 64:
		at := uint64(binary.LittleEndian.Uint32(head[60:]))
		if at+4 > uint64(len(head)) && len(head) >= HeadSize || at+4 <= uint64(len(head)) && string(head[at:at+4]) == "PE\x00\x00" {
			return peFile
		}
	}
	return notObject
}

// Read reads the object file r, which messages call name. A universal Mach-O file with several architectures is refused:
// ReadAll reads it. The error is a *diag.Error; for what is no object file it wraps ErrNotObject.
func Read(name string, r io.ReaderAt) (*File, error) {
	all, err := ReadAll(name, r)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		var machines []string
		for _, f := range all {
			machines = append(machines, f.Machine)
		}
		return nil, diag.Errorf(name, "take one of them out with `lipo -thin`", "holds code for several architectures: %s",
			strings.Join(machines, ", "))
	}
	return all[0], nil
}

// ReadAll reads the object file r as Read does, and of a universal Mach-O file all architectures, in the file's order. It
// returns at least one File when there is no error.
func ReadAll(name string, r io.ReaderAt) ([]*File, error) {
	head := make([]byte, HeadSize)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, diag.Errorf(name, "make it readable", "%w", err)
	}
	var files []*File
	switch formatOf(head[:n]) {
	case notObject:
		return nil, diag.Errorf(name, "name an executable, a shared library or an extension module", "%w", ErrNotObject)
	case universalFile:
		files, err = readUniversal(r)
	case machoFile:
		files, err = one(readMachO(r))
	case peFile:
		files, err = one(readPE(r))
	case elfFile:
		files, err = one(readELF(r))
	}
	if err != nil {
		return nil, diag.Errorf(name, "build it, or get it, again", "is damaged: %w", err)
	}
	for _, f := range files {
		f.finish()
	}
	return files, nil
}

func one(f *File, err error) ([]*File, error) { return []*File{f}, err }

// platform returns the Target of an operating system and an architecture, zero when oxgen does not know it.
func platform(goos, goarch string) target.Target {
	if t := (target.Target{GOOS: goos, GOARCH: goarch}); slices.Contains(target.Known(), t) {
		return t
	}
	return target.Target{}
}

// maxTable is the largest table that is read, in bytes: LLVM's symbol names have some 10 MB.
const maxTable = 1 << 29

// readTable reads up to size bytes at an offset, fewer where the file ends. Memory is used for what is there.
func readTable(r io.ReaderAt, offset, size uint64) ([]byte, error) {
	if offset > 1<<62 || size > maxTable {
		return nil, fmt.Errorf("a table of %d bytes at byte %#x", size, offset)
	}
	return io.ReadAll(io.NewSectionReader(r, int64(offset), int64(size)))
}

// maxName is the longest name that is believed, in bytes. Names of C++ templates have several thousand.
const maxName = 1 << 16

// nameAt returns the string at an offset of a table of strings that end with a zero byte. Its memory is the table's.
func nameAt(table string, offset uint64) (string, error) {
	if offset < uint64(len(table)) {
		rest := table[offset:min(uint64(len(table)), offset+maxName)]
		if end := strings.IndexByte(rest, 0); end >= 0 {
			return rest[:end], nil
		}
	}
	return "", fmt.Errorf("no name at %#x of the string table", offset)
}

// cString returns the text of b up to its first zero byte.
func cString(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}
