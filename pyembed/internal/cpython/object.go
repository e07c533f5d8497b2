package cpython

import (
	"runtime"
	"slices"
	"unsafe"
)

// A function below that gets 0 for an object returns 0 and leaves the exception alone that is set, so that calls can be
// chained and the exception be asked for once.

// Import imports a module by its full name and returns a new reference, 0 with an exception set.
func (a *API) Import(name string) Object {
	var s Strings
	o := Object(a.call("PyImport_ImportModule", s.C(name)))
	keep(&s)
	return o
}

// Attr returns a new reference to an attribute, 0 with an exception set.
func (a *API) Attr(o Object, name string) Object {
	if o == 0 {
		return 0
	}
	var s Strings
	r := Object(a.call("PyObject_GetAttrString", uintptr(o), s.C(name)))
	keep(&s)
	return r
}

// Call calls a callable with positional arguments and returns a new reference, 0 with an exception set. References to
// arguments are borrowed.
func (a *API) Call(callable Object, args ...Object) Object {
	if callable == 0 || slices.Contains(args, 0) {
		return 0
	}
	tuple := Object(a.call("PyTuple_New", uintptr(len(args))))
	if tuple == 0 {
		return 0
	}
	defer a.Release(tuple)
	for i, arg := range args {
		// PyTuple_SetItem takes a reference over, even when it fails.
		a.call("Py_IncRef", uintptr(arg))
		if int32(a.call("PyTuple_SetItem", uintptr(tuple), uintptr(i), uintptr(arg))) != 0 { // a C int
			return 0
		}
	}
	return Object(a.call("PyObject_CallObject", uintptr(callable), uintptr(tuple)))
}

// Item returns a borrowed reference to an element of a tuple.
func (a *API) Item(tuple Object, i int) Object {
	if tuple == 0 {
		return 0
	}
	return Object(a.call("PyTuple_GetItem", uintptr(tuple), uintptr(i)))
}

// Eval runs a code object with the given globals and returns a new reference to its result, 0 with an exception set.
// There is no Python frame below it: a traceback starts with the code's own.
func (a *API) Eval(code, globals Object) Object {
	if code == 0 || globals == 0 {
		return 0
	}
	return Object(a.call("PyEval_EvalCode", uintptr(code), uintptr(globals), uintptr(globals)))
}

// Compile returns a new reference to the code object of a text without NUL bytes, as `python -c` compiles it, 0 with an exception set.
// The built-in compile would make the types of the module ast first, which takes a thirtieth of a start.
func (a *API) Compile(text, filename string) Object {
	const (
		fileInput     = 257         // Py_file_input (Include/compile.h)
		optimizeAsSet = ^uintptr(0) // -1
	)
	compilerFlags = [2]int32{utf8Source | ignoreCookie, int32(a.Version.Minor())}
	var held Strings
	flags := uintptr(unsafe.Pointer(&compilerFlags))
	code := Object(a.call("Py_CompileStringExFlags", held.C(text), held.C(filename), fileInput, flags, optimizeAsSet))
	keep(&held)
	return code
}

// compilerFlags is a PyCompilerFlags (Include/cpython/compile.h): flags, and the minor version whose grammar is used.
var compilerFlags [2]int32

// Flags of a PyCompilerFlags.
const (
	utf8Source   = 0x0100
	ignoreCookie = 0x0800
)

// Release gives a reference up. That of 0 is nothing.
func (a *API) Release(o Object) {
	if o != 0 {
		a.call("Py_DecRef", uintptr(o))
	}
}

// Int returns the value of a Python int that fits into a C long.
func (a *API) Int(o Object) int {
	n := a.call("PyLong_AsLong", uintptr(o))
	if runtime.GOOS == "windows" {
		return int(int32(n)) // a long of Windows has 32 bits
	}
	return int(n)
}

// String returns a new str object from UTF-8, with bytes that are none as surrogate escapes.
func (a *API) String(s string) Object {
	var held Strings
	o := Object(a.call("PyUnicode_DecodeUTF8", held.C(s), uintptr(len(s)), held.C("surrogateescape")))
	keep(&held)
	return o
}

// Path returns a new str object from a path of the operating system, decoded as os.fsdecode does.
func (a *API) Path(s string) Object {
	var held Strings
	o := Object(a.call("PyUnicode_DecodeFSDefaultAndSize", held.C(s), uintptr(len(s))))
	keep(&held)
	return o
}

// An Exception is an exception that was raised and taken from the interpreter.
type Exception struct{ typ, value, traceback Object }

// Raised takes the exception that is set. ok is false when there is none.
func (a *API) Raised() (e Exception, ok bool) {
	// PyErr_Fetch is deprecated since 3.12 and exported by all versions.
	a.call("PyErr_Fetch", uintptr(unsafe.Pointer(&raised.typ)), uintptr(unsafe.Pointer(&raised.value)), uintptr(unsafe.Pointer(&raised.traceback)))
	if raised.typ == 0 {
		return Exception{}, false
	}
	a.call("PyErr_NormalizeException", uintptr(unsafe.Pointer(&raised.typ)), uintptr(unsafe.Pointer(&raised.value)), uintptr(unsafe.Pointer(&raised.traceback)))
	return raised, true
}

// raised is where C writes to: a global, because Go may move a local.
var raised Exception

// IsException tells whether o is an instance of BaseException.
func (a *API) IsException(o Object) bool {
	base := a.symbol("PyExc_BaseException")
	return o != 0 && base != 0 && int32(a.call("PyObject_IsInstance", uintptr(o), word(base))) == 1 // a C int
}

// Raise sets an exception with the traceback that it has. The reference is borrowed.
func (a *API) Raise(exception Object) {
	typ := Object(a.call("PyObject_Type", uintptr(exception)))
	a.call("PyErr_SetObject", uintptr(typ), uintptr(exception))
	a.Release(typ)
}

// Is tells whether e is an instance of the built-in exception that libpython exports under name ("PyExc_SystemExit").
func (a *API) Is(e Exception, name string) bool {
	address := a.symbol(name)
	if address == 0 {
		return false
	}
	return int32(a.call("PyErr_GivenExceptionMatches", uintptr(e.typ), word(address))) != 0 // a C int
}

// Value returns a borrowed reference to the exception object.
func (e Exception) Value() Object { return e.value }

// Forget gives e up, and what the frames of its traceback hold.
func (a *API) Forget(e Exception) {
	a.Release(e.typ)
	a.Release(e.value)
	a.Release(e.traceback)
}

// Print sets e again and has CPython print it, by way of sys.excepthook. For a SystemExit it ends the process.
func (a *API) Print(e Exception) {
	a.call("PyErr_Restore", uintptr(e.typ), uintptr(e.value), uintptr(e.traceback))
	a.call("PyErr_Print")
}

// ClearError forgets the exception that is set, if there is one.
func (a *API) ClearError() { a.call("PyErr_Clear") }

// RunMain runs what the configuration asks for, as the python command does, finalises the interpreter and returns the
// exit status.
func (a *API) RunMain() int {
	return int(int32(a.call("Py_RunMain"))) // a C int
}

// Finalize ends the interpreter and returns whether everything was flushed.
func (a *API) Finalize() bool {
	return int32(a.call("Py_FinalizeEx")) == 0 // a C int
}
