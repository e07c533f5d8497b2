"""The program's files for the functions of os and io.

The virtual root is the path of the executable, which is no directory, so the system refuses every path below it. That is when the
functions here are asked: they are the fallbacks of guards around C's functions (importer.py; pyembed, guard.go), which answer
from the table where a path leads below the root and call C's function again where it does not. Other paths cost nothing. The
files are those of a read-only file system; what is the system's own about such files is in _oxgen_disk.
"""

import _io
import stat as _stat
import sys

import _oxgen_disk as disk
import _oxgen_importer as importer

_system = disk.system
_c = disk.c
_c_open = importer.guarded["_io.open"]


# Paths

class _File:
    """What a path below the root stands for: an entry of the table, or what is wrong with the path.

    The entry is None where there is nothing, and then error says why (disk.lookup_error).
    """

    def __init__(self, path, parts, slash):
        self.path = path  # as it was given
        self.parts = parts
        self.entry, rest = disk.find(parts)
        self.error = 0
        if rest or slash and self.entry[0] != importer.FILE_DIR:
            self.error = disk.lookup_error(self.entry, rest)
            self.in_directory = self.error == disk.ABSENT and len(rest) == 1
            self.entry = None

    def is_dir(self):
        return self.entry is not None and self.entry[0] == importer.FILE_DIR

    def check(self):
        if self.entry is None:
            raise disk.error(self.error, self.path)

    def data(self):
        return importer.stored(self.entry)


def find(path, dir_fd=None):
    """Returns the _File of a path below the root, None for other paths; and the path for C's functions, which is another where
    one leads out of the root again by ".."."""
    if isinstance(path, int) or dir_fd is not None:
        return None, path
    try:
        given = _system.fspath(path)
    except TypeError:
        return None, path
    text = given
    if isinstance(given, bytes):
        text = given.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    rest = disk.below_root(text)
    if rest is None:
        return None, path
    parts, outside = importer.split(rest)
    if parts is not None:
        return _File(path, parts, rest.endswith("/")), path
    return None, _name(disk.outside(text, rest, outside), given)


def _name(name, like):
    """Returns a name as bytes where the path that it belongs to is bytes."""
    return disk.encode(name) if isinstance(like, bytes) else name


# Reading

# The members of a status that have no place in its tuple.
_MEMBERS = [name for name in dir(_system.stat_result) if name.startswith("st_") and name not in (
    "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size")]


def _status(file):
    file.check()
    kind, offset, size, length = file.entry
    executable = disk.executable()
    mode = disk.FILE_MODE
    if kind == importer.FILE_DIR:
        mode, length = disk.DIRECTORY_MODE, 0
    number = (executable.st_ino << 32) + offset + 1
    members = {name: getattr(executable, name) for name in _MEMBERS}
    members.update(disk.status_members(kind == importer.FILE_DIR, length))
    return _system.stat_result(
        (mode, number, executable.st_dev, 1, executable.st_uid, executable.st_gid, length,
         int(executable.st_atime), int(executable.st_mtime), int(executable.st_ctime)),
        members,
    )


class _Entry:
    """An os.DirEntry, which Python code can't make."""

    def __init__(self, directory, name):
        self.name = name
        text = _system.fspath(directory)
        separators = tuple(_name(c, text) for c in disk.SEPARATORS)
        self.path = text + name if text.endswith(separators) else text + separators[0] + name

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"

    def inode(self):
        return self.stat().st_ino

    def is_dir(self, *, follow_symlinks=True):
        return _stat.S_ISDIR(self.stat().st_mode)

    def is_file(self, *, follow_symlinks=True):
        return _stat.S_ISREG(self.stat().st_mode)

    def is_symlink(self):
        return False

    def is_junction(self):
        return False

    def stat(self, *, follow_symlinks=True):
        return _status(find(self.path)[0])


class _Scan:
    """What os.scandir returns: an iterator that can be closed."""

    def __init__(self, directory, names):
        self._entries = iter([_Entry(directory, name) for name in names])

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self._entries = iter(())


def _names(path, file):
    if file.entry is None:
        raise disk.error(disk.UNLISTED.get(file.error, file.error), path)
    if not file.is_dir():
        raise disk.error(disk.NO_DIRECTORY, path)
    return [_name(name, _system.fspath(path)) for name in importer.listing(file.entry)]


# Fallbacks

_fallbacks = {}


def _fallback(answer):
    """Makes the fallback of the C function that answer is called like. answer gets a _File and then what the function was called with,
    without dir_fd: the program's directories have no descriptors."""
    original = _c.get(answer.__name__)

    def fallback(path=None, *args, dir_fd=None, **kwargs):
        file, path = find(path, dir_fd)
        if file is not None:
            return answer(file, path, *args, **kwargs)
        if dir_fd is not None:
            kwargs["dir_fd"] = dir_fd
        return original(path, *args, **kwargs)

    _fallbacks[answer.__name__] = fallback
    return answer


@_fallback
def stat(file, path, *, follow_symlinks=True):
    return _status(file)


@_fallback
def lstat(file, path):
    return _status(file)


@_fallback
def access(file, path, mode, *, effective_ids=False, follow_symlinks=True):
    if file.entry is None or mode & _system.W_OK:
        return False
    return file.is_dir() or not mode & disk.DENIED


@_fallback
def listdir(file, path):
    return _names(path, file)


@_fallback
def scandir(file, path):
    return _Scan(path, _names(path, file))


@_fallback
def readlink(file, path):
    file.check()
    raise disk.error(disk.NO_LINK, _system.fspath(path))


