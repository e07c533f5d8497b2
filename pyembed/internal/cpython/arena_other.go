//go:build !linux || (!amd64 && !arm64)

package cpython

// PopulateArenas does nothing on this platform.
func (a *API) PopulateArenas() {}
