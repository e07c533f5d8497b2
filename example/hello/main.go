// Hello is the smallest program: one Python module in one executable.
package main

import "github.com/oxgen/oxgen/example/hello/pyapp"

//go:generate go run github.com/oxgen/oxgen

func main() { pyapp.Program.Main() }
