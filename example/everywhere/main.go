// Everywhere is one program for five platforms: with data, metadata, SQLite, OpenSSL, threads and processes of its own.
//
//	oxgen build --target all ./example/everywhere
package main

import "github.com/oxgen/oxgen/example/everywhere/pyapp"

//go:generate go run github.com/oxgen/oxgen

func main() { pyapp.Program.Main() }
