package cpython

//lint:file-ignore U1000 C and the assembly read what Go only writes.

import "unsafe"

// Python code of ours that loads libraries needs functions of C: dlopen, memfd_create. It can't reach them by Go, which can't
// run in a child after a fork, nor by ctypes, which may be such a library itself and takes long to import. So the built-in
// module has a function that calls an address. It is assembly.

// maxCallArgs is how many arguments a called function can have.
const maxCallArgs = 6

// callState is what the assembly works with.
type callState struct {
	argument uintptr // PyLong_AsUnsignedLongLongMask
	result   uintptr // PyLong_FromLongLong
}

var caller callState

// callMutex is a pthread_mutex_t, which has 40 bytes or 48. All zero it is one that nobody holds (PTHREAD_MUTEX_INITIALIZER of
// glibc and musl).
var callMutex [8]uintptr

var (
	callDef  methodDef
	callName = []byte("call\x00")
)

// CallValues returns what the built-in module needs to call C, nothing on a platform without the assembly.
//
// call(function, arg, …) calls the function at an address with at most maxCallArgs integers and returns an integer, the whole
// register with a sign: of an int of C the upper half means nothing. It keeps the GIL.
//
// dlsym and syscall are addresses of functions. The first is libc's. The second makes a system call, by its number and up to
// five arguments, and returns a negative errno for an error. memfd_create is the number of one.
//
// mutex is the address of a pthread_mutex_t for the interpreters of the process, and mutex_size its size in bytes.
func (a *API) CallValues() []Value {
	call, syscall := callFunctions()
	dlsym, err := lookUpC("dlsym")
	if call == 0 || err != nil {
		return nil
	}
	caller = callState{
		argument: a.symbol("PyLong_AsUnsignedLongLongMask"),
		result:   a.symbol("PyLong_FromLongLong"),
	}
	callDef = methodDef{name: uintptr(unsafe.Pointer(&callName[0])), function: call, flags: methFast}
	return []Value{
		a.functionValue("call", &callDef),
		a.IntValue("dlsym", dlsym),
		a.IntValue("syscall", syscall),
		a.IntValue("memfd_create", sysMemfdCreate),
		a.IntValue("mutex", uintptr(unsafe.Pointer(&callMutex))),
		a.IntValue("mutex_size", unsafe.Sizeof(callMutex)),
	}
}
