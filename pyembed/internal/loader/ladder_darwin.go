package loader

// macOS loads files only, which its own cache of libraries knows by their paths.
var rungs = []rung{{"cache", loadCache}}
