package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import (
	"errors"
	"unsafe"
)

// A Value is an attribute of the built-in module.
type Value struct{ make builtinValue }

// MemoryValue is a read-only memoryview over data, which is never freed.
func (a *API) MemoryValue(name, data string) Value {
	const pyBufRead = 0x100
	builtinStrings.data = append(builtinStrings.data, data)
	return a.value(name, "PyMemoryView_FromMemory", uintptr(unsafe.Pointer(unsafe.StringData(data))), len(data), pyBufRead)
}

// PathValue is a str made from a path of the operating system, as os.fsdecode does.
func (a *API) PathValue(name, path string) Value {
	return a.value(name, "PyUnicode_DecodeFSDefaultAndSize", builtinStrings.C(path), len(path), 0)
}

// StringValue is a str made from UTF-8, with bytes that are none as surrogate escapes.
func (a *API) StringValue(name, s string) Value {
	return a.value(name, "PyUnicode_DecodeUTF8", builtinStrings.C(s), len(s), builtinStrings.C("surrogateescape"))
}

// BoolValue is True or False.
func (a *API) BoolValue(name string, b bool) Value {
	n := uintptr(0)
	if b {
		n = 1
	}
	return a.value(name, "PyBool_FromLong", n, 0, 0)
}

// IntValue is an int.
func (a *API) IntValue(name string, n uintptr) Value {
	return a.value(name, "PyLong_FromUnsignedLongLong", n, 0, 0)
}

func (a *API) value(name, function string, data uintptr, size int, last uintptr) Value {
	return Value{builtinValue{name: builtinStrings.C(name), function: a.symbol(function), data: data, size: uintptr(size), last: last}}
}

// A builtinValue is a call of a C function that returns an object. The assembly knows the struct.
type builtinValue struct {
	name, function   uintptr
	data, size, last uintptr // the arguments
}

// A moduleDef is a PyModuleDef (Include/moduleobject.h) without methods, of an interpreter with the GIL.
type moduleDef struct {
	refcnt, typ, init, index, copy        uintptr // PyModuleDef_Base
	name, doc                             uintptr
	size                                  int
	methods, slots, traverse, clear, free uintptr
}

// Slots of a module (PEP 489, Include/moduleobject.h).
const (
	slotExec                   = 2
	slotMultipleInterpreters   = 3 // since 3.12
	perInterpreterGILSupported = 2
)

// The one module of ours that is built in. Its functions are assembly: each interpreter of the process makes the module for
// itself, in a forked child too, where no Go can run.
var (
	builtinName    = []byte("_oxgen\x00")
	builtinDef     moduleDef
	builtinSlots   [6]uintptr
	builtinValues  []builtinValue // ends with an empty one
	builtinStrings struct {
		Strings
		data []string
	}

	// What the assembly reads.
	builtinFirst  uintptr // address of builtinValues
	cDefInit      uintptr // PyModuleDef_Init
	cSetAttribute uintptr // PyObject_SetAttrString
	cDecRef       uintptr // Py_DecRef
)

// AddBuiltin adds the built-in module _oxgen with the given attributes. It is called before initialisation, once in a
// process: CPython's table of built-in modules can only grow.
func (a *API) AddBuiltin(values []Value) error {
	if builtinValues != nil {
		return errors.New("an interpreter was started in this process before")
	}
	for _, v := range values {
		builtinValues = append(builtinValues, v.make)
	}
	builtinValues = append(builtinValues, builtinValue{})
	builtinFirst = uintptr(unsafe.Pointer(&builtinValues[0]))
	cDefInit, cSetAttribute, cDecRef = a.symbol("PyModuleDef_Init"), a.symbol("PyObject_SetAttrString"), a.symbol("Py_DecRef")
	initialise, execute := builtinFunctions()
	builtinSlots = [6]uintptr{slotExec, execute}
	if a.Version.Minor() >= 12 {
		builtinSlots[2], builtinSlots[3] = slotMultipleInterpreters, perInterpreterGILSupported
	}
	builtinDef = moduleDef{refcnt: 1, name: uintptr(unsafe.Pointer(&builtinName[0])), slots: uintptr(unsafe.Pointer(&builtinSlots[0]))}
	if a.missing != nil {
		return a.missing
	}
	if int32(a.call("PyImport_AppendInittab", builtinDef.name, initialise)) != 0 { // a C int
		if a.missing != nil {
			return a.missing
		}
		return errors.New("PyImport_AppendInittab: out of memory")
	}
	return nil
}
