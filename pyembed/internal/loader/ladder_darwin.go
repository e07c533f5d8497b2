package loader

import "github.com/ebitengine/purego"

// macOS loads files only, which its own cache of libraries knows by their paths.
var rungs = []rung{{"cache", loadCache}}

// loadLinked returns the handle by which the symbols of the executable itself are found.
func loadLinked() uintptr { return purego.RTLD_DEFAULT }
