package cpython

import (
	"errors"
	"strconv"
	"unsafe"

	"github.com/ebitengine/purego"
)

// frozenName is the package by which code of ours comes into an interpreter that is starting: the first module that
// CPython imports from outside of what is frozen into it. (Python/pylifecycle.c, init_interp_main: the import of
// encodings, in _PyUnicode_InitEncodings.)
var frozenName = []byte("encodings\x00")

// frozenTable is what PyImport_FrozenModules points at (struct _frozen, Include/cpython/import.h).
var frozenTable []uintptr

// frozenBefore is what it pointed at before.
var frozenBefore uintptr

// SetFrozen makes code, a marshalled code object, the package that CPython imports first, until that imports _oxgen. The
// memory must stay. It is called before initialisation.
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
	frozenBefore = word(variable)
	*(*uintptr)(pointer(variable)) = uintptr(unsafe.Pointer(&frozenTable[0]))
	return nil
}

// resetFrozen closes the door: nobody shall find our package where the real one is meant.
func (a *API) resetFrozen() {
	*(*uintptr)(pointer(a.symbol("PyImport_FrozenModules"))) = frozenBefore
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

// A moduleDef is a PyModuleDef (Include/moduleobject.h) without methods, of an interpreter with the GIL.
type moduleDef struct {
	refcnt, typ, init, index, copy        uintptr // PyModuleDef_Base
	name, doc                             uintptr
	size                                  int
	methods, slots, traverse, clear, free uintptr
}

// The one module of ours that is built in.
var (
	builtinName   = []byte("_oxgen\x00")
	builtinDef    moduleDef
	builtinValues func(add func(name string, value Object))
	builtinAPI    *API
)

// AddBuiltin adds the built-in module _oxgen, whose attributes values gives with new references. It is called before
// initialisation, once in a process: CPython's table of built-in modules can only grow.
func (a *API) AddBuiltin(values func(add func(name string, value Object))) error {
	if builtinAPI != nil {
		return errors.New("an interpreter was started in this process before")
	}
	builtinAPI, builtinValues = a, values
	builtinDef = moduleDef{refcnt: 1, name: uintptr(unsafe.Pointer(&builtinName[0])), size: -1}
	initialise := purego.NewCallback(initBuiltin)
	if int32(a.call("PyImport_AppendInittab", builtinDef.name, initialise)) != 0 { // a C int
		if a.missing != nil {
			return a.missing
		}
		return errors.New("PyImport_AppendInittab: out of memory")
	}
	return nil
}

// initBuiltin is PyInit__oxgen. It is the only Go function that Python calls, and it calls it once: a child after a fork
// can't run Go.
func initBuiltin() uintptr {
	a := builtinAPI
	a.resetFrozen()
	const apiVersion = 1013 // PYTHON_API_VERSION
	module := a.call("PyModule_Create2", uintptr(unsafe.Pointer(&builtinDef)), apiVersion)
	if module == 0 {
		return 0
	}
	var s Strings
	ok := true
	builtinValues(func(name string, value Object) {
		if value == 0 || int32(a.call("PyObject_SetAttrString", module, s.C(name), uintptr(value))) != 0 { // a C int
			ok = false
		}
		a.Release(value)
	})
	keep(&s)
	if !ok {
		a.Release(Object(module))
		return 0
	}
	return module
}
