"""Puts the packages that need real files on disk (the key `extract` of oxgen.toml), when one is first looked for.

The files of a package go into <base>/<digest>/<package>, where <base> is the user's directory for such (_oxgen_cache) and <digest>
stands for their paths, modes and contents. The directory comes into being by a rename, with everything in it, so that neither a
parallel start nor a kill leaves half of it. At later starts every file is compared with the program's and written again where it
differs. Modules still come from memory; what they see of themselves is on disk.

A directory that no program has used for a month is removed by the next one that writes a directory of its own, after an upgrade say.
"""

import _thread
import errno
import os
import stat
import time

import _oxgen_cache as cache
import _oxgen_importer as importer

# What is older is removed, in seconds: directories of processes that were killed while they wrote, and directories that nobody uses.
_STALE = 3600
_UNUSED = 30 * 24 * 3600

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
    directory = _root(fullname, inside) + inside.replace("/", importer.SEP)
    return Importer(directory.rpartition(importer.SEP)[0], finder._modules).find_spec(fullname)


def _root(package, inside):
    try:
        return _roots[package]
    except KeyError:
        pass
    digest, *executables = importer.extractions()[package]
    place = None
    try:
        place = cache.base()
        root = place + importer.SEP + digest
        files = list(_files(importer.root, inside[1:], frozenset(executables)))
        _settle(root, inside, files)
    except OSError as e:
        raise _failure(package, place, e) from None
    _roots[package] = root
    return root


def _failure(package, place, cause):
    """Returns the error for a package that can't be put on disk, in one line."""
    where = f" to {place}" if place else ""
    if isinstance(cause, cache.Unusable):
        why = str(cause)
    else:
        why = cause.strerror or str(cause)
        if cause.filename is not None and cause.filename != place:
            why += f" ({os.fsdecode(cause.filename)})"
    error = OSError(f"can't write the files of the package {package!r}{where}: {why}; {cache.HINT}")
    error.errno = cause.errno
    return error


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
        cache.check_own(root)
        if cache.hold(root, status):
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


def _mend(root, inside, files):
    """Replaces what is not what it should be in a directory that was written before."""
    for parent in _parents(inside):
        _mend_directory(root + parent)
    for path, entry, executable in files:
        full = f"{root}/{path}"
        if entry is None:
            _mend_directory(full)
        elif not _is_right(full, entry, path, executable):
            _replace(root, full, entry, path, executable)


def _parents(inside):
    """Returns the directories between the root and a package, from the outside in."""
    parts = inside[1:].split("/")
    return ["/" + "/".join(parts[:i]) for i in range(1, len(parts))]


def _make(root, inside, files):
    """Writes all files beside root and renames; returns False when another process was first."""
    base = os.path.dirname(root)
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
                cache.write(f"{new}/{path}", _contents(path), executable)
        cache.settle(new, root)
        return True
    except OSError as e:
        _discard(new)
        if e.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EACCES) and os.path.lexists(root):
            return False
        raise
    except BaseException:
        _discard(new)
        raise


def _new_name(path):
    """Returns a name beside path that nobody else takes, and that _remove_stale knows."""
    # Processes of several containers may share the directory; os.urandom may be missing in a chroot.
    directory, name = os.path.split(path)
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
                root = base + importer.SEP + name
                cache.retire(root, _new_name(root), time.time() - _UNUSED)
            except OSError:
                pass  # in use, or another process does the same


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


def _discard(new):
    """Removes what was being written; what can't be removed now a later start removes."""
    try:
        _remove(new)
    except OSError:
        pass


def _mend_directory(path):
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        pass
    else:
        if cache.is_directory(status):
            return
        _remove(path, status)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:  # another process mends it too
        pass


def _contents(path):
    return importer.read(importer.root + "/" + path)


def _is_right(full, entry, path, executable):
    """Tells whether a file on disk is what the program has at path."""
    return cache.is_right(full, entry[3], executable, lambda: _contents(path))


def _replace(root, full, entry, path, executable):
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
        cache.write(new, _contents(path), executable)
        cache.replace(new, full, _new_name(root), lambda: _is_right(full, entry, path, executable))
    except BaseException:
        _discard(new)
        raise


def keep(name, data):
    """Returns the path of a file with that name and these contents beside the packages, made where it is missing or not what
    it should be. It can be executed."""
    path = f"{cache.base()}/{name}"
    if "/" in name:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)

    def is_right():
        return cache.is_right(path, len(data), None, lambda: data)

    if is_right():
        return path
    new = _new_name(path)
    try:
        cache.write(new, data, True)
        cache.replace(new, path, _new_name(path), is_right)
    except BaseException:
        _discard(new)
        raise
    return path
