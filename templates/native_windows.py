"""Loads the program's machine code on Windows: extension modules, and the DLLs that they are linked with.

Windows loads DLLs from files, and nothing else. So the ones of the program are put into the user's cache directory, each under
its own name in a directory that is named by its contents (pyembed, native_windows.go), and held against the program's own bytes at each start.
"""

import _frozen_importlib as _bootstrap
import _oxgen
import nt
import sys

import _oxgen_importer as importer

# The directory of the libraries that come from elsewhere than from a package; package gen knows it too.
_LIBRARIES = "oxgen.libs/"


def create_dynamic(spec, *file):
    """Does what C's function does, for the program's files too."""
    place = getattr(spec.loader, "place", None) or importer.place(spec.origin)
    if not place or not importer.native(place):
        return importer.create_dynamic(spec, *file)
    try:
        path = _oxgen.on_disk(place)
    except OSError as e:
        raise ImportError(f"can't load {spec.origin}: {e}", name=spec.name, path=spec.origin) from None
    module = importer.create_dynamic(_bootstrap.ModuleSpec(spec.name, spec.loader, origin=path), *file)
    if getattr(module, "__file__", None) == path:
        module.__file__ = spec.origin
    return module


def _place(name):
    """Returns the place in the table of the DLL that a program means by a path or a name, None where it is none."""
    try:
        name = nt.fspath(name)
    except TypeError:
        return None
    if not isinstance(name, str):
        return None
    if "/" in name or "\\" in name:
        place = importer.place(name)
        return place if place and importer.native(place) else None
    for place, row in importer.natives():
        if place.startswith(_LIBRARIES) and name.lower() in (place[len(_LIBRARIES):].lower(), place[len(_LIBRARIES):].lower().removesuffix(".dll")):
            return place
    return None


def open_library(name):
    """Returns the path of a DLL of the program that is to be opened, or name itself."""
    place = _place(name) if name else None
    return name if place is None else _oxgen.on_disk(place)


def extend_ctypes(ctypes):
    """Lets ctypes open the program's DLLs."""
    function = "_LoadLibrary" if hasattr(ctypes, "_LoadLibrary") else "_dlopen"  # since 3.14, and before
    original = getattr(ctypes, function)

    def load(name, *args):
        return original(open_library(name), *args)

    setattr(ctypes, function, load)


def extend_ctypes_util(util):
    """Lets ctypes.util.find_library find the DLLs that come with the program."""
    original = util.find_library

    def find_library(name):
        place = _place(name)
        return original(name) if place is None else importer.joined(place)

    util.find_library = find_library


def extend_cffi(backend):
    """Lets cffi (ffi.dlopen) open the program's DLLs."""
    original = backend.load_library

    def load_library(name=None, *args):
        return original(open_library(name), *args)

    backend.load_library = load_library
