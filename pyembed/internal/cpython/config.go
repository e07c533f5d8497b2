package cpython

import (
	"errors"
	"unsafe"
)

// A Setting is one option of the interpreter by its name in PEP 741, with a value of one of three types.
type Setting struct {
	Name  string
	Value any // int64, string or []string
}

// Initialize starts the interpreter with the isolated configuration changed by settings, in their order. When CPython
// wants to end the process at once (say, after printing its version) exit is true and status its exit status.
func (a *API) Initialize(settings []Setting) (status int, exit bool, err error) {
	if a.Version.Minor() >= 14 {
		return a.initConfig(settings)
	}
	return a.pyConfig(settings)
}

// initConfig starts the interpreter by PEP 741.
func (a *API) initConfig(settings []Setting) (status int, exit bool, err error) {
	config := a.call("PyInitConfig_Create")
	if config == 0 {
		if a.missing != nil {
			return 0, false, a.missing
		}
		return 0, false, errors.New("PyInitConfig_Create: out of memory")
	}
	defer a.call("PyInitConfig_Free", config)
	var s Strings // CPython copies what it keeps of them
	defer keep(&s)
	for _, set := range settings {
		if a.setOption(config, &s, set) != 0 {
			return 0, false, errors.New("setting " + set.Name + ": " + a.initError(config))
		}
	}
	if int32(a.call("Py_InitializeFromInitConfig", config)) == 0 { //nolint:gosec // a C int
		return 0, false, nil
	}
	if int32(a.call("PyInitConfig_GetExitCode", config, uintptr(unsafe.Pointer(&exitCode)))) != 0 { //nolint:gosec // a C int
		return int(exitCode), true, nil
	}
	return 0, false, errors.New(a.initError(config))
}

// Where C writes to: globals, because Go may move a local.
var (
	exitCode     int32
	errorMessage uintptr
)

func (a *API) setOption(config uintptr, s *Strings, set Setting) int32 {
	name := s.C(set.Name)
	switch v := set.Value.(type) {
	case int64:
		return int32(a.call("PyInitConfig_SetInt", config, name, uintptr(v))) //nolint:gosec // two's complement
	case string:
		return int32(a.call("PyInitConfig_SetStr", config, name, s.C(v))) //nolint:gosec // a C int
	case []string:
		return int32(a.call("PyInitConfig_SetStrList", config, name, uintptr(len(v)), s.array(v))) //nolint:gosec // a C int
	}
	return -1
}

// array returns the address of an array of C strings, 0 for an empty one.
func (k *Strings) array(list []string) uintptr {
	if len(list) == 0 {
		return 0
	}
	addresses := make([]uintptr, len(list))
	for i, s := range list {
		addresses[i] = k.C(s)
	}
	k.arrays = append(k.arrays, addresses)
	return uintptr(unsafe.Pointer(&addresses[0]))
}

func (a *API) initError(config uintptr) string {
	if int32(a.call("PyInitConfig_GetError", config, uintptr(unsafe.Pointer(&errorMessage)))) == 0 { //nolint:gosec // a C int
		return "unknown error"
	}
	return goString(errorMessage)
}

// pyConfig starts an interpreter that is older than PEP 741.
func (a *API) pyConfig([]Setting) (status int, exit bool, err error) {
	return 0, false, errors.New("Python older than 3.14 can't be started yet")
}
