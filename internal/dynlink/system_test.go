package dynlink

import "testing"

func TestPython(t *testing.T) {
	t.Parallel()
	for library, want := range map[string]bool{
		"libpython3.14.so.1.0": true, "libpython3.so": true, "libpython3.14t.so.1.0": true, "python314.dll": true, "python3.dll": true,
		"VCRUNTIME140.dll": true, "vcruntime140_1.dll": true, "@rpath/libpython3.14.dylib": true,
		"/Library/Frameworks/Python.framework/Versions/3.14/Python": true,
		"libpython2.7.so.1.0": false, "libboost_python314.so.1": false, "pythoncom314.dll": false, "msvcp140.dll": false, "libpython3.14.so.gz": false,
	} {
		if got := Python(library); got != want {
			t.Errorf("Python(%q) = %v", library, got)
		}
	}
}

func TestMusl(t *testing.T) {
	t.Parallel()
	for library, want := range map[string]bool{"libc.so": true, "libc.musl-x86_64.so.1": true, "ld-musl-aarch64.so.1": true, "libc.so.6": false} {
		if got := Musl(library); got != want {
			t.Errorf("Musl(%q) = %v", library, got)
		}
	}
}
