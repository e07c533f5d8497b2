//go:build !windows

package loader

import (
	"fmt"

	"github.com/ebitengine/purego"
)

// loadShared lets the dynamic linker find the system's library by its name.
func loadShared(lib *Library) (uintptr, error) {
	handle, err := purego.Dlopen(lib.Name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return 0, fmt.Errorf("loading the system's %s, which the program is linked against: %w", lib.Name, err)
	}
	return handle, nil
}
