package main

import "github.com/oxgen/oxgen/example/lab/pyapp"

func main() { pyapp.Program.Main() }
