//go:build !((linux && (amd64 || arm64)) || (windows && amd64))

package cpython

func streamFunction() uintptr { return 0 }
