package cpython

import (
	"errors"
	"strconv"
	"unsafe"
)

// frozenName is the package by which code of ours comes into an interpreter that is starting: the first module that
// CPython imports from outside of what is frozen into it. (Python/pylifecycle.c, init_interp_main: the import of
// encodings, in _PyUnicode_InitEncodings.)
var frozenName = []byte("encodings\x00")

// frozenTable is what PyImport_FrozenModules points at (struct _frozen, Include/cpython/import.h).
var frozenTable []uintptr

// SetFrozen makes code, a marshalled code object, the package that CPython imports first. The memory must stay. It is
// called before initialisation.
func (a *API) SetFrozen(code string) error {
	address := uintptr(unsafe.Pointer(unsafe.StringData(code)))
	name := uintptr(unsafe.Pointer(&frozenName[0]))
	size := uintptr(uint32(len(code))) // a few KiB
	const isPackage = 1 << 32          // the int behind the int size
	variable := a.symbol("PyImport_FrozenModules")
	if variable == 0 {
		return a.missing
	}
	switch minor := a.Version.Minor(); {
	case minor >= 13: // name, code, size, is_package
		frozenTable = append([]uintptr{name, address, size | isPackage}, make([]uintptr, 3)...)
	case minor >= 11: // …, get_code
		frozenTable = append([]uintptr{name, address, size | isPackage, 0}, make([]uintptr, 4)...)
	case minor == 10:
		// name, code, size, negative for a package; the variable points at CPython's own table, which must stay in force.
		negative := uintptr(uint32(-int32(len(code)))) // a few KiB
		frozenTable = append([]uintptr{name, address, negative}, frozen310(word(variable))...)
	default:
		return errors.New("Python 3." + strconv.Itoa(minor) + " is not supported")
	}
	*(*uintptr)(pointer(variable)) = uintptr(unsafe.Pointer(&frozenTable[0]))
	return nil
}

// frozen310 copies a table of three words an entry, with its end.
func frozen310(table uintptr) []uintptr {
	const wordSize = unsafe.Sizeof(uintptr(0))
	var words []uintptr
	for {
		name := word(table)
		words = append(words, name, word(table+wordSize), word(table+2*wordSize))
		if name == 0 {
			return words
		}
		table += 3 * wordSize
	}
}
