//go:build !linux

package cpython

// GrowHeap does nothing on this platform.
func (a *API) GrowHeap() {}
