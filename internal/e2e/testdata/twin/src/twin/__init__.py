"""Pictures of what a program sees of its modules, the same for python on a directory and for a program of oxgen.

Each section below is a module with a function `picture` that returns a dict. All paths below the directory that the
modules come from are written <root>.
"""
import hashlib
import os
import re
import sys

# The directory on sys.path, or the virtual root, that everything comes from.
ROOT = os.path.dirname(os.__file__)

# Not imported: they open windows, run programs, or never return.
LEFT_ALONE = {"antigravity", "twin", "turtledemo", "idlelib", "test"}


def digest(data):
    """Returns a short name for bytes or text."""
    if data is None:
        return None
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return f"{len(data)} bytes {hashlib.sha256(data).hexdigest()[:12]}"


def plain(value):
    """Returns value as JSON can hold it, without addresses and without the root's place."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        value = value.replace(ROOT, "<root>").replace(os.environ["TWIN_TMP"], "<tmp>")
        return re.sub(r" at 0x[0-9a-fA-F]+", "", value.encode("utf-8", "backslashreplace").decode())
    if isinstance(value, bytes):
        return digest(value)
    if isinstance(value, dict):
        return {plain(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value), key=str)
    if isinstance(value, os.PathLike):
        return plain(os.fspath(value))
    if hasattr(value, "__iter__"):
        return [plain(v) for v in value]
    return plain(repr(value))


def outcome(function, *args, **kwargs):
    """Returns what the call returns, or what it raises."""
    try:
        return plain(function(*args, **kwargs))
    except Exception as e:
        return plain(f"{type(e).__name__}: {e}")


def kind(value):
    """Returns the name of a class or of an object's class."""
    return None if value is None else value.__name__ if isinstance(value, type) else type(value).__name__


def module_names(path=None, prefix=""):
    """Yields (name, path of the parent, is a package) of all modules below the root; imports none."""
    import pkgutil
    for m in pkgutil.iter_modules(path or [ROOT], prefix):
        yield m.name, path, m.ispkg
        if m.ispkg:
            yield from module_names([os.path.join(m.module_finder.path, m.name.rpartition(".")[2])], m.name + ".")


def is_safe(name):
    return name.partition(".")[0] not in LEFT_ALONE and not name.endswith("__main__")
