// Package scaffold makes new projects: it looks at what a directory holds already (Layout, Module) and writes the files
// that are missing (Project).
package scaffold
