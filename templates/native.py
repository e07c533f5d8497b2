"""Loads the program's machine code: extension modules, and the shared libraries that they are linked with.

The dynamic linker loads files, and these lie in the executable. So a file in memory gets the contents, and the linker the path
of its descriptor. Once it is loaded, the linker's own note of the path is replaced by the virtual one. From then on whoever
asks for that, CPython above all, gets the library which is there: the file has no more to be open, nothing hangs on the
number of a descriptor, and debuggers, profilers and tracebacks of C see a name that says something.

Where the system has no files in memory, or does not let them be executed, others take their place (_RUNGS).
"""

import _frozen_importlib as _bootstrap
import _oxgen
import _thread
import errno
import posix
import sys

import _oxgen_importer as importer

# Flags of a row of the table.
_LOCATED = 1

# The directory of the libraries that come from elsewhere than from a package; package gen knows it too.
_LIBRARIES = "oxgen.libs/"


# C

def address(data):
    """Returns the address of the bytes in a bytes object (Include/cpython/bytesobject.h, ob_sval)."""
    return id(data) + bytes.__basicsize__ - 1


_functions = {}


def _function(name):
    """Returns the address of a function of C."""
    function = _functions.get(name)
    if function is None:
        text = name.encode() + b"\0"
        function = _functions[name] = _oxgen.call(_oxgen.dlsym, 0, address(text))
        if not function:
            raise OSError(f"the C library has no function {name}")
    return function


def _c(name, *args):
    """Calls a function of C; returns the register with its result."""
    return _oxgen.call(_function(name), *args)


def _read(pointer, size):
    """Returns a copy of memory."""
    copy = bytes(size + 2)  # of more than a byte, so that it is no object that others have too
    _c("memcpy", address(copy), pointer, size)
    return copy[:size]


def _words(pointer, count):
    """Returns integers of the size of a pointer from memory."""
    return memoryview(_read(pointer, 8 * count)).cast("N").tolist()


def _text(pointer):
    """Returns a copy of a C string; of none, an empty text."""
    return _read(pointer, pointer and _c("strlen", pointer)).decode(errors="replace")


def memory_file(name, flags=0):
    """Returns the descriptor of a new file in memory, or a negative errno. The default Python has no os.memfd_create: it is
    built for an older glibc."""
    if not hasattr(_oxgen, "call"):
        return -errno.ENOSYS
    text = name.encode(errors="surrogateescape")[:200] + b"\0"
    cloexec = 1
    return _oxgen.call(_oxgen.syscall, _oxgen.memfd_create, address(text), flags | cloexec)


def _dlopen(path, flags):
    """Returns the linker's handle of the library at a path, 0 when it can't be loaded: then dlerror says why."""
    _function("dlerror")  # now: looking a symbol up forgets what dlerror would say
    text = path.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()) + b"\0"
    return _c("dlopen", address(text), flags)


def _is_taken(path):
    """Tells whether a library of the process has, or once had, the path."""
    return _dlopen(path, posix.RTLD_LAZY | posix.RTLD_NOLOAD) != 0


def _is_loaded(name):
    """Tells whether there is a library of that name or path in the process, by the linker's list: when asked, the linker would
    look for the name on disk."""
    entry = _c("dlopen", 0, posix.RTLD_LAZY)
    while entry:
        base, path, dynamic, entry = _words(entry, 4)  # struct link_map
        path = _text(path)
        if name in (path, path.rpartition("/")[2]) or path.startswith("/proc/") and name == _soname(base, dynamic):
            return True
    return False


def _soname(base, dynamic):
    """Returns the name that a library gives itself, by its load address and its dynamic section in memory (ELF, Elf64_Dyn)."""
    strings = name = None
    while True:
        tag, value = _words(dynamic, 2)
        if tag == 5:  # DT_STRTAB, to which glibc has added the load address where it can write
            strings = value if value >= base else value + base
        elif tag == 14:  # DT_SONAME
            name = value
        elif tag == 0:
            return None if name is None else _text(strings + name)
        dynamic += 16


def _rename(handle, name):
    """Replaces what the linker has noted as the path of a library; returns whether that was possible.

    A handle is a struct link_map (link.h, the same in all of glibc and musl): the load address, then the path. The word is
    written by the kernel, which does not crash should a linker protect it.
    """
    text = name.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()) + b"\0"
    word = _c("strdup", address(text)).to_bytes(8, sys.byteorder)
    try:
        reader, writer = posix.pipe()
    except OSError:  # no descriptor is left
        return False
    try:
        posix.write(writer, word)
        return _c("read", reader, handle + 8, len(word)) == len(word)
    finally:
        posix.close(reader)
        posix.close(writer)


