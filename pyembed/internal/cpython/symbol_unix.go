//go:build !windows

package cpython

import (
	"errors"
	"sync"

	"github.com/ebitengine/purego"
)

// linkerSymbol is the address of dlsym. The function of purego of that name goes by reflection, which is too long a way for
// the hundred symbols of a start.
var linkerSymbol = sync.OnceValues(func() (uintptr, error) { return purego.Dlsym(purego.RTLD_DEFAULT, "dlsym") })

// lookUp returns the address of a symbol of a library, by the handle of dlopen.
func lookUp(handle uintptr, name string) (uintptr, error) {
	dlsym, err := linkerSymbol()
	if err != nil {
		return 0, err
	}
	var held Strings
	address, _, _ := purego.SyscallN(dlsym, handle, held.C(name))
	keep(&held)
	if address == 0 {
		return 0, errors.New("there is no symbol " + name)
	}
	return address, nil
}

// lookUpC returns the address of a function of the C library, which libpython has loaded.
func lookUpC(name string) (uintptr, error) { return lookUp(purego.RTLD_DEFAULT, name) }
