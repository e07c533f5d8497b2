// Package pyembed runs a Python program that lies in the executable.
//
// It is what the packages that oxgen generates import. They hold a Program; its Main method is the whole of a program:
//
//	func main() { pyapp.Program.Main() }
//
// # How a program starts
//
// The table (package table) is checked against the generated Go source. Libpython is loaded out of the executable
// (package internal/loader), told by configuration to look nothing up on disk, and started with one frozen module that
// CPython imports before any other: it installs the importer, which serves every module, file and distribution of the
// program from the table's memory. Then the program's main module runs.
//
// # What the process promises
//
// Python's main thread is the process's main thread. No Go code runs after Python starts, except for the built-in
// module's one initialisation, so that a child after a fork is sound. Signals are Python's. The process leaves by C's
// exit. Nothing is written to disk, unless the system offers no other way of loading (see the rungs in
// docs/architecture.md).
//
// On Windows, where there is no fork, Go code also puts the DLLs of the program below LocalAppData when they are needed.
//
// The package does not panic: what is wrong with the executable or its surroundings comes back as an error that names
// the cause.
package pyembed
