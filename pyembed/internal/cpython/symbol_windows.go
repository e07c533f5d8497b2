package cpython

import "golang.org/x/sys/windows"

// lookUp returns the address of a symbol of a DLL, by its handle.
func lookUp(handle uintptr, name string) (uintptr, error) {
	return windows.GetProcAddress(windows.Handle(handle), name)
}

// The C library that CPython is linked with. It is part of Windows.
var ucrt = windows.NewLazySystemDLL("ucrtbase.dll")

// lookUpC returns the address of a function of the C library.
func lookUpC(name string) (uintptr, error) {
	p := ucrt.NewProc(name)
	if err := p.Find(); err != nil {
		return 0, err
	}
	return p.Addr(), nil
}