# Files for the linker

def _fill(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[posix.write(descriptor, view):]


def _memfd(path, data):
    """A file in memory. It needs memfd_create (Linux 3.17), /proc, and that memory files may be executed."""
    allow_sealing, executable = 2, 16
    name = path.rpartition("/")[2]
    descriptor = memory_file(name, allow_sealing | executable)
    if descriptor == -errno.EINVAL:  # before Linux 6.3
        descriptor = memory_file(name, allow_sealing)
    if descriptor < 0:
        raise OSError(-descriptor, "memfd_create: " + posix.strerror(-descriptor))
    try:
        _fill(descriptor, data)
    except BaseException:
        posix.close(descriptor)
        raise
    add_seals, all_seals = 1033, 15  # nobody changes it any more, not even its size
    _c("fcntl", descriptor, add_seals, all_seals)
    return descriptor


def _tmpfile(path, data):
    """A file without a name in the directory for temporary files. It needs a file system there that knows O_TMPFILE and is
    not mounted noexec, and /proc."""
    directory = posix.environ.get(b"TMPDIR") or b"/tmp"
    descriptor = posix.open(directory, getattr(posix, "O_TMPFILE", 0o20200000) | posix.O_RDWR | posix.O_CLOEXEC, 0o700)
    try:
        _fill(descriptor, data)
    except BaseException:
        posix.close(descriptor)
        raise
    return descriptor


def _cache(path, data):
    """A file in the user's cache directory. It needs a writable one that is not mounted noexec, but no /proc."""
    from _oxgen_extract import keep
    return keep(f"{importer.native(path)[0]}-{path.rpartition('/')[2]}", data)


_RUNGS = {"memfd": _memfd, "tmpfile": _tmpfile, "cache": _cache}


def _rungs():
    forced = _oxgen.loader
    if not forced:
        return _RUNGS.items()
    if forced == "split":  # for libpython, which it divides
        forced = "memfd"
    return [(forced, _RUNGS[forced])]


def _descriptor_path(descriptor):
    """Returns a path of a file by its descriptor that no library had before, spelt with as many "./" as it takes: the linker
    does not forget the paths of libraries, and descriptors come again. A debugger opens it too, for which "self" would be
    another process; where /proc is that of another PID namespace, the process has no other name."""
    global _loads
    process = posix.getpid()
    try:
        if not _is_same(posix.stat(f"/proc/{process}/fd/{descriptor}"), posix.fstat(descriptor)):
            process = "self"
    except OSError:
        process = "self"
    while True:
        path = f"/proc/{process}/{'./' * _loads}fd/{descriptor}"
        _loads += 1
        if not _is_taken(path):
            return path


_loads = 0


def _is_same(status, other):
    return (status.st_dev, status.st_ino) == (other.st_dev, other.st_ino)


# Loading

# Path in the table -> the name by which the linker knows it.
_names = {}


class _Lock:
    """A lock for all interpreters of the process: those that have a GIL of their own load at once, and the linker would have a
    library twice. Those that share one have to give it up while they wait."""

    def __init__(self):
        self._threads = _thread.RLock()  # of this interpreter
        self._depth = 0

    def __enter__(self):
        self._threads.acquire()
        try:
            if not self._depth:
                while _c("pthread_mutex_trylock", _oxgen.mutex) & 0xffff:  # EBUSY
                    posix.sched_yield()
            self._depth += 1
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *error):
        self._depth -= 1
        if not self._depth:
            _c("pthread_mutex_unlock", _oxgen.mutex)
        self._threads.release()

    def reset(self):
        """Makes the lock a new one in a forked child, where nobody holds it."""
        self._threads._at_fork_reinit()
        self._depth = 0
        _c("memset", _oxgen.mutex, 0, _oxgen.mutex_size)


_lock = _Lock()
posix.register_at_fork(after_in_child=_lock.reset)


