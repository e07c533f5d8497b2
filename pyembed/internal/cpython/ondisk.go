package cpython

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// The function on_disk of the built-in module, which is Go: for platforms without fork.
var (
	onDiskDef  methodDef
	onDiskName = []byte("on_disk\x00")
)

// OnDiskValue returns a function for the built-in module: on_disk(place) returns the path that find gives for a place in the
// table, and raises OSError with its error.
func (a *API) OnDiskValue(find func(place string) (string, error)) Value {
	function := purego.NewCallback(func(_, args, count uintptr) uintptr {
		if count != 1 {
			return a.raiseOSError("on_disk takes one argument")
		}
		place := a.call("PyUnicode_AsUTF8", word(args))
		if place == 0 {
			return 0
		}
		path, err := find(goString(place))
		if err != nil {
			return a.raiseOSError(err.Error())
		}
		return uintptr(a.Path(path))
	})
	onDiskDef = methodDef{name: uintptr(unsafe.Pointer(&onDiskName[0])), function: function, flags: methFast}
	return a.functionValue("on_disk", &onDiskDef)
}

func (a *API) raiseOSError(text string) uintptr {
	var s Strings
	a.call("PyErr_SetString", word(a.symbol("PyExc_OSError")), s.C(text))
	keep(&s)
	return 0
}
