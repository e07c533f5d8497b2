package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import "unsafe"

// io.FileIO is a class, and what opens a file is its __init__: a slot of the type, not a function that a guard could stand for.
// So the slot gets a function of ours, in assembly as guards are, and so does the method __init__, by which subclasses call
// it. The function calls the original; when that raises NotADirectoryError, on Windows any OSError, it asks a fallback in Python with the stream, the
// tuple of arguments and, if there are any, the dict of keyword arguments. Where the fallback returns None, the error stands;
// an OSError that it returns is raised instead, as with guards; anything else means that the stream is open.
//
// The type is changed for the interpreter that asked. Up to 3.11 all interpreters of a process have it in common; others
// then get the original's error.

// streamState is what the assembly works with, beside the guards' state.
type streamState struct {
	interpreter uintptr // PyInterpreterState_Get
	none        uintptr // Py_None

	owner    uintptr // the interpreter
	original uintptr // tp_init
	fallback uintptr // the list that has the fallback as its first element
}

var streams streamState

// Offsets of what is changed: tp_init of a PyTypeObject (Include/cpython/object.h), and d_wrapped of a PyWrapperDescrObject
// (Include/cpython/descrobject.h). They are the same in all versions, 3.10 to 3.14.
const (
	typeInit       = 296
	wrapperWrapped = 48
)

var (
	streamDef  methodDef
	streamName = []byte("stream\x00")
)

// streamValue returns a function for the built-in module: stream(type, init, list) changes the type FileIO, whose method
// __init__ is init; list has the fallback. It does so once in a process, and returns whether it did: 1 or 0.
func (a *API) streamValue() Value {
	streams = streamState{
		interpreter: a.symbol("PyInterpreterState_Get"),
		none:        a.symbol("_Py_NoneStruct"),
	}
	streamDef = methodDef{name: uintptr(unsafe.Pointer(&streamName[0])), function: streamFunction(), flags: methFast}
	return a.functionValue("stream", &streamDef)
}
