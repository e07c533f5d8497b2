"""What is Windows's own about the program's files: paths, errors, statuses, descriptors."""

import _winapi
import errno
import nt as system
import stat
import sys

import _oxgen_guards as guards
import _oxgen_importer as importer

# C's functions: those behind the guards, and others.
c = {**vars(system), **{name.removeprefix("nt."): f for name, f in importer.guarded.items() if name.startswith("nt.")}}

# What the kernel says of a path, as numbers of Windows (winerror.h).
#
# A change is refused as on a medium that is write-protected, which is what the table is, and Windows's EROFS. Python makes a
# PermissionError (EACCES) of it as of "access denied", so that programs which catch that catch this. Files with the attribute
# of read-only ones would be another way to say it; but copies would inherit it, and Windows does not remove such files.
ABSENT = 2
NO_PATH = 3
IS_DIRECTORY = NO_DESCRIPTOR = 5
READ_ONLY = 19
INVALID_NAME = 123
EXISTS = 183
NO_DIRECTORY = 267
NO_LINK = 4390

# Windows's texts in English, as Python shows them; it has no function for them.
_TEXTS = {
    ABSENT: "The system cannot find the file specified",
    NO_PATH: "The system cannot find the path specified",
    IS_DIRECTORY: "Access is denied",
    READ_ONLY: "The media is write protected",
    INVALID_NAME: "The filename, directory name, or volume label syntax is incorrect",
    EXISTS: "Cannot create a file when that file already exists",
    NO_DIRECTORY: "The directory name is invalid",
    NO_LINK: "The file or directory is not a reparse point",
}

# What is said instead when a directory is listed: Windows looks for a file in it.
UNLISTED = {ABSENT: NO_PATH}

SEPARATORS = "\\/:"

# Of a file and of a directory.
FILE_MODE = stat.S_IFREG | 0o666
DIRECTORY_MODE = stat.S_IFDIR | 0o777

# What nobody may do with a file; access is asked. Windows lets everybody execute everything.
DENIED = 0


# Paths and errors

def error(number, *paths):
    # OSError makes the errno of the number of Windows.
    return OSError(0, _TEXTS[number], paths[0] if paths else None, number, *paths[1:2])


def open_error(number, path):
    """Returns what the functions that go by the C library, which has no numbers of Windows, raise for that error."""
    code = error(number).errno
    return OSError(code, system.strerror(code), path)


def find(parts):
    """Does what importer.find does, for names with letters of either case."""
    found, rest = importer.find(parts)
    while rest and found[0] == importer.FILE_DIR:
        name = _names(found).get(rest[0].lower())
        if name is None:
            break
        found, rest = importer.listing(found)[name], rest[1:]
    return found, rest


def _spelling(parts):
    """Returns the parts of a path that exists as the table has them."""
    directory, names = importer.find([])[0], []
    for part in parts:
        names.append(_names(directory)[part.lower()])
        directory = importer.listing(directory)[names[-1]]
    return names


# Offset of a directory -> name in small letters -> name.
_folded = {}


def _names(directory):
    try:
        return _folded[directory[1]]
    except KeyError:
        names = _folded[directory[1]] = {name.lower(): name for name in importer.listing(directory)}
        return names


def lookup_error(entry, rest):
    """Returns why Windows would not find the first part of rest in what entry is."""
    if not rest:
        return INVALID_NAME  # a file with a separator at the end
    if len(rest) > 1 or entry[0] != importer.FILE_DIR:
        return NO_PATH
    return ABSENT


def encode(name):
    return name.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())


def below_root(text):
    """Returns what of a path comes behind the executable, however that is spelt, with "/" between the parts; None if it does not
    lead there."""
    try:
        full = system._getfullpathname(text)
    except (OSError, ValueError):
        return None
    root = importer.root
    if full.startswith(("\\\\?\\", "\\\\.\\")):
        full = full[4:]
        if full[:4].upper() == "UNC\\":
            full = "\\\\" + full[4:]
    head, rest = full[:len(root)], full[len(root):]
    if rest[:1] in ("", "\\") and head.lower() == root.lower():
        return _with_slashes(rest[1:])
    # By a drive or a directory that stands for another one, on a share, or by a short name.
    end = full.find("\\")
    while end >= 0:
        end = full.find("\\", end + 1)
        head = full if end < 0 else full[:end]
        if guards.may_name_executable(head.rpartition("\\")[2]) and _is_executable(head):
            return _with_slashes(full[len(head) + 1:])
    return None


def _with_slashes(rest):
    return rest.replace("\\", "/")


def _is_executable(path):
    try:
        found = c["stat"](path)
    except (OSError, ValueError):
        return False
    ours = executable()
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def outside(text, rest, found):
    """Returns the path for C's functions where one leads out of the root. Windows resolves ".." before it looks, so that is none
    of ours, or a name that Windows does not take."""
    return text


# Statuses

def executable():
    """Returns the status of the executable: its times are those of the files."""
    return c["stat"](importer.root)


