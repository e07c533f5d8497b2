"""What is Linux's and macOS's own about the program's files: paths, errors, statuses, descriptors."""

import _oxgen
import errno
import posix as system
import stat
import sys

import _oxgen_importer as importer
from _oxgen_native import memory_file

# C's functions: those behind the guards, and others.
c = {**vars(system), **{name.removeprefix("posix."): f for name, f in importer.guarded.items() if name.startswith("posix.")}}

# What the kernel says of a path, as numbers of errors.
ABSENT = errno.ENOENT
EXISTS = errno.EEXIST
IS_DIRECTORY = errno.EISDIR
NO_DESCRIPTOR = errno.ENOTSUP
NO_DIRECTORY = errno.ENOTDIR
NO_LINK = errno.EINVAL
READ_ONLY = errno.EROFS

# What is said instead when a directory is listed.
UNLISTED = {}

SEPARATORS = "/"

# Of a file and of a directory.
FILE_MODE = stat.S_IFREG | 0o644
DIRECTORY_MODE = stat.S_IFDIR | 0o755

# What nobody may do with a file; access is asked.
DENIED = system.X_OK

# What file systems take as the name of a file, in bytes (NAME_MAX in linux/limits.h, sys/syslimits.h of macOS).
_LONGEST_NAME = 255


# Paths and errors

def error(number, *paths):
    # With two paths, the third argument is the one of Windows.
    if len(paths) == 2:
        return OSError(number, system.strerror(number), paths[0], None, paths[1])
    return OSError(number, system.strerror(number), *paths)


open_error = error

find = importer.find


def lookup_error(entry, rest):
    """Returns why the kernel would not find the first part of rest in what entry is."""
    if entry[0] != importer.FILE_DIR:
        return NO_DIRECTORY
    if len(encode(rest[0])) > _LONGEST_NAME:
        return errno.ENAMETOOLONG
    return ABSENT


def encode(name):
    return name.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())


def below_root(text):
    """Returns what of a path comes behind the executable, however that is spelt; None if it does not lead there."""
    root = importer.root
    if text.startswith(root) and text[len(root):len(root) + 1] in ("", "/"):
        return text[len(root) + 1:]
    end = len(text)
    while end > 0:
        try:
            found = c["stat"](text[:end])
        except (OSError, ValueError):
            end = text.rfind("/", 0, end)
            continue
        return text[end + 1:] if _identity(found) == _identity(executable()) else None
    return None


def _identity(status):
    return status.st_dev, status.st_ino


def outside(text, rest, found):
    """Returns the path for C's functions where rest, the end of text, leads out of the root again by "..", to found."""
    directory = text[:len(text) - len(rest) - 1].rpartition("/")[0]
    return (directory or ("/" if text[0] == "/" else ".")) + "/" + found


# Statuses

def executable():
    """Returns the status of the executable: its owner and times are those of the files."""
    try:
        return c["stat"]("/proc/self/exe")
    except OSError:
        return c["stat"](importer.root)


def status_members(is_dir, length):
    """Returns the members of a status that are not the executable's."""
    return {"st_blksize": 4096, "st_blocks": (length + 511) // 512, "st_rdev": 0}


# Descriptors

def descriptor(data, flags=0):
    """Returns a file descriptor from which data can be read, and nothing else be done to it: of a file that has no name, in
    memory where the system has such."""
    name = None
    fd = memory_file("oxgen")
    if fd < 0:
        fd, name = _temporary()
    try:
        _fill(fd, data)
        try:
            again = c["open"](name or f"/proc/self/fd/{fd}", system.O_RDONLY | system.O_CLOEXEC | flags & system.O_NONBLOCK)
        except OSError:
            c["lseek"](fd, 0, 0)
            return fd
        c["close"](fd)
        return again
    except BaseException:
        c["close"](fd)
        raise
    finally:
        if name is not None:
            c["unlink"](name)


def _fill(fd, data):
    view = memoryview(data)
    while view:
        view = view[c["write"](fd, view):]
    times = executable()
    c["fchmod"](fd, 0o644)
    c["utime"](fd, ns=(times.st_atime_ns, times.st_mtime_ns))


def _temporary():
    """Returns the descriptor and the path of a new file on disk: what tempfile does, without the two dozen modules that it imports."""
    problem = None
    for number, directory in enumerate((system.environ.get(b"TMPDIR"), b"/tmp", b"/var/tmp", b"/usr/tmp", b".")):
        if not directory:
            continue
        for attempt in range(100):
            name = directory + b"/oxgen-%d-%d-%d" % (system.getpid(), number, attempt)
            try:
                flags = system.O_RDWR | system.O_CREAT | system.O_EXCL | system.O_CLOEXEC | system.O_NOFOLLOW
                return c["open"](name, flags, 0o600), name
            except FileExistsError:
                continue
            except OSError as e:
                problem = problem or e
                break
    raise problem or FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def lend(data):
    """Returns a path by which C code can open a file with these contents, and a function that takes it back."""
    fd = descriptor(data)
    path = f"/proc/self/fd/{fd}"
    try:
        c["stat"](path)
    except OSError:  # no /proc
        c["close"](fd)
        fd, path = _temporary()
        try:
            _fill(fd, data)
        except BaseException:
            c["unlink"](path)
            raise
        finally:
            c["close"](fd)
        return path.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()), lambda: c["unlink"](path)
    return path, lambda: c["close"](fd)


# Functions that only this system has; see _oxgen_files for what they get.

def statvfs(file, path):
    file.check()
    return c["statvfs"](importer.root)


def getxattr(file, path, attribute, *, follow_symlinks=True):
    file.check()
    raise error(errno.ENODATA, path)


def listxattr(file, path, *, follow_symlinks=True):
    file.check()
    return []


ANSWERS = statvfs, getxattr, listxattr

# Those that change what a path stands for, that make it, and that give it another name.
CHANGING = ("chmod", "chown", "lchown", "lchmod", "chflags", "lchflags", "utime", "truncate", "setxattr", "removexattr", "remove",
            "unlink", "rmdir")
MAKING = "mkdir", "mkfifo", "mknod"
NAMING = "rename", "replace", "link"
