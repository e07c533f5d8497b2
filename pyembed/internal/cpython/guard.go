package cpython

import (
	"unsafe"
)

// A guard stands in the place of a C function that Python calls, and lets another function answer when the first can't: it
// calls the original; when that raises NotADirectoryError or returns False, it calls a fallback with the same arguments,
// and what the fallback says counts. An OSError that the fallback returns is raised: one that it raised would have its frames in
// the traceback, where C's function has none. All else passes through. Functions of os and io get one each, for paths below
// the executable, of which the kernel says that they lead through something that is no directory. A Python function around
// each would cost a tenth of os.stat; a guard is assembly, some twenty instructions. It can't be Go, which can't run in a
// child after a fork.

// maxGuards is how many guards there are; the assembly has an entry for each.
const maxGuards = 48

// guardState is what the assembly works with.
type guardState struct {
	vectorcall uintptr // PyObject_Vectorcall
	matches    uintptr // PyErr_ExceptionMatches
	clear      uintptr // PyErr_Clear
	item       uintptr // PyList_GetItem
	integer    uintptr // PyLong_FromLong
	instance   uintptr // PyObject_IsInstance
	raise      uintptr // PyErr_SetObject
	release    uintptr // Py_DecRef

	notADirectory uintptr // PyExc_NotADirectoryError
	osError       uintptr // PyExc_OSError
	no            uintptr // Py_False
	fallbacks     uintptr // list of the fallbacks, by number of the guard
	originals     [maxGuards]uintptr
}

var guards guardState

// A methodDef is a PyMethodDef (Include/methodobject.h), written as words: the flags are an int.
type methodDef struct{ name, function, flags, doc uintptr }

// Flags of a methodDef.
const (
	methNoArgs        = 0x0004
	methFastKeywords  = 0x0080 | 0x0002
	offsetOfMethodDef = 16 // in a PyCFunctionObject, behind ob_refcnt and ob_type (Include/cpython/methodobject.h)
)

// The definitions of the functions that this package adds. CPython keeps their addresses.
var (
	guardDefs [maxGuards]methodDef
	memfdDef  methodDef
	memfdName = []byte("memfd\x00")
	memfdDoc  = []byte("Returns a file descriptor of an empty file in memory, or a negative errno.\x00")
)

// Guards makes a guard for each of the named functions of a module that the module has, and no more than there are
// entries. It returns a new dict of the guards by the name "module.function", in the order of their numbers, which have the
// names and texts of the originals, and a new list of as many fallbacks, which are None until they are set and must be
// set before a guard is called. Both are empty on a platform without guards. Any 0 in the result has an exception set.
func (a *API) Guards(modules map[string][]string) (functions, fallbacks Object) {
	functions, fallbacks = Object(a.call("PyDict_New")), Object(a.call("PyList_New", 0))
	if functions == 0 || fallbacks == 0 || guardEntry(0) == 0 {
		return functions, fallbacks
	}
	guards = guardState{
		vectorcall:    a.symbol("PyObject_Vectorcall"),
		matches:       a.symbol("PyErr_ExceptionMatches"),
		clear:         a.symbol("PyErr_Clear"),
		item:          a.symbol("PyList_GetItem"),
		integer:       a.symbol("PyLong_FromLong"),
		instance:      a.symbol("PyObject_IsInstance"),
		raise:         a.symbol("PyErr_SetObject"),
		release:       a.symbol("Py_DecRef"),
		no:            a.symbol("_Py_FalseStruct"),
		notADirectory: a.symbol("PyExc_NotADirectoryError"),
		osError:       a.symbol("PyExc_OSError"),
		fallbacks:     uintptr(fallbacks),
	}
	if a.missing != nil {
		return 0, 0
	}
	guards.notADirectory, guards.osError = word(guards.notADirectory), word(guards.osError)
	a.call("Py_IncRef", guards.fallbacks)
	made := 0
	for _, name := range []string{"posix", "_io"} {
		module := a.Import(name)
		for _, function := range modules[name] {
			if made == maxGuards || !a.guard(made, module, name, function, functions) {
				continue
			}
			a.append(fallbacks, a.None())
			made++
		}
		a.Release(module)
	}
	return functions, fallbacks
}

// guard makes a guard for one function and puts it into dict, if the module has the function and it is one of C's.
func (a *API) guard(number int, module Object, name, function string, dict Object) bool {
	original := a.Attr(module, function)
	if original == 0 {
		a.ClearError()
		return false
	}
	if word(uintptr(original)+unsafe.Sizeof(uintptr(0))) != a.symbol("PyCFunction_Type") {
		a.Release(original)
		return false
	}
	of := word(uintptr(original) + offsetOfMethodDef)
	def := &guardDefs[number]
	*def = methodDef{name: word(of), function: guardEntry(number), flags: methFastKeywords, doc: word(of + unsafe.Offsetof(def.doc))}
	guards.originals[number] = uintptr(original) // kept for good
	home := a.Attr(original, "__module__") // may be another name of the module
	defer a.Release(home)
	made := Object(a.call("PyCFunction_NewEx", uintptr(unsafe.Pointer(def)), uintptr(module), uintptr(home)))
	if made == 0 {
		return false
	}
	defer a.Release(made)
	var s Strings
	defer keep(&s)
	return int32(a.call("PyDict_SetItemString", uintptr(dict), s.C(name+"."+function), uintptr(made))) == 0 // a C int
}

// append appends an object to a list and gives the reference to it up.
func (a *API) append(list, o Object) bool {
	if o == 0 {
		return false
	}
	defer a.Release(o)
	return int32(a.call("PyList_Append", uintptr(list), uintptr(o))) == 0 // a C int
}

// Memfd returns a new function object that makes a file in memory and returns its descriptor, or a negative errno. The
// default Python has no os.memfd_create: it is built for an older glibc. None where there are no guards.
func (a *API) Memfd() Object {
	if guardEntry(0) == 0 {
		return a.None()
	}
	memfdDef = methodDef{
		name:     uintptr(unsafe.Pointer(&memfdName[0])),
		function: memfdFunction(),
		flags:    methNoArgs,
		doc:      uintptr(unsafe.Pointer(&memfdDoc[0])),
	}
	return Object(a.call("PyCFunction_NewEx", uintptr(unsafe.Pointer(&memfdDef)), 0, 0))
}
