//go:build amd64 || arm64

// Package stack has the main goroutine's stack be large from the start.
package stack

// A goroutine starts with 2 KiB of stack. A start of Python needs some 30: the stack would be copied four times on the way, each time
// with all the frames that are on it read off the executable's tables, whose pages nobody has touched before. The package
// imports nothing, so that this comes before most of what is initialised, and there are few frames yet.
func init() { grow() }

// grow returns. It has a frame of 16 KiB, for which there must be room.
func grow()
