"""Loads the program's extension modules on macOS.

dyld loads files, which it and the system's checks of signatures know by their paths. So the program's machine code is put into the
user's cache directory as it is, each file where it lies in the program: extension modules name the libraries that they are linked with
relative to their own place (@loader_path, and @rpath below it).
"""

import _frozen_importlib as _bootstrap
import _oxgen
import errno
import posix
import sys

import _oxgen_importer as importer


def memory_file(name, flags=0):
    """Returns the negative errno of a system without files in memory."""
    return -errno.ENOSYS


# Place in the table -> path on disk.
_paths = {}


def on_disk(place):
    """Returns the path of a file of the table, which is put on disk with those that it is linked with."""
    path = _paths.get(place)
    if path is None:
        _paths[place] = ""  # libraries may need each other
        for need in importer.native(place)[3:]:
            on_disk(need)
        from _oxgen_extract import keep
        fingerprint = _oxgen.identity.partition(":")[0]
        path = _paths[place] = keep(f"{fingerprint}/{place}", importer.stored_view(place))
    return path


def create_dynamic(spec, *file):
    """Does what C's function does, for the program's files too."""
    place = getattr(spec.loader, "place", None) or importer.place(spec.origin)
    if not place or not importer.native(place):
        return importer.create_dynamic(spec, *file)
    try:
        path = on_disk(place)
    except OSError as e:
        raise ImportError(f"can't load {spec.origin}: {e}", name=spec.name, path=spec.origin) from None
    module = importer.create_dynamic(_bootstrap.ModuleSpec(spec.name, spec.loader, origin=path), *file)
    if getattr(module, "__file__", None) == path:
        module.__file__ = spec.origin
    return module


def open_library(name):
    """Returns the path on disk of a library of the program that is to be opened, or name itself."""
    try:
        path = posix.fspath(name)
    except TypeError:
        return name
    if isinstance(path, bytes):
        path = path.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    place = importer.place(path)
    return on_disk(place) if place and importer.native(place) else name


def extend_ctypes(ctypes):
    """Lets ctypes open the program's libraries."""
    original = ctypes._dlopen

    def _dlopen(name, *args):
        return original(open_library(name), *args)

    ctypes._dlopen = _dlopen


def extend_ctypes_util(util):
    """Leaves ctypes.util as it is: a library of the program is opened by its path."""


def extend_cffi(backend):
    """Lets cffi (ffi.dlopen) open the program's libraries."""
    original = backend.load_library

    def load_library(name=None, *args):
        return original(open_library(name), *args)

    backend.load_library = load_library
