package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import "unsafe"

// A guard stands in the place of a C function that Python calls, and lets another function answer when the first can't: it
// calls the original; when that raises NotADirectoryError or returns False, it calls a fallback with the same arguments,
// and what the fallback says counts. An OSError that the fallback returns is raised: one that it raised would have its frames in
// the traceback, where C's function has none. All else passes through. Functions of os and io get one each, for paths below
// the executable, of which the kernel says that they lead through something that is no directory. A Python function around
// each would cost a tenth of os.stat; a guard is assembly, some twenty instructions. It can't be Go, which can't run in a
// child after a fork.
//
// Of a path below the executable Windows says what it says of others that it does not find. So there a guard asks after every OSError,
// and where the fallback returns NotImplemented, the path is none of ours, and what the original said stands.
//
// Python makes them (templates/importer.py), with the function that GuardValues provides.

// maxGuards is how many guards there are; the assembly has an entry for each.
const maxGuards = 48

// guardState is what the assembly works with.
type guardState struct {
	vectorcall uintptr // PyObject_Vectorcall
	matches    uintptr // PyErr_ExceptionMatches
	clear      uintptr // PyErr_Clear
	fetch      uintptr // PyErr_Fetch
	restore    uintptr // PyErr_Restore
	item       uintptr // PyList_GetItem
	asInteger  uintptr // PyLong_AsLong
	integer    uintptr // PyLong_FromLong
	instance   uintptr // PyObject_IsInstance
	raise      uintptr // PyErr_SetObject
	keep       uintptr // Py_IncRef
	release    uintptr // Py_DecRef
	function   uintptr // PyCFunction_NewEx

	notADirectory  uintptr // address of PyExc_NotADirectoryError
	osError        uintptr // address of PyExc_OSError
	no             uintptr // Py_False
	notImplemented uintptr // Py_NotImplemented
	fallbacks      uintptr // list of the fallbacks, by number of the guard
	originals      [maxGuards]uintptr
}

var guards guardState

// methodDef is a PyMethodDef (Include/methodobject.h), written as words: the flags are an int.
type methodDef struct{ name, function, flags, doc uintptr }

// Flags of a methodDef.
const (
	methFast     = 0x0080
	methKeywords = 0x0002
)

// The definitions of the functions that this package adds. CPython keeps their addresses.
var (
	guardDefs [maxGuards]methodDef // names and texts come from the originals
	makerDef  methodDef
	makerName = []byte("guard\x00")
)

// GuardValues returns functions for the built-in module, nothing on a platform without guards and for Python 3.10.
//
// guard(number, function) returns the guard of a C function, with its name and text; number counts from 0. It returns 0 when
// there are no more guards, and when the number is taken: guards belong to the first interpreter of the process.
// guard(-1, list) sets the list of fallbacks, in the order of the numbers, and returns 0.
//
// For stream, see streamValue.
func (a *API) GuardValues() []Value {
	if guardEntry(0) == 0 || !a.Has("PyObject_Vectorcall") { // an inline function in 3.10
		return nil
	}
	guards = guardState{
		vectorcall:     a.symbol("PyObject_Vectorcall"),
		matches:        a.symbol("PyErr_ExceptionMatches"),
		clear:          a.symbol("PyErr_Clear"),
		fetch:          a.symbol("PyErr_Fetch"),
		restore:        a.symbol("PyErr_Restore"),
		item:           a.symbol("PyList_GetItem"),
		asInteger:      a.symbol("PyLong_AsLong"),
		integer:        a.symbol("PyLong_FromLong"),
		instance:       a.symbol("PyObject_IsInstance"),
		raise:          a.symbol("PyErr_SetObject"),
		keep:           a.symbol("Py_IncRef"),
		release:        a.symbol("Py_DecRef"),
		function:       a.symbol("PyCFunction_NewEx"),
		notADirectory:  a.symbol("PyExc_NotADirectoryError"),
		osError:        a.symbol("PyExc_OSError"),
		no:             a.symbol("_Py_FalseStruct"),
		notImplemented: a.symbol("_Py_NotImplementedStruct"),
	}
	for i := range guardDefs {
		guardDefs[i] = methodDef{function: guardEntry(i), flags: methFast | methKeywords}
	}
	makerDef = methodDef{name: uintptr(unsafe.Pointer(&makerName[0])), function: guardMaker(), flags: methFast}
	return []Value{a.functionValue("guard", &makerDef), a.streamValue()}
}

// functionValue is a function object.
func (a *API) functionValue(name string, def *methodDef) Value {
	return a.value(name, "PyCFunction_NewEx", uintptr(unsafe.Pointer(def)), 0, 0)
}
