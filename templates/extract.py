"""Puts the packages that need real files on disk (the key `extract` of oxgen.toml), when one is first looked for.

The files of a package go into <cache>/oxgen-extract/<digest>/<package>, where <cache> is $XDG_CACHE_HOME or ~/.cache and
<digest> stands for their paths, modes and contents. The directory comes into being by a rename, with everything in it, so
that neither a parallel start nor a kill leaves half of it. At later starts every file is compared with the program's and
written again where it differs. Modules still come from memory; what they see of themselves is on disk.

A directory that no program has used for a month is removed by the next one that writes a directory of its own, after an upgrade say.
The time of the last use is the directory's time of change. A process holds a shared lock on the directories that it uses, as
long as it runs.
"""

import _thread
import errno
import os
import stat
import time

import _oxgen_importer as importer

# What is older is removed, in seconds: directories of processes that were killed while they wrote, and directories that nobody uses.
_STALE = 3600
_UNUSED = 30 * 24 * 3600

# The time of the last use is not written more often, in seconds.
_USED = 24 * 3600

# Package -> the directory that stands for the virtual root.
_roots = {}


class Importer(importer.Importer):
    """Loads the modules of a directory that was put on disk."""

    _on_disk = True

    def get_data(self, path):
        if importer.entry(path) is not None:
            return importer.read(path)
        with open(path, "rb") as stream:
            return stream.read()

    def get_resource_reader(self, fullname):
        try:
            from importlib.resources.readers import FileReader
        except ImportError:  # Python 3.10
            from importlib.readers import FileReader
        from types import SimpleNamespace
        return FileReader(SimpleNamespace(path=self.get_filename(fullname)))


def find_spec(finder, fullname):
    """Returns the spec of a package whose row has the flag EXTRACTED, with its files on disk."""
    inside = "/" + fullname.replace(".", "/")
    directory = _root(fullname, inside) + inside
    return Importer(directory.rpartition("/")[0], finder._modules).find_spec(fullname)


def _root(package, inside):
    try:
        return _roots[package]
    except KeyError:
        pass
    digest, *executables = importer.extractions()[package]
    place = None
    try:
        place = _base()
        root = f"{place}/{digest}"
        files = list(_files(importer.root, inside[1:], frozenset(executables)))
        _settle(root, inside, files)
    except OSError as e:
        raise _failure(package, place, e) from None
    _roots[package] = root
    return root


class _Unusable(OSError):
    """Something about the cache directory that is no error of the system."""


def _failure(package, place, cause):
    """Returns the error for a package that can't be put on disk, in one line."""
    where = f" to {place}" if place else ""
    if isinstance(cause, _Unusable):
        why = str(cause)
    else:
        why = cause.strerror or str(cause)
        if cause.filename is not None and cause.filename != place:
            why += f" ({os.fsdecode(cause.filename)})"
    error = OSError(f"can't write the files of the package {package!r}{where}: {why}; "
                    "set XDG_CACHE_HOME to a directory of your own with room in it")
    error.errno = cause.errno
    return error


