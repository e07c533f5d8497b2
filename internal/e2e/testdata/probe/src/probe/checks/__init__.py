"""Checks: functions without arguments that raise an AssertionError."""
import os
import sys

# The virtual root of the program.
ROOT = sys.executable


def at(path):
    """Returns the path of a file of the program, with the system's separators."""
    return os.path.join(ROOT, path.replace("/", os.sep))


def equal(got, want):
    if got != want:
        raise AssertionError(f"got  {got!r}\nwant {want!r}")


def raises(kind, function, *args):
    try:
        result = function(*args)
    except kind as e:
        return e
    raise AssertionError(f"got {result!r}, want {kind.__name__}")


def unix(check):
    """Marks a check of what Windows does not have, or has in another way."""
    check.unix = True
    return check


def names(module):
    """Returns the names of the checks in a module, in their order."""
    return [name for name, value in vars(module).items()
            if callable(value) and getattr(value, "__module__", "") == module.__name__ and name[0] != "_"]
