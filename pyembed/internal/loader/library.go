// Package loader brings a libpython that lies in the executable into the process.
//
// There are several ways to do so, the rungs of a ladder: the first that works is taken. What each needs from the
// system, and what it costs, is said at its function.
package loader

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"strings"
)

// A Library is a libpython: a shared one as an executable carries it, which package internal/libpython of oxgen makes and
// says why, or one of which Name says all that is needed.
type Library struct {
	Name   string // DT_SONAME; of a Linked one the name of its archive
	Linked bool   // it is a part of the executable itself, and needs no loading
	Shared bool   // it is the system's
	Size   int64  // of the library's file, in bytes
	Digest string // SHA-256 of the library's file, hexadecimal; "" when it is not known, and Data is the file

	Packed      bool     // Data is the whole file, its code coded (table.Coding), as a zlib stream, and there is nothing of what follows
	Data        string   // the bytes of Skeleton, then those of Original as a zlib stream, then the Relocations
	Skeleton    []Extent // what the dynamic linker sees when the payload is mapped
	Original    []Extent // what the library's file has in place of parts of the skeleton
	Relocations int      // number of 8-byte words, which say where the load bias is added (gABI, SHT_RELR)

	Extensions []LinkedExtension // that are parts of the executable too

	Payload func() uintptr // address of the parts in Mapped, in the executable's read-only data; nil when there are none
	Page    int64          // multiples of which the parts in Mapped lie at; 0 is 4096
	Mapped  []Extent       // each at the next multiple of Page behind Payload
	Protect Extent         // Address and Size of what becomes read-only after relocation
	Memory  Extent         // the data behind Protect, which stays writable; of size 0 when that is not known
	Zeros   int64          // bytes of memory behind Memory that are 0 at first
	Init    uint64         // address of the DT_INIT function, 0 for none
	Array   uint64         // address of the array of initialisers, likewise
	Inits   int            // their number

	Merged []int64 // places in the library's file of 4-byte words of the skeleton that name libraries which are parts of libc.so.6 from glibc 2.34 on
	LibC   uint32  // such a word that names libc.so.6
}

// A LinkedExtension is an extension module that the C linker has put into the executable.
type LinkedExtension struct {
	Name   string // by which it is imported, with dots
	Symbol string // of its initialiser
}

// An Extent is a part of the library's file, and where it is loaded: at the address that it is linked at, if nobody else is there,
// and else at a distance from it that is the same for all parts, the load bias.
type Extent struct {
	Offset  int64  // in the library's file; not in Protect and Memory
	Size    int64  // in bytes
	Address uint64 // that it is linked at; only in Mapped, Protect and Memory
	Exec    bool   // machine code; only in Mapped
	Write   bool   // data; only in Mapped
}

// A rung is one way of loading.
type rung struct {
	name string
	load func(*Library) (uintptr, error)
}

// EnvRung names the environment variable that forces one rung.
const EnvRung = "OXGEN_LOADER"

// Load loads lib and returns the handle of dlopen. The symbols are visible to all libraries that are loaded later, as
// those of a python executable are. The error names every rung that was tried and why it failed.
//
// A library of the executable or of the system needs no ladder.
func Load(lib *Library) (uintptr, error) {
	switch {
	case lib.Linked:
		return loadLinked(), nil
	case lib.Shared:
		return loadShared(lib)
	}
	return climb(lib, Forced())
}

// climb tries the rungs, or the forced one.
func climb(lib *Library, forced string) (uintptr, error) {
	var failed []string
	for _, r := range rungs {
		if forced != "" && forced != r.name {
			continue
		}
		handle, err := r.load(lib)
		if err == nil {
			return handle, nil
		}
		failed = append(failed, r.name+": "+err.Error())
	}
	if len(failed) == 0 {
		return 0, fmt.Errorf("%s=%q: the loaders are %s", EnvRung, forced, rungNames())
	}
	return 0, errors.New("loading " + lib.Name + ": " + strings.Join(failed, "; "))
}

// LoadNeeded loads a library that the one of Load is linked with, of which contents is the whole file, and digest its SHA-256 or "",
// where that is not known: the dynamic linker finds it by its name. The symbols are visible as those of Load are.
func LoadNeeded(name, digest, contents string) error {
	lib := &Library{Name: name, Size: int64(len(contents)), Digest: digest, Data: contents, Skeleton: []Extent{{Size: int64(len(contents))}}}
	forced := Forced()
	if forced == dividing {
		forced = ""
	}
	_, err := climb(lib, forced)
	return err
}

// key returns the start of a name in the cache, 32 characters long. It need not tell more than that two libraries are not the same:
// what the file holds is looked at.
func (l *Library) key() string {
	if l.Digest != "" {
		return l.Digest[:32]
	}
	h := fnv.New128a()
	_, _ = io.WriteString(h, l.Data) // to memory
	return hex.EncodeToString(h.Sum(nil))
}

// dividing is the rung for a library that can be divided; any other one takes the next.
const dividing = "split"

// Forced returns the name of the rung that the user wants, "" for the first that works.
func Forced() string { return os.Getenv(EnvRung) }

func rungNames() string {
	var names []string
	for _, r := range rungs {
		names = append(names, r.name)
	}
	return strings.Join(names, ", ")
}

// page is the alignment of the parts within the payload. It is that of the object which oxgen writes, whatever the page size of
// the machine.
func (l *Library) page() int64 { return cmp.Or(l.Page, 4096) }

// pageUp rounds n up to a multiple of page.
func (l *Library) pageUp(n int64) int64 { return (n + l.page() - 1) &^ (l.page() - 1) }
