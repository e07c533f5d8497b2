"""Checks: functions without arguments that raise an AssertionError."""
import sys

# The virtual root of the program.
ROOT = sys.executable


def equal(got, want):
    if got != want:
        raise AssertionError(f"got  {got!r}\nwant {want!r}")


def raises(kind, function, *args):
    try:
        result = function(*args)
    except kind as e:
        return e
    raise AssertionError(f"got {result!r}, want {kind.__name__}")
