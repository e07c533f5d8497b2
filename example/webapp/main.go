// Webapp is a guest book: pages from a template, a style sheet and a schema that are read as package resources, and
// SQLite, in one executable.
package main

import "github.com/oxgen/oxgen/example/webapp/pyapp"

//go:generate go run github.com/oxgen/oxgen

func main() { pyapp.Program.Main() }
