//go:build !windows

package cpython

import "github.com/ebitengine/purego"

// lookUp returns the address of a symbol of a library, by the handle of dlopen.
func lookUp(handle uintptr, name string) (uintptr, error) { return purego.Dlsym(handle, name) }

// lookUpC returns the address of a function of the C library, which libpython has loaded.
func lookUpC(name string) (uintptr, error) { return purego.Dlsym(purego.RTLD_DEFAULT, name) }
