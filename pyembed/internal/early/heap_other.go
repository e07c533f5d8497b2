//go:build !linux && (amd64 || arm64)

package early

// populateHeap does nothing on this platform.
func populateHeap() {}
