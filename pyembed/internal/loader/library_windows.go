package loader

import (
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/windows"
)

var rungs = []rung{{"cache", loadCache}}

// loadLinked returns the handle by which the symbols of the executable itself are found: nothing is linked into it here.
func loadLinked() uintptr { return 0 }

func loadShared(lib *Library) (uintptr, error) {
	return 0, errors.New("a program for Windows carries its Python: link = \"shared\" is for other systems")
}

// loadCache keeps the library as a file in the user's cache directory and loads that.
func loadCache(lib *Library) (uintptr, error) {
	if len(lib.Skeleton) != 1 || lib.Skeleton[0].Size != int64(len(lib.Data)) {
		return 0, errors.New("this library is divided")
	}
	path, err := Keep(lib.Name, lib.key(), lib.Data)
	if err != nil {
		return 0, err
	}
	// An absolute path, and a search for what the DLL needs itself that leaves out the current directory, that of the executable
	// and PATH, in which somebody else may have put a file. What the program brings is loaded already, under its name.
	handle, err := windows.LoadLibraryEx(path, 0, windows.LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR|windows.LOAD_LIBRARY_SEARCH_SYSTEM32)
	if err != nil {
		return 0, fmt.Errorf("LoadLibraryEx %s: %w", filepath.Base(path), err)
	}
	return uintptr(handle), nil
}
