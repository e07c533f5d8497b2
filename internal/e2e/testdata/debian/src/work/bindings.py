"""cffi in its modes, and ctypes, with a library of the program's own: the test compiles it (shape.c) and _shape with it."""
import ctypes
import ctypes.util

import cffi

LIBRARY = "libshape.so.2"
DECLARATIONS = """
double area(double width, double height);
typedef struct { int x, y; } point;
int sum(const point *points, int count);
int each(int count, int (*call)(int));
extern int calls;
"""


def by_name():
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    lib = ffi.dlopen(LIBRARY)
    points = ffi.new("point[]", [(1, 2), (3, 4)])

    @ffi.callback("int(int)")
    def square(i):
        return i * i

    return [lib.area(2, 3.5), lib.sum(points, 2), lib.each(5, square), lib.calls >= 1, repr(lib).startswith("<cffi")]


def built():
    """The API mode: an extension module that cffi has written, linked with the library."""
    import _shape
    before = _shape.lib.calls
    _shape.lib.area(1, 1)
    return [_shape.lib.area(2, 4), _shape.lib.calls - before, _shape.ffi.typeof("point").kind]


def one_copy():
    """Whoever opens the library gets the same one."""
    import _shape
    _shape.lib.calls = 100
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    return [ffi.dlopen(LIBRARY).calls, ctypes.c_int.in_dll(ctypes.CDLL(LIBRARY), "calls").value]


def by_ctypes():
    name = ctypes.util.find_library("shape") or LIBRARY
    lib = ctypes.CDLL(name)
    lib.area.restype, lib.area.argtypes = ctypes.c_double, [ctypes.c_double] * 2
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    return [name, lib.area(3, 3), lib.each(4, callback(lambda i: -i))]


def of_the_system():
    ffi = cffi.FFI()
    ffi.cdef("double sqrt(double); int printf(const char *, ...);")
    return [ffi.dlopen("libm.so.6").sqrt(2.0), ffi.dlopen(None).printf(b"")]


def errors():
    found = []
    ffi = cffi.FFI()
    ffi.cdef("int nothing_here(void);")
    for f in (lambda: ffi.dlopen("libnothing.so.9"), lambda: ffi.dlopen(LIBRARY).nothing_here, lambda: ctypes.CDLL("libnothing.so.9")):
        try:
            f()
        except (OSError, AttributeError) as e:
            found.append([type(e).__name__, str(e).rpartition(": ")[2]])
    return found
