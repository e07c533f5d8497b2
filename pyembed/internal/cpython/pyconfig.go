package cpython

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"
)

// A structure is a C struct in Go's heap. C may hold on to its address for as long as the structure is reachable: Go does
// not move what lies in its heap.
type structure struct {
	layout layout
	words  []uintptr
}

// slack is room behind a struct, for the members that some builds have at its end.
const slack = 64

func newStructure(l layout) *structure {
	const wordSize = unsafe.Sizeof(uintptr(0))
	return &structure{layout: l, words: make([]uintptr, (l.size+slack)/wordSize)}
}

func (s *structure) address() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s.words))) }

// at returns a pointer to what lies at an offset.
func (s *structure) at(offset uintptr) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(s.words)), offset)
}

// int returns the member of C type int called name, nil when there is none.
func (s *structure) int(name string) *int32 {
	m, ok := s.layout.members[name]
	if !ok || m.kind != integer {
		return nil
	}
	return (*int32)(s.at(m.offset))
}

// pyConfig starts the interpreter by PEP 587, with the structs PyPreConfig and PyConfig, from the isolated configuration.
// Strings are bytes of the operating system, decoded as Python decodes file names.
func (a *API) pyConfig(settings []Setting) (status int, exit bool, err error) {
	return a.pyConfigFrom("IsolatedConfig", settings)
}

// pyConfigFrom is pyConfig for a configuration to start from, "IsolatedConfig" or "PythonConfig".
func (a *API) pyConfigFrom(base string, settings []Setting) (status int, exit bool, err error) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" { // purego returns no structs elsewhere
		return 0, false, fmt.Errorf("starting Python 3.%d is not supported on %s", a.Version.Minor(), runtime.GOARCH)
	}
	pre := newStructure(layoutOf(preconfigMembers, a.Version))
	config := newStructure(layoutOf(configMembers, a.Version))
	defer keep(pre, config)

	a.call("PyPreConfig_Init"+base, pre.address())
	a.call("PyConfig_Init"+base, config.address())
	if a.missing != nil {
		return 0, false, a.missing
	}
	defer a.call("PyConfig_Clear", config.address())
	if !config.plausible() {
		return 0, false, fmt.Errorf("libpython is an unusual build: its PyConfig is not that of Python 3.%d", a.Version.Minor())
	}
	if err := a.check(settings, pre, config); err != nil {
		return 0, false, err
	}
	for _, set := range settings {
		pre.setInt(set)
	}
	if s := a.preInitialize(pre, settings); s.kind != statusOK {
		return s.result()
	}
	for _, set := range settings {
		if s := a.set(config, set); s.kind != statusOK {
			return s.resultOf(set)
		}
	}
	return a.status("Py_InitializeFromConfig", config.address()).result()
}

// preInitialize sets up memory and encodings. Where CPython parses the arguments, some options are for this already, such as
// -X utf8.
func (a *API) preInitialize(pre *structure, settings []Setting) pyStatus {
	var args []string
	for _, set := range settings {
		if set.Name == "argv" {
			args = set.strings()
		}
	}
	var held Strings
	defer keep(&held)
	return a.status("Py_PreInitializeFromBytesArgs", pre.address(), uintptr(len(args)), held.array(args))
}

// plausible tells whether CPython's own default values are where they should be: a build with another layout would have
// others at these offsets.
func (s *structure) plausible() bool {
	importlib, main, buffered := s.int("_install_importlib"), s.int("_init_main"), s.int("buffered_stdio")
	return importlib != nil && *importlib == 1 && main != nil && *main == 1 && buffered != nil && *buffered == 1
}

// check finds the first setting that one of the two structs can't take.
func (a *API) check(settings []Setting, pre, config *structure) error {
	for _, set := range settings {
		m, ok := config.layout.members[set.Name]
		if !ok {
			m, ok = pre.layout.members[set.Name]
		}
		if !ok || strings.HasPrefix(set.Name, "_") {
			return fmt.Errorf("setting %s: Python 3.%d has no such option", set.Name, a.Version.Minor())
		}
		err := set.check()
		if err == nil {
			err = m.takes(set.Value)
		}
		if err != nil {
			return fmt.Errorf("setting %s: %w", set.Name, err)
		}
	}
	return nil
}

