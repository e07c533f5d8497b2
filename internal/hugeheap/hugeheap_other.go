//go:build !linux

// Package hugeheap has Go's heap use huge pages.
package hugeheap

// Reserve does nothing on this system.
func Reserve() {}
