"""Opens a library of the program by cffi: by its name, by its path, and together with the C library."""
import sys

import cffi

ffi = cffi.FFI()
ffi.cdef("int extra(void); int calls_of(void); size_t strlen(const char *text);")
library = ffi.dlopen("libextra.so.1")
print(library.extra(), library.calls_of(), flush=True)
print(ffi.dlopen(sys.executable + "/oxgen.libs/libextra.so.1").calls_of(), ffi.dlopen(None).strlen(b"four"))
try:
    ffi.dlopen("libnothing.so.1")
except OSError as e:
    print("libnothing.so.1" in str(e))
