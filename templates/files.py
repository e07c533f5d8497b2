"""The program's files for the functions of os and io.

The virtual root is the path of the executable, which is no directory, so the kernel refuses every path below it with ENOTDIR.
That is when the functions here are asked: they are the fallbacks of guards around C's functions (pyembed, guard.go), which
answer from the table where a path leads below the root and call C's function again where it does not. Other paths cost
nothing. The files are those of a read-only file system.
"""

import _io
import _oxgen
import errno
import posix
import stat as _stat
import sys

import _oxgen_importer as importer
from _oxgen_native import memory_file

# C's functions: those behind the guards, and others.
_c = {**vars(posix), **{name.removeprefix("posix."): f for name, f in importer.guarded.items()}}
_c_open = importer.guarded["_io.open"]


# Paths

class _File:
    """What a path below the root stands for: an entry of the table, or what is wrong with the path.

    The entry is None where there is nothing, and then error is ENOENT, ENOTDIR or ENAMETOOLONG.
    """

    def __init__(self, path, parts, slash):
        self.path = path  # as it was given
        self.entry, rest = importer.find(parts)
        self.error = 0
        if rest or slash and self.entry[0] != importer.FILE_DIR:
            self.error = _lookup_error(self.entry, rest)
            self.in_directory = self.error == errno.ENOENT and len(rest) == 1
            self.entry = None

    def is_dir(self):
        return self.entry is not None and self.entry[0] == importer.FILE_DIR

    def check(self):
        if self.entry is None:
            raise _error(self.error, self.path)

    def data(self):
        return importer.stored(self.entry)


# What file systems take as the name of a file, in bytes (NAME_MAX in linux/limits.h).
_LONGEST_NAME = 255


def _lookup_error(entry, rest):
    """Returns why the kernel would not find the first part of rest in what entry is."""
    if entry[0] != importer.FILE_DIR:
        return errno.ENOTDIR
    if len(_encode(rest[0])) > _LONGEST_NAME:
        return errno.ENAMETOOLONG
    return errno.ENOENT


def _error(number, *paths):
    # With two paths, the third argument is the one of Windows.
    if len(paths) == 2:
        return OSError(number, posix.strerror(number), paths[0], None, paths[1])
    return OSError(number, posix.strerror(number), *paths)


def find(path, dir_fd=None):
    """Returns the _File of a path below the root, None for other paths; and the path for C's functions, which is another where
    one leads out of the root again by ".."."""
    if isinstance(path, int) or dir_fd is not None:
        return None, path
    try:
        given = posix.fspath(path)
    except TypeError:
        return None, path
    text = given
    if isinstance(given, bytes):
        text = given.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    rest = _below_root(text)
    if rest is None:
        return None, path
    parts, outside = importer.split(rest)
    if parts is not None:
        return _File(path, parts, rest.endswith("/")), path
    directory = text[:len(text) - len(rest) - 1].rpartition("/")[0]
    return None, _name((directory or ("/" if text[0] == "/" else ".")) + "/" + outside, given)


def _below_root(text):
    """Returns what of a path comes behind the executable, however that is spelt; None if it does not lead there."""
    root = importer.root
    if text.startswith(root) and text[len(root):len(root) + 1] in ("", "/"):
        return text[len(root) + 1:]
    end = len(text)
    while end > 0:
        try:
            found = _c["stat"](text[:end])
        except (OSError, ValueError):
            end = text.rfind("/", 0, end)
            continue
        return text[end + 1:] if _identity(found) == _identity(_executable()) else None
    return None


def _identity(status):
    return status.st_dev, status.st_ino


def _executable():
    """Returns the status of the executable: its owner and times are those of the files."""
    try:
        return _c["stat"]("/proc/self/exe")
    except OSError:
        return _c["stat"](importer.root)


def _encode(name):
    return name.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())


def _name(name, like):
    """Returns a name as bytes where the path that it belongs to is bytes."""
    return _encode(name) if isinstance(like, bytes) else name


# Reading

