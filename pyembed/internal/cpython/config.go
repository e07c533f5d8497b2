package cpython

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// A Setting is one option of the interpreter by its name in PEP 741, with a value of one of three types.
type Setting struct {
	Name  string
	Value any // int64, string or []string
}

// Initialize starts the interpreter with the isolated configuration changed by settings, in their order. When CPython
// wants to end the process at once (say, after printing its version) exit is true and status its exit status.
//
// Strings are bytes as the operating system has them: those that are no text in the encoding of file names become
// surrogate escapes, as everywhere in Python (PEP 383).
func (a *API) Initialize(settings []Setting) (status int, exit bool, err error) {
	minor := a.Version.Minor()
	if minor < 14 || minor <= lastLayout && !isUTF8(settings) {
		return a.pyConfig(settings)
	}
	return a.initConfig(settings)
}

// InitializeCommand is Initialize for the configuration of the python command: it reads environment variables, and parses
// the setting argv.
func (a *API) InitializeCommand(settings []Setting) (status int, exit bool, err error) {
	if a.Version.Minor() <= lastLayout {
		return a.pyConfigFrom("PythonConfig", settings)
	}
	// By PEP 741 there is no way to let CPython decide what it decides by environment variables alone, such as dev_mode.
	command := []Setting{
		{Name: "isolated", Value: int64(0)},
		{Name: "use_environment", Value: int64(1)},
		{Name: "safe_path", Value: int64(0)},
		{Name: "user_site_directory", Value: int64(1)},
		{Name: "install_signal_handlers", Value: int64(1)},
		{Name: "configure_c_stdio", Value: int64(1)},
		{Name: "parse_argv", Value: int64(1)},
	}
	return a.initConfig(append(command, settings...))
}

// isUTF8 tells whether all strings of settings mean the same in UTF-8, the only encoding that PEP 741 takes, as in the
// encoding of file names.
func isUTF8(settings []Setting) bool {
	mode, ascii := false, true
	for _, set := range settings {
		for _, s := range set.strings() {
			if !utf8.ValidString(s) {
				return false
			}
			ascii = ascii && strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		}
		if set.Name == "utf8_mode" {
			mode = set.Value == int64(1)
		}
	}
	return mode || ascii
}

// strings returns the strings in a setting.
func (s Setting) strings() []string {
	switch v := s.Value.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	}
	return nil
}

// check returns an error when the value can't be passed to C at all.
func (s Setting) check() error {
	switch s.Value.(type) {
	case int64, string, []string:
	default:
		return fmt.Errorf("a value of type %T", s.Value)
	}
	for _, v := range s.strings() {
		if strings.Contains(v, "\x00") {
			return fmt.Errorf("%q has a NUL byte", v)
		}
	}
	return nil
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
		if err := set.check(); err != nil {
			return 0, false, fmt.Errorf("setting %s: %w", set.Name, err)
		}
		if a.setOption(config, &s, set) != 0 {
			return 0, false, errors.New("setting " + set.Name + ": " + a.initError(config))
		}
	}
	failed := int32(a.call("Py_InitializeFromInitConfig", config)) != 0 // a C int
	switch {
	case a.missing != nil:
		return 0, false, a.missing
	case !failed:
		return 0, false, nil
	case int32(a.call("PyInitConfig_GetExitCode", config, uintptr(unsafe.Pointer(&exitCode)))) != 0: // a C int
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
		return int32(a.call("PyInitConfig_SetInt", config, name, uintptr(v))) // two's complement
	case string:
		return int32(a.call("PyInitConfig_SetStr", config, name, s.C(v))) // a C int
	case []string:
		return int32(a.call("PyInitConfig_SetStrList", config, name, uintptr(len(v)), s.array(v))) // a C int
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
	if int32(a.call("PyInitConfig_GetError", config, uintptr(unsafe.Pointer(&errorMessage)))) == 0 { // a C int
		return "unknown error"
	}
	return goString(errorMessage)
}