// takes tells whether value is of the member's type and within its range.
func (m slot) takes(value any) error {
	switch v := value.(type) {
	case int64:
		switch {
		case m.kind == integer && (v < math.MinInt32 || v > math.MaxInt32),
			m.kind == unsigned && (v < 0 || v > math.MaxUint32): // CPython takes 32 bits of hash_seed
			return fmt.Errorf("%d is out of range", v)
		case m.kind == integer, m.kind == unsigned:
			return nil
		}
	case string:
		if m.kind == text {
			return nil
		}
	case []string:
		if m.kind == list {
			return nil
		}
	}
	return fmt.Errorf("the option is %s", [...]string{"an integer", "an integer", "a string", "a list of strings"}[m.kind])
}

// setInt changes an integer, in a struct that has it.
func (s *structure) setInt(set Setting) {
	value, ok := set.Value.(int64)
	m, found := s.layout.members[set.Name]
	switch {
	case !ok || !found:
	case m.kind == integer:
		*(*int32)(s.at(m.offset)) = int32(value) // takes looked at it
	case m.kind == unsigned:
		*(*uint32)(s.at(m.offset)) = uint32(value) // the rest of a longer one is 0
	}
}

// set changes one option of config. That of the PyPreConfig alone changes nothing.
func (a *API) set(config *structure, set Setting) pyStatus {
	m := config.layout.members[set.Name]
	var held Strings
	defer keep(&held)
	switch v := set.Value.(type) {
	case string:
		return a.status("PyConfig_SetBytesString", config.address(), config.address()+m.offset, held.C(v))
	case []string:
		return a.setList(config, set.Name, m, v)
	}
	config.setInt(set)
	return pyStatus{}
}

// setList replaces a list of config.
func (a *API) setList(config *structure, name string, m slot, values []string) pyStatus {
	if name == "module_search_paths" {
		*config.int("module_search_paths_set") = 1
	}
	address := config.address() + m.offset
	// An empty array of items frees those that a setting before this one has set.
	if s := a.status("PyConfig_SetWideStringList", config.address(), address, 0, 0); s.kind != statusOK {
		return s
	}
	var held Strings
	defer keep(&held)
	for _, v := range values {
		decoded := a.call("Py_DecodeLocale", held.C(v), 0)
		if decoded == 0 {
			return pyStatus{kind: statusError, message: "it can't be decoded"}
		}
		s := a.status("PyWideStringList_Append", address, decoded) // copies it
		a.call("PyMem_RawFree", decoded)
		if s.kind != statusOK {
			return s
		}
	}
	return pyStatus{}
}

// The kinds of a PyStatus.
const (
	statusOK = iota
	statusError
	statusExit
)

// A pyStatus is what the functions of PEP 587 return.
type pyStatus struct {
	kind     int
	function string // of CPython where the error comes from; may be ""
	message  string
	exit     int // the exit status
}

// A cStatus is a PyStatus (Include/cpython/initconfig.h), which functions return by value. It is larger than two registers:
// on amd64 the address to return it to is the first argument, on arm64 it is in register x8, which purego.SyscallN can't set.
// purego.RegisterFunc does it right on both.
type cStatus struct {
	kind              int32
	_                 int32
	function, message uintptr
	exit              int32
	_                 int32
}

// status calls a function that returns a PyStatus and has up to four arguments; what C does not ask for is ignored.
func (a *API) status(name string, args ...uintptr) pyStatus {
	address := a.symbol(name)
	if address == 0 {
		return pyStatus{kind: statusError, message: a.missing.Error()}
	}
	var four [4]uintptr
	copy(four[:], args)
	s := statusOf(address, four)
	return pyStatus{kind: int(s.kind), function: goString(s.function), message: goString(s.message), exit: int(s.exit)}
}

// result returns what Initialize does.
func (s pyStatus) result() (status int, exit bool, err error) {
	switch s.kind {
	case statusOK:
		return 0, false, nil
	case statusExit:
		return s.exit, true, nil
	}
	if s.function != "" {
		return 0, false, errors.New(s.function + ": " + s.message)
	}
	return 0, false, errors.New(s.message)
}

// resultOf is result for the status of a setting.
func (s pyStatus) resultOf(set Setting) (status int, exit bool, err error) {
	status, exit, err = s.result()
	if err != nil {
		err = fmt.Errorf("setting %s: %w", set.Name, err)
	}
	return status, exit, err
}