def _base():
    """Returns the directory of all packages that are put on disk, made and checked."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        if not cache.startswith("/"):
            raise _Unusable(f"$XDG_CACHE_HOME is no absolute path: {cache!r}")
    else:
        home = os.environ.get("HOME")
        if not home or not home.startswith("/"):
            raise _Unusable("neither $XDG_CACHE_HOME nor $HOME is set")
        cache = home.rstrip("/") + "/.cache"
    base = cache.rstrip("/") + "/oxgen-extract"
    try:
        os.mkdir(base, 0o700)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(cache, 0o700, exist_ok=True)
        try:
            os.mkdir(base, 0o700)
        except FileExistsError:
            pass
    _check_own(base)
    return base


def _check_own(directory):
    """Refuses a directory in which somebody else may have a hand."""
    status = os.lstat(directory)
    if stat.S_ISLNK(status.st_mode):
        raise _Unusable(f"{directory} is a symbolic link")
    if not stat.S_ISDIR(status.st_mode):
        raise _Unusable(f"{directory} is no directory")
    if status.st_uid != os.geteuid():
        raise _Unusable(f"{directory} belongs to the user {status.st_uid}, and this is {os.geteuid()}")
    if status.st_mode & 0o022:
        raise _Unusable(f"{directory} can be written by others (mode {stat.S_IMODE(status.st_mode):o})")


# A _files item is (path below the root, entry of the importer or None for a directory, whether it has an execute bit).

def _files(root, path, executables):
    """Yields what is at a path below the virtual root: a directory before what is in it."""
    entry = importer.entry(f"{root}/{path}")
    if entry[0] != importer.FILE_DIR:
        yield path, entry, path in executables
        return
    yield path, None, False
    for name in importer.list_dir(f"{root}/{path}"):
        yield from _files(root, f"{path}/{name}", executables)


def _settle(root, inside, files):
    """Sees to it that the directory root holds the files, and is kept."""
    made = False
    while True:
        try:
            status = os.lstat(root)
        except FileNotFoundError:
            made = _make(root, inside, files)
            continue
        if not stat.S_ISDIR(status.st_mode):
            _remove(root, status)
            continue
        _check_own(root)
        if _hold(root, status):
            break
    if made:
        return
    for last in False, False, True:
        try:
            return _mend(root, inside, files)
        except (FileNotFoundError, NotADirectoryError):
            # Another process mends the same, and what was looked at is no longer there.
            if last:
                raise


def _hold(root, status):
    """Keeps others from removing a directory as unused while this process and its forked children run; returns False if it is gone."""
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        _lock(descriptor, exclusive=False)
        if status.st_mtime < time.time() - _USED:
            os.utime(descriptor)
    except OSError:  # a file system that has no locks or is read-only; nobody removes anything there
        pass
    found = os.fstat(descriptor)
    try:
        held = os.path.samestat(found, os.lstat(root))
    except FileNotFoundError:
        held = False
    if not held:
        os.close(descriptor)
    return held


def _lock(descriptor, exclusive):
    """Locks a directory; raises a BlockingIOError when it is to be locked alone and another process uses it."""
    import fcntl
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)


def _mend(root, inside, files):
    """Replaces what is not what it should be in a directory that was written before."""
    for parent in _parents(inside):
        _mend_directory(root + parent)
    for path, entry, executable in files:
        full = f"{root}/{path}"
        if entry is None:
            _mend_directory(full)
        elif not _is_right(full, entry, path, executable):
            _replace(full, path, executable)


def _parents(inside):
    """Returns the directories between the root and a package, from the outside in."""
    parts = inside[1:].split("/")
    return ["/" + "/".join(parts[:i]) for i in range(1, len(parts))]


def _make(root, inside, files):
    """Writes all files beside root and renames; returns False when another process was first."""
    base = root.rpartition("/")[0]
    _remove_unused(base)
    _remove_stale(base)
    new = _new_name(root)
    os.mkdir(new, 0o700)
    try:
        for parent in _parents(inside):
            os.mkdir(new + parent, 0o700)
        for path, entry, executable in files:
            if entry is None:
                os.mkdir(f"{new}/{path}", 0o700)
            else:
                _write(f"{new}/{path}", path, executable)
        os.rename(new, root)
        return True
    except OSError as e:
        _remove(new)
        if e.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) and os.path.lexists(root):
            return False
        raise
    except BaseException:
        _remove(new)
        raise


def _new_name(path):
    """Returns a name beside path that nobody else takes."""
    # Processes of several containers may share the directory; os.urandom may be missing in a chroot.
    directory, _, name = path.rpartition("/")
    return f"{directory}/.{name}.{os.getpid()}-{_thread.get_ident():x}-{time.time_ns():x}.new"


def _remove_stale(base):
    """Removes what killed processes left, and what is unused."""
    for name in os.listdir(base):
        if name.startswith(".") and name.endswith(".new"):
            try:
                if os.lstat(f"{base}/{name}").st_mtime < time.time() - _STALE:
                    _remove(f"{base}/{name}")
            except OSError:
                pass  # another process does the same


def _remove_unused(base):
    """Takes directories that were not used for long, and that no process uses, out of the way: by names that _remove_stale knows."""
    for name in os.listdir(base):
        if len(name) == 32 and set(name) <= set("0123456789abcdef"):
            try:
                _retire(f"{base}/{name}")
            except OSError:
                pass  # in use, or another process does the same


def _retire(root):
    if os.lstat(root).st_mtime > time.time() - _UNUSED:
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _lock(descriptor, exclusive=True)
        if os.fstat(descriptor).st_mtime <= time.time() - _UNUSED:  # else one has used it and is done
            os.rename(root, _new_name(root))
    finally:
        os.close(descriptor)


def _remove(path, status=None):
    """Removes a file or directory, as far as it can; symbolic links are not followed. With the status of what was found there, it
    does not remove what another process has put there since."""
    try:
        if stat.S_ISDIR((status or os.lstat(path)).st_mode):
            for name in os.listdir(path):
                _remove(f"{path}/{name}")
            os.rmdir(path)
        else:
            os.unlink(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        pass


def _mend_directory(path):
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
            return
        _remove(path, status)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:  # another process mends it too
        pass


def _is_right(full, entry, path, executable):
    """Tells whether a file on disk is what the program has at path."""
    try:
        descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as e:
        if e.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.ENXIO):
            return False
        raise
    try:
        status = os.fstat(descriptor)
        if status.st_mode != stat.S_IFREG | _mode(executable) or status.st_uid != os.geteuid() or status.st_size != entry[3]:
            return False
        with open(descriptor, "rb", buffering=0, closefd=False) as stream:
            return stream.read() == importer.read(f"{importer.root}/{path}")
    finally:
        os.close(descriptor)


def _replace(full, path, executable):
    """Puts a file in the place of one that is missing or not what it should be."""
    try:
        status = os.lstat(full)
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISDIR(status.st_mode):
            _remove(full, status)
    new = _new_name(full)
    try:
        _write(new, path, executable)
        os.replace(new, full)
    except BaseException:
        _remove(new)
        raise


def _mode(executable):
    return 0o700 if executable else 0o600


def _write(full, path, executable):
    descriptor = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _mode(executable))
    with open(descriptor, "wb") as stream:
        stream.write(importer.read(f"{importer.root}/{path}"))


def keep(name, data):
    """Returns the path of a file with that name and these contents beside the packages, made where it is missing or not what
    it should be. It can be executed."""
    path = f"{_base()}/{name}"
    if "/" in name:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        pass
    else:
        with open(descriptor, "rb", buffering=0) as stream:
            status = os.fstat(descriptor)
            if status.st_uid == os.geteuid() and status.st_size == len(data) and stream.read() == data:
                return path
    new = _new_name(path)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o700)
        with open(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(new, path)
    except BaseException:
        _remove(new)
        raise
    return path
