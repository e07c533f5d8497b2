package main

import (
	"os"
	"runtime"
)

func main() {
	// The package pyembed, which comes in for the formats that it reads, keeps main in its thread for Python's sake. Here that would only
	// make every handing out of work a change of threads.
	runtime.UnlockOSThread()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
