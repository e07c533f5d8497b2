//go:build !linux

package cpython

// PopulateCode does nothing on this platform.
func (a *API) PopulateCode() {}
