// Pip is pip as one executable: 330 modules with their data files, none of them in this repository.
package main

import "github.com/oxgen/oxgen/example/pip/pyapp"

//go:generate go run github.com/oxgen/oxgen

func main() { pyapp.Program.Main() }