@_fallback
def open(file, path, flags, mode=0o777):
    if flags & _system.O_CREAT and file.entry is not None and flags & _system.O_EXCL:
        raise disk.open_error(disk.EXISTS, path)
    if flags & _system.O_CREAT and file.entry is None and file.in_directory:
        raise disk.open_error(disk.READ_ONLY, path)
    if file.entry is None:
        raise disk.open_error(file.error, path)
    if _writes(flags):
        raise disk.open_error(disk.IS_DIRECTORY if file.is_dir() else disk.READ_ONLY, path)
    if file.is_dir():
        # There is no descriptor of a directory that is on no disk.
        raise disk.open_error(disk.NO_DESCRIPTOR, path)
    if flags & getattr(_system, "O_DIRECTORY", 0):  # Windows has none
        raise disk.open_error(disk.NO_DIRECTORY, path)
    return disk.descriptor(file.data(), flags)


def _writes(flags):
    return flags & getattr(_system, "O_ACCMODE", 3)


def _opener(path, flags):
    """Opens a file of the program for io, which opens no directories."""
    file, path = find(path)
    if file.is_dir() and not _writes(flags):
        raise disk.open_error(disk.IS_DIRECTORY, _system.fspath(path))
    return open(file, path, flags)


def io_open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    found, file = find(file)
    if found is not None:
        opener = opener or _opener
        if encoding is None and "b" not in mode and sys.flags.warn_default_encoding:
            encoding = _io.text_encoding(None, 3)  # the warning is for our caller's line
    return _c_open(file, mode, buffering, encoding, errors, newline, closefd, opener)


def io_open_code(path):
    return io_open(path, "rb")


def initialize_stream(stream, args, kwargs={}):
    """Is asked when FileIO.__init__ has found no directory on the way; see pyembed, stream.go, for what it returns."""
    return _open_stream(stream, *args, **kwargs)


def _open_stream(stream, file, mode="r", closefd=True, opener=None):
    found, path = find(file)
    if opener is not None or found is None and path is file:
        return None

    def open_outside(name, flags):
        return _c["open"](path, flags, 0o666)

    _io.FileIO.__init__(stream, file, mode, closefd, open_outside if found is None else _opener)
    return True


# Changing: what a read-only file system says when what a path stands for is to be changed, or a name is to be given.

def _refuse(file, *paths):
    file.check()
    raise disk.error(disk.READ_ONLY, *paths)


def _refuse_name(file, *paths):
    if file.entry is None and not file.in_directory:
        raise disk.error(file.error, *paths)
    raise disk.error(disk.READ_ONLY, *paths)


def _refuse_new(file, *paths):
    if file.entry is not None:
        raise disk.error(disk.EXISTS, *paths)
    _refuse_name(file, *paths)


def _changing(name, refuse):
    original = _c.get(name)

    def fallback(path, *args, **kwargs):
        file, path = find(path, kwargs.get("dir_fd"))
        if file is not None:
            refuse(file, path)
        return original(path, *args, **kwargs)

    _fallbacks[name] = fallback


def _naming(name, refuse_old, refuse_new):
    """Makes the fallback of a function that gives what src stands for the name dst; with refuse_old None, src is a text."""
    original = _c.get(name)

    def fallback(src, dst, *args, **kwargs):
        new, target = find(dst, kwargs.get("dst_dir_fd", kwargs.get("dir_fd")))
        old, source = (None, src) if refuse_old is None else find(src, kwargs.get("src_dir_fd"))
        if old is not None:
            refuse_old(old, src, dst)
        if new is not None:
            refuse_new(new, src, dst)
        return original(source, target, *args, **kwargs)

    _fallbacks[name] = fallback


for _answer in disk.ANSWERS:
    _fallback(_answer)
for _n in disk.CHANGING:
    _changing(_n, _refuse)
for _n in disk.MAKING:
    _changing(_n, _refuse_new)
for _n in disk.NAMING:
    _naming(_n, _refuse, _refuse_name)
_naming("symlink", None, _refuse_new)


# C code that opens files itself gets the path of a descriptor.

class RealPath:
    """A path that C code can open, for as long as the context lasts: path itself where it is on disk."""

    def __init__(self, path):
        file, self._path = find(path)
        self._data = None
        if file is not None:
            file.check()
            self._data = None if file.is_dir() else file.data()

    def __enter__(self):
        if self._data is None:
            return self._path
        path, self._take_back = disk.lend(self._data)
        return path

    def __exit__(self, *error):
        if self._data is not None:
            self._take_back()


def realpath(original, path, strict):
    """Does what os.path.realpath does with strict, where that has refused the executable as a directory."""
    file, _ = find(path)
    if file is None:
        return original(path, strict=strict)
    if file.error != disk.ABSENT or strict is not sys.modules["posixpath"].ALLOW_MISSING:
        file.check()
    return original(path)  # there are no links below the root


def _returning(fallback):
    """Returns a fallback that returns the OSError which it would raise; the guard raises it, without a frame of ours."""
    def answer(*args, **kwargs):
        try:
            return fallback(*args, **kwargs)
        except OSError as e:
            return e.with_traceback(None)

    return answer


def install():
    """Sets the fallbacks of all guards."""
    others = {"_io.open": io_open, "_io.open_code": io_open_code}
    for number, name in enumerate(importer.guarded):
        importer.fallbacks[number] = _returning(others.get(name) or _fallbacks[name.rpartition(".")[2]])
    importer.stream_fallback[0] = _returning(initialize_stream)
