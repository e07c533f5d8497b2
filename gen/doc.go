// Package gen turns a configuration into a Go package that holds a Python program.
//
// It joins the steps that other packages make: internal/dist brings the Python, collector finds the files, pyc has them
// compiled, internal/libpython divides the library, pyembed/table packs it all. Gen decides what goes where, renders the
// Go source, and writes everything at once or nothing.
//
//	config ─► plan (plan.go) ─► program (program.go) ─► table + rows ─► []File (render.go, library.go) ─► Output
//
// The same inputs give the same bytes, on every machine and with any number of jobs: names are sorted, nothing is
// ranged over in map order, and no time, user, path of the machine or version of oxgen gets into the output.
package gen
