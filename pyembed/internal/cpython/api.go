// Package cpython calls CPython's C API, by its names and with its types' layouts, from 3.10 on.
//
// Everything here follows the headers of CPython's Include directory; what differs between versions is chosen by Version.
// Memory that CPython keeps is either a Go global or never freed.
package cpython

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// An Object is a PyObject*; 0 is NULL.
type Object uintptr

// A Version is sys.hexversion (PY_VERSION_HEX), major and minor in the upper two bytes.
type Version uint32

// Minor returns n of Python 3.n.
func (v Version) Minor() int { return int(v >> 16 & 0xff) }

// An API is a libpython that is loaded and not necessarily initialised.
type API struct {
	Version Version
	handle  uintptr
	missing error // the first symbol that was looked for in vain
	symbols map[string]uintptr

	functions map[string]uintptr // of the C library
}

// New returns the API behind a handle of dlopen. Nothing but RuntimeVersion and Refused may be called before Refused has
// returned nil.
func New(handle uintptr, version Version) *API {
	return &API{Version: version, handle: handle, symbols: map[string]uintptr{}, functions: map[string]uintptr{}}
}

// symbol returns the address of a C symbol. One that is missing is noted, and has address 0.
func (a *API) symbol(name string) uintptr {
	if address, ok := a.symbols[name]; ok {
		return address
	}
	address, err := lookUp(a.handle, name)
	if err != nil && a.missing == nil {
		a.missing = errors.New("libpython has no " + name)
	}
	a.symbols[name] = address
	return address
}

// Has tells whether libpython has a symbol, without noting it as missing.
func (a *API) Has(name string) bool {
	_, err := lookUp(a.handle, name)
	return err == nil
}

// call calls the function name. When it is missing, the result is 0, as it is for NULL, and Missing says so.
func (a *API) call(name string, args ...uintptr) uintptr {
	f := a.symbol(name)
	if f == 0 {
		return 0
	}
	r, _, _ := purego.SyscallN(f, args...)
	return r
}

// Missing returns the first symbol that was looked for in vain, as an error.
func (a *API) Missing() error { return a.missing }

// Refused returns why this package can't use the library, nil if it can.
func (a *API) Refused() error { return refused(a.Version, a.Has) }

// refused knows a special build of CPython by a symbol that code compiled for it can't do without: the macros that count
// references call it (Include/object.h, from 3.14 on Include/refcount.h). Free-threaded objects have another header, and
// debug builds may have.
func refused(version Version, has func(symbol string) bool) error {
	switch minor := version.Minor(); {
	case version>>24 != 3 || minor < firstLayout:
		return fmt.Errorf("libpython is %d.%d, the oldest that is supported is 3.%d", version>>24, minor, firstLayout)
	case has("_Py_DecRefShared"):
		return errors.New("libpython is a free-threaded build, which is not supported: take one with the GIL")
	case has("_Py_NegativeRefcount"):
		return errors.New("libpython is a debug build, which is not supported: take a release build")
	}
	return nil
}

// RuntimeVersion returns the beginning of what Py_GetVersion says, such as "3.14.6". It may be called before
// initialisation.
func (a *API) RuntimeVersion() string {
	s := goString(a.call("Py_GetVersion"))
	for i := range len(s) {
		if s[i] == ' ' || s[i] == '+' {
			return s[:i]
		}
	}
	return s
}

// Magic returns the magic number of the bytecode that the library runs: the first two bytes of a .pyc, little-endian
// (Include/internal/pycore_magic_number.h). It may be called before initialisation.
func (a *API) Magic() int {
	// The numbers of releases that are out don't change. Older functions need a running interpreter.
	released := map[int]int{10: 3439, 11: 3495, 12: 3531, 13: 3571}
	if magic, ok := released[a.Version.Minor()]; ok {
		return magic
	}
	return int(a.call("PyImport_GetMagicNumber") & 0xffff)
}

// goString copies a C string; that of address 0 is "".
func goString(address uintptr) string {
	if address == 0 {
		return ""
	}
	n := 0
	for *(*byte)(pointer(address + uintptr(n))) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(pointer(address)), n))
}

// pointer turns an address that C gave into a pointer; the memory is not Go's.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// word reads a pointer-sized value at an address that C gave.
func word(address uintptr) uintptr { return *(*uintptr)(pointer(address)) }

// Strings holds C strings for as long as it is reachable. The zero value is ready to use.
type Strings struct {
	held   [][]byte
	arrays [][]uintptr
}

// C returns the address of s as a C string. A NUL byte in s ends it there.
func (k *Strings) C(s string) uintptr {
	b := make([]byte, len(s)+1)
	copy(b, s)
	k.held = append(k.held, b)
	return uintptr(unsafe.Pointer(&b[0]))
}

// keep is for memory of a call that C does not hold on to.
func keep(values ...any) {
	for _, v := range values {
		runtime.KeepAlive(v)
	}
}