def status_members(is_dir, length):
    """Returns the members of a status that are not the executable's."""
    return {
        "st_file_attributes": stat.FILE_ATTRIBUTE_DIRECTORY if is_dir else stat.FILE_ATTRIBUTE_ARCHIVE,
        "st_reparse_tag": 0,
    }


# Descriptors

# The flags of an opened file that its descriptor keeps. Without O_BINARY, C changes the ends of lines.
_KEPT = system.O_BINARY | system.O_TEXT | system.O_RANDOM | system.O_SEQUENTIAL | system.O_NOINHERIT


def descriptor(data, flags=0):
    """Returns a file descriptor from which data can be read, and nothing else be done to it: of a temporary file that Windows
    removes when its last descriptor is closed, however the process ends."""
    fd, name = _temporary(system.O_TEMPORARY)
    try:
        _fill(fd, data)
        try:
            again = c["open"](name, system.O_RDONLY | system.O_TEMPORARY | flags & _KEPT)
        except OSError:
            c["lseek"](fd, 0, 0)
            return fd
        c["close"](fd)
        return again
    except BaseException:
        c["close"](fd)
        raise


def _fill(fd, data):
    view = memoryview(data)
    while view:
        view = view[c["write"](fd, view):]


# How many temporary files there were.
_count = 0


def _temporary(flags):
    """Returns the descriptor and the path of a new file on disk: what tempfile does, without the two dozen modules that it imports.

    A name can't be used again as long as the file is open, and of one that is about to be removed Windows says that access is denied.
    """
    global _count
    problem = None
    directories = _environ("TMPDIR"), _environ("TEMP"), _environ("TMP"), _windows() + "\\Temp", "C:\\Temp", "\\Temp"
    flags |= system.O_RDWR | system.O_CREAT | system.O_EXCL | system.O_BINARY | system.O_SHORT_LIVED
    for directory in directories:
        if not directory:
            continue
        for _ in range(100):
            _count += 1
            name = f"{directory}\\oxgen-{system.getpid()}-{_count}"
            try:
                return c["open"](name, flags, 0o600), name
            except FileExistsError:
                continue
            except PermissionError as e:
                problem = problem or e
            except OSError as e:
                problem = problem or e
                break
    raise problem or FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def _environ(name):
    if "os" in sys.modules:
        return sys.modules["os"].environ.get(name)
    return next((value for key, value in system.environ.items() if key.upper() == name), None)


def _windows():
    """Returns the directory of the system."""
    return _environ("SYSTEMROOT") or "C:\\Windows"


def lend(data):
    """Returns a path by which C code can open a file with these contents, and a function that takes it back. C opens no file that
    is about to be removed, so this one is removed by us."""
    fd, name = _temporary(0)
    try:
        try:
            _fill(fd, data)
        finally:
            c["close"](fd)
    except BaseException:
        c["unlink"](name)
        raise
    return name, lambda: c["unlink"](name)


# Functions that only this system has; see _oxgen_files for what they get.

def _path_exists(file, path):
    return file.entry is not None


def _path_lexists(file, path):
    return file.entry is not None


def _path_isfile(file, path):
    return file.entry is not None and not file.is_dir()


def _path_isdir(file, path):
    return file.is_dir()


def _findfirstfile(file, path):
    file.check()
    return _spelling(file.parts)[-1]


def _getfinalpathname(file, path):
    file.check()
    final = "\\".join([c["_getfinalpathname"](importer.root), *_spelling(file.parts)])
    return encode(final) if isinstance(system.fspath(path), bytes) else final


def _getdiskusage(file, path):
    file.check()
    return c["_getdiskusage"](importer.root)


def _add_dll_directory(file, path):
    """There is nothing to add: what DLLs of the program are linked with is loaded before them. The answer is that for the directory of
    the system, where Windows looks anyway."""
    if not file.is_dir():
        raise error(ABSENT, path)
    return c["_add_dll_directory"](_windows() + "\\System32")


def CopyFile2(file, existing_file_name, new_file_name, flags, progress_routine=None):
    """Writes a file of the program where Windows would copy one to."""
    file.check()
    if file.is_dir():
        raise error(IS_DIRECTORY, existing_file_name)
    only_new = flags & _winapi.COPY_FILE_FAIL_IF_EXISTS
    with importer.guarded["_io.open"](new_file_name, "xb" if only_new else "wb") as stream:
        stream.write(file.data())
    times = executable()
    c["utime"](new_file_name, ns=(times.st_atime_ns, times.st_mtime_ns))


def _copy_from_disk(existing_file_name, new_file_name, *args):
    if below_root(new_file_name) is not None:
        raise error(READ_ONLY, new_file_name)
    return importer.guarded["_winapi.CopyFile2"](existing_file_name, new_file_name, *args)


c["CopyFile2"] = _copy_from_disk

ANSWERS = (_path_exists, _path_lexists, _path_isfile, _path_isdir, _findfirstfile, _getfinalpathname, _getdiskusage, _add_dll_directory,
           CopyFile2)

# Those that change what a path stands for, that make it, and that give it another name.
CHANGING = "chmod", "lchmod", "utime", "truncate", "remove", "unlink", "rmdir"
MAKING = "mkdir",
NAMING = "rename", "replace", "link"
