"""The directory of the user that packages are put into, on Windows; see _oxgen_extract.

It is below LocalAppData, into which other users have no right to write. Windows renames no directory in which a file is open, and no
file over one that is open.
"""

import _oxgen
import os
import stat
import time

# The time of the last use is not written more often, in seconds.
_USED = 24 * 3600

# How often, and after how many seconds, is tried again what another process may be in the way of: one that starts at the same
# time, a virus scanner that looks into new files.
_TRIES = 40
_PAUSE = 0.05

HINT = "see to it that there is room, and that you may write there"


class Unusable(OSError):
    """Something about the cache directory that is no error of the system."""


def base():
    """Returns the directory of all packages that are put on disk, made and checked."""
    if not _oxgen.cache:
        raise Unusable("Windows names no directory of the user for local data (LocalAppData)")
    base = _oxgen.cache + "\\extract"
    os.makedirs(base, 0o700, exist_ok=True)
    check_own(base)
    return base


def check_own(directory):
    """Refuses what is no directory, and one that stands for another."""
    if not is_directory(os.lstat(directory)):
        raise Unusable(f"{directory} is no directory, or a link to one")


def is_directory(status):
    """Tells whether something in a package's directory is a directory of ours."""
    return stat.S_ISDIR(status.st_mode) and not status.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT


# The time of the last use is the time of change of a file in the directory, which a process that uses the directory has open. As long
# as that is so, it can't be removed, nor the directory be renamed.

def _mark(root):
    return root + "\\.used"


def hold(root, status):
    """Keeps others from removing a directory as unused while this process runs; returns False if it is gone."""
    try:
        descriptor = os.open(_mark(root), os.O_RDWR | os.O_CREAT | os.O_NOINHERIT)
    except FileNotFoundError:
        return False
    except PermissionError:
        # Somebody keeps us from writing: as good, unless another process has just retired the directory.
        return os.path.isdir(root)
    try:
        found = os.fstat(descriptor)
        if found.st_mtime < time.time() - _USED:
            os.utime(_mark(root))
        if os.path.samestat(found, os.stat(_mark(root))):
            return True
    except FileNotFoundError:
        pass
    os.close(descriptor)
    return False


def retire(root, name, before):
    """Renames a directory that no process uses, nor has used since a time; raises an OSError when one uses it."""
    try:
        last = os.stat(_mark(root)).st_mtime
    except FileNotFoundError:
        last = os.lstat(root).st_mtime
    if last > before:
        return
    try:
        os.unlink(_mark(root))
    except FileNotFoundError:
        pass
    os.rename(root, name)


def settle(new, root):
    """Gives a directory that is complete its name. It fails when there is one."""
    for left in range(_TRIES, -1, -1):
        try:
            return os.rename(new, root)
        except PermissionError:
            if not left or os.path.lexists(root):
                raise
        time.sleep(_PAUSE)


# Files

def is_right(full, size, executable, read):
    """Tells whether a file on disk has the contents that read returns, of that size. Modes mean nothing here."""
    try:
        status = os.lstat(full)
        if not stat.S_ISREG(status.st_mode) or status.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT or status.st_size != size:
            return False
        with open(full, "rb", buffering=0) as stream:
            return stream.read() == read()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False


def write(full, data, executable):
    """Writes a new file."""
    with open(full, "xb") as stream:
        stream.write(data)


def replace(new, full, spare, is_right):
    """Puts a file in the place of another one, which need not be there.

    One that is open can't be replaced. Where another process compares or mends it at this moment, there is nothing left to do soon.
    A program or DLL that runs can be renamed, and gets out of the way under the name spare, to be removed by a later start. Who
    else has it open keeps us from our own file, and that is an error.
    """
    for left in range(_TRIES, -1, -1):
        try:
            return os.replace(new, full)
        except PermissionError:
            if is_right():
                os.unlink(new)
                return
            if left < _TRIES // 2:
                try:
                    os.rename(full, spare)
                    continue
                except OSError:
                    pass
            if not left:
                raise Unusable(f"{os.path.normpath(full)} is open in another program, and is not what it should be") from None
        time.sleep(_PAUSE)
