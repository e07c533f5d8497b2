//go:build !linux || (!amd64 && !arm64)

package cpython

// ShieldThreads does nothing on this platform.
func (a *API) ShieldThreads() (settle func()) { return func() {} }
