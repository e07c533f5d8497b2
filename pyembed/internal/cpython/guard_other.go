//go:build !((linux && (amd64 || arm64)) || (windows && amd64))

package cpython

func guardEntry(int) uintptr { return 0 }

func guardMaker() uintptr { return 0 }

func streamFunction() uintptr { return 0 }