def load(path, name, flags):
    """Has the linker load a file of the table under a name, with what it is linked with; returns the name by which it is to be
    asked for, which is another one where the linker keeps its notes to itself."""
    with _lock:
        known = _names.get(path)
        if known is None:
            if not _is_loaded(name):
                for need in importer.native(path)[3:]:
                    _load_needed(need)
                known = _load(path, name, flags)
            _names[path] = known = known or name
        return known


def _load_needed(path):
    """Loads a library that another one is linked with: the linker finds it by its own name."""
    if path in _names:
        return
    flags, own = importer.native(path)[1:3]
    name = f"{importer.root}/{path}" if own else path.rpartition("/")[2]
    if _is_loaded(own or name):
        return
    for need in importer.native(path)[3:]:
        _load_needed(need)
    _names[path] = _load(path, name, posix.RTLD_NOW, bool(own and flags & _LOCATED))


def _load(path, name, flags, located=False):
    """Loads by the first rung that works. One that is located keeps its file: its code asks where it lies, and opens that."""
    data = importer.stored_view(path)
    failed = []
    for rung, make in _rungs():
        try:
            file = make(path, data)
        except OSError as e:
            failed.append(f"{rung}: {e.strerror or e}")
            continue
        place = file if isinstance(file, str) else _descriptor_path(file)
        handle = _dlopen(place, flags)
        why = "" if handle else _text(_c("dlerror"))
        renamed = bool(handle) and not located and _rename(handle, name)
        if place is not file and (renamed or not handle):
            posix.close(file)
        if not handle:
            # What is wrong with the file is wrong on all rungs.
            if why.startswith(place) and not ("cannot open shared object" in why or "failed to map" in why):
                raise ImportError(name + why[len(place):], path=name)
            failed.append(f"{rung}: {why}")
            continue
        return name if renamed else place
    raise ImportError(f"can't load {name}: " + "; ".join(failed), path=name)


# Extension modules

def create_dynamic(spec, *file):
    """Does what C's function does, for the program's files too."""
    place = getattr(spec.loader, "place", None) or importer.place(spec.origin)
    if not place or not importer.native(place):
        return importer.create_dynamic(spec, *file)
    try:
        name = load(place, spec.origin, sys.getdlopenflags())
    except ImportError as e:
        e.name = spec.name
        raise
    if name == spec.origin:
        return importer.create_dynamic(spec, *file)
    module = importer.create_dynamic(_bootstrap.ModuleSpec(spec.name, spec.loader, origin=name), *file)
    if getattr(module, "__file__", None) == name:
        module.__file__ = spec.origin
    return module


# Libraries that programs open by themselves

def _place(name):
    """Returns the place in the table of the library that a program means by a path or a name, None where it is none."""
    try:
        name = posix.fspath(name)
    except TypeError:
        return None
    if isinstance(name, bytes):
        name = name.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    if "/" in name:
        place = importer.place(name)
        return place if place and importer.native(place) else None
    for place, row in importer.natives():
        if place.startswith(_LIBRARIES) and name in (row[2], place[len(_LIBRARIES):]):
            return place
    return None


def open_library(name, flags):
    """Returns what to give to dlopen for a library that a program opens: a name that the linker knows, or name itself."""
    place = _place(name) if name else None
    if place is None:
        return name
    return load(place, f"{importer.root}/{place}", flags | posix.RTLD_NOW)


def extend_ctypes(ctypes):
    """Lets ctypes open the program's libraries."""
    original = ctypes._dlopen

    def _dlopen(name, *args):
        try:
            name = open_library(name, *args[:1] or (ctypes.DEFAULT_MODE,))
        except ImportError as e:
            raise OSError(str(e)) from None
        return original(name, *args)

    ctypes._dlopen = _dlopen


def extend_ctypes_util(util):
    """Lets ctypes.util.find_library find the libraries that come with the program, as `-l` of a compiler would."""
    original = util.find_library

    def find_library(name):
        for place, row in importer.natives():
            file = place[len(_LIBRARIES):]
            if place.startswith(_LIBRARIES) and file.startswith(f"lib{name}.so"):
                return row[2] or file
        return original(name)

    util.find_library = find_library


def extend_cffi(backend):
    """Lets cffi (ffi.dlopen) open the program's libraries."""
    original = backend.load_library

    def load_library(name=None, flags=0):
        if isinstance(name, (str, bytes)):
            try:
                name = open_library(name, flags)
            except ImportError as e:
                raise OSError(str(e)) from None
        return original(name, flags)

    backend.load_library = load_library