def _status(file):
    file.check()
    kind, offset, size, length = file.entry
    executable = _executable()
    mode = _stat.S_IFDIR | 0o755 if kind == importer.FILE_DIR else _stat.S_IFREG | 0o644
    number = (executable.st_ino << 32) + offset + 1
    if kind == importer.FILE_DIR:
        length = 0
    times = {}
    for name in ("st_atime", "st_mtime", "st_ctime"):
        times[name] = getattr(executable, name)
        times[name + "_ns"] = getattr(executable, name + "_ns")
    return posix.stat_result(
        (mode, number, executable.st_dev, 1, executable.st_uid, executable.st_gid, length,
         int(executable.st_atime), int(executable.st_mtime), int(executable.st_ctime)),
        {**times, "st_blksize": 4096, "st_blocks": (length + 511) // 512, "st_rdev": 0},
    )


def _descriptor(data, flags=0):
    """Returns a file descriptor from which data can be read, and nothing else be done to it."""
    fd = _anonymous()
    executable = _executable()
    try:
        view = memoryview(data)
        while view:
            view = view[_c["write"](fd, view):]
        _c["fchmod"](fd, 0o644)
        _c["utime"](fd, ns=(executable.st_atime_ns, executable.st_mtime_ns))
        for name in (f"/proc/self/fd/{fd}", f"/dev/fd/{fd}"):
            try:
                again = _c["open"](name, posix.O_RDONLY | posix.O_CLOEXEC | flags & posix.O_NONBLOCK)
            except OSError:
                continue
            _c["close"](fd)
            return again
        _c["lseek"](fd, 0, 0)
        return fd
    except BaseException:
        _c["close"](fd)
        raise


def _anonymous():
    """Returns a descriptor of an empty file that has no name."""
    number = memory_file("oxgen")
    if number >= 0:
        return number
    return _temporary()


def _temporary():
    """Returns the descriptor of a file on disk that has lost its name: what tempfile does, without the two dozen modules that it
    imports."""
    problem = None
    for number, directory in enumerate((posix.environ.get(b"TMPDIR"), b"/tmp", b"/var/tmp", b"/usr/tmp", b".")):
        if not directory:
            continue
        for attempt in range(100):
            name = directory + b"/oxgen-%d-%d-%d" % (posix.getpid(), number, attempt)
            try:
                fd = _c["open"](name, posix.O_RDWR | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC | posix.O_NOFOLLOW, 0o600)
            except FileExistsError:
                continue
            except OSError as e:
                problem = problem or e
                break
            _c["unlink"](name)
            return fd
    raise problem or FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


class _Entry:
    """An os.DirEntry, which Python code can't make."""

    def __init__(self, directory, name):
        self.name = name
        text = posix.fspath(directory)
        slash = _name("/", text)
        self.path = text + name if text.endswith(slash) else text + slash + name

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
    file.check()
    if not file.is_dir():
        raise _error(errno.ENOTDIR, path)
    return [_name(name, posix.fspath(path)) for name in importer.listing(file.entry)]


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
    if file.entry is None or mode & posix.W_OK:
        return False
    return file.is_dir() or not mode & posix.X_OK


@_fallback
def listdir(file, path):
    return _names(path, file)


@_fallback
def scandir(file, path):
    return _Scan(path, _names(path, file))


@_fallback
def readlink(file, path):
    file.check()
    raise _error(errno.EINVAL, posix.fspath(path))


@_fallback
def statvfs(file, path):
    file.check()
    return _c["statvfs"](importer.root)


@_fallback
def getxattr(file, path, attribute, *, follow_symlinks=True):
    file.check()
    raise _error(errno.ENODATA, path)


@_fallback
def listxattr(file, path, *, follow_symlinks=True):
    file.check()
    return []


@_fallback
def open(file, path, flags, mode=0o777):
    if flags & posix.O_CREAT and file.entry is not None and flags & posix.O_EXCL:
        raise _error(errno.EEXIST, path)
    if flags & posix.O_CREAT and file.entry is None and file.in_directory:
        raise _error(errno.EROFS, path)
    file.check()
    if _writes(flags):
        raise _error(errno.EISDIR if file.is_dir() else errno.EROFS, path)
    if file.is_dir():
        # There is no descriptor of a directory that is on no disk.
        raise _error(errno.ENOTSUP, path)
    if flags & posix.O_DIRECTORY:
        raise _error(errno.ENOTDIR, path)
    return _descriptor(file.data(), flags)


def _writes(flags):
    return flags & getattr(posix, "O_ACCMODE", 3)


def _opener(path, flags):
    """Opens a file of the program for io, which opens no directories."""
    file, path = find(path)
    if file.is_dir() and not _writes(flags):
        raise _error(errno.EISDIR, posix.fspath(path))
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
    raise _error(errno.EROFS, *paths)


def _refuse_name(file, *paths):
    if file.entry is None and not file.in_directory:
        raise _error(file.error, *paths)
    raise _error(errno.EROFS, *paths)


def _refuse_new(file, *paths):
    if file.entry is not None:
        raise _error(errno.EEXIST, *paths)
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


for _n in ("chmod", "chown", "lchown", "utime", "truncate", "setxattr", "removexattr", "remove", "unlink", "rmdir"):
    _changing(_n, _refuse)
for _n in ("mkdir", "mkfifo", "mknod"):
    _changing(_n, _refuse_new)
for _n in ("rename", "replace", "link"):
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
        self._fd = _descriptor(self._data)
        return f"/proc/self/fd/{self._fd}"

    def __exit__(self, *error):
        if self._data is not None:
            _c["close"](self._fd)


def realpath(original, path, strict):
    """Does what os.path.realpath does with strict, where that has refused the executable as a directory."""
    file, _ = find(path)
    if file is None:
        return original(path, strict=strict)
    if file.error != errno.ENOENT or strict is not sys.modules["posixpath"].ALLOW_MISSING:
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
        importer.fallbacks[number] = _returning(others.get(name) or _fallbacks[name.removeprefix("posix.")])
    importer.stream_fallback[0] = _returning(initialize_stream)
