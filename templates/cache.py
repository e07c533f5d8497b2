"""The directory of the user that packages are put into, on Linux and macOS; see _oxgen_extract."""

import os
import stat
import sys
import time

# The time of the last use is not written more often, in seconds.
_USED = 24 * 3600

HINT = "set XDG_CACHE_HOME to a directory of your own with room in it"
if sys.platform == "darwin":
    HINT = "make room there, or set HOME to a directory of your own"


class Unusable(OSError):
    """Something about the cache directory that is no error of the system."""


def base():
    """Returns the directory of all packages that are put on disk, made and checked."""
    parent, name = _place()
    base = f"{parent}/{name}"
    try:
        os.mkdir(base, 0o700)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(parent, 0o700, exist_ok=True)
        try:
            os.mkdir(base, 0o700)
        except FileExistsError:
            pass
    check_own(base)
    return base


def _place():
    cache = os.environ.get("XDG_CACHE_HOME")
    if sys.platform == "darwin":  # beside libpython, which Go puts there (os.UserCacheDir)
        return _home("$HOME is not set") + "/Library/Caches/oxgen", "extract"
    if not cache:
        return _home("neither $XDG_CACHE_HOME nor $HOME is set") + "/.cache", "oxgen-extract"
    if not cache.startswith("/"):
        raise Unusable(f"$XDG_CACHE_HOME is no absolute path: {cache!r}")
    return cache.rstrip("/"), "oxgen-extract"


def _home(problem):
    home = os.environ.get("HOME")
    if not home or not home.startswith("/"):
        raise Unusable(problem)
    return home.rstrip("/")


def check_own(directory):
    """Refuses a directory in which somebody else may have a hand."""
    status = os.lstat(directory)
    if stat.S_ISLNK(status.st_mode):
        raise Unusable(f"{directory} is a symbolic link")
    if not stat.S_ISDIR(status.st_mode):
        raise Unusable(f"{directory} is no directory")
    if status.st_uid != os.geteuid():
        raise Unusable(f"{directory} belongs to the user {status.st_uid}, and this is {os.geteuid()}")
    if status.st_mode & 0o022:
        raise Unusable(f"{directory} can be written by others (mode {stat.S_IMODE(status.st_mode):o})")


def is_directory(status):
    """Tells whether something in a package's directory is a directory of ours."""
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


# The time of the last use is the directory's time of change. A process holds a shared lock on the directories that it uses.

def hold(root, status):
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


def retire(root, name, before):
    """Renames a directory that no process uses, nor has used since a time; raises an OSError when one uses it."""
    if os.lstat(root).st_mtime > before:
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _lock(descriptor, exclusive=True)
        if os.fstat(descriptor).st_mtime <= before:  # else one has used it and is done
            os.rename(root, name)
    finally:
        os.close(descriptor)


def settle(new, root):
    """Gives a directory that is complete its name. It fails when there is one."""
    os.rename(new, root)


# Files

_MODES = {False: 0o600, True: 0o700}


def is_right(full, size, executable, read):
    """Tells whether a file on disk is ours, with the mode that it should have (of any for None), and has the contents that read
    returns, of that size."""
    try:
        descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as e:
        import errno
        if e.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.ENXIO):
            return False
        raise
    try:
        status = os.fstat(descriptor)
        mode = _MODES.get(executable, stat.S_IMODE(status.st_mode))
        if status.st_mode != stat.S_IFREG | mode or status.st_uid != os.geteuid() or status.st_size != size:
            return False
        with open(descriptor, "rb", buffering=0, closefd=False) as stream:
            return stream.read() == read()
    finally:
        os.close(descriptor)


def write(full, data, executable):
    """Writes a new file."""
    descriptor = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODES[executable])
    with open(descriptor, "wb") as stream:
        stream.write(data)


def replace(new, full, spare, is_right):
    """Puts a file in the place of another one, which need not be there."""
    os.replace(new, full)
