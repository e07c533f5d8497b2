"""Writes the source of _shape, an extension module by cffi's API mode, to the file that the first argument names."""
import sys

import cffi
import cffi.recompiler

POINT = "typedef struct { int x, y; } point;"
ffi = cffi.FFI()
ffi.cdef(POINT + "double area(double, double); extern int calls;")
cffi.recompiler.make_c_source(ffi, "_shape", POINT + "extern double area(double, double); extern int calls;", sys.argv[1])
